// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "core/admission/client_reply.hpp"
#include "core/base/encoding.hpp"
#include "core/config/read.hpp"
#include "core/config/values.hpp"
#include "core/http/url.hpp"
#include "gateway/app/server.hpp"
#include "gateway/cli/address_option.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/echo_service.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/net/plain_client.hpp"
#include "gateway/net/resolve.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/entropy.hpp"
#include "gateway/sys/temporary_folder.hpp"
#include "gateway/sys/terminal.hpp"

namespace gateway::cli {

namespace {

using core::config::address;

struct demo_options {
  std::optional<address> listen;
  std::optional<address> admin;
  bool once = false;
};

constexpr std::string_view token = "demo_key";
constexpr std::string_view said = R"({"hello":"world"})";
constexpr std::string_view request_path = "/api/hello";

/// Sections of text with a colour where somebody sees it.
class narrator {
 public:
  explicit narrator(bool colour) : colour_(colour) {}

  void heading(std::string_view text) const { print(painted("1", text) + "\n\n"); }
  /// An HTTP message, indented; what is long is cut.
  void message(std::string_view head, std::string_view body, std::string_view body_colour) const {
    std::string out;
    const bool head_is_empty = head.empty();
    while (!head.empty()) {
      const auto end = std::min(head.find("\r\n"), head.size());
      if (end != 0)
        out.append("    ").append(painted("2", shown(head.substr(0, end)))).append("\n");
      head.remove_prefix(std::min(end + 2, head.size()));
    }
    if (!head_is_empty && !body.empty()) out.append("\n");
    if (!body.empty()) out.append("    ").append(painted(body_colour, shown(body))).append("\n");
    print(out + "\n");
  }
  void line(std::string_view text) const { print("    " + std::string(text) + "\n"); }

 private:
  [[nodiscard]] std::string painted(std::string_view code, std::string_view text) const {
    if (!colour_) return std::string(text);
    return std::string("\x1b[").append(code).append("m").append(text).append("\x1b[0m");
  }
  [[nodiscard]] static std::string shown(std::string_view text) {
    constexpr std::size_t width = 100;
    if (text.size() <= width) return std::string(text);
    return std::string(text.substr(0, width - 24)) + "... (" + std::to_string(text.size()) +
           " bytes)";
  }
  bool colour_;
};

std::string draw_secret() {
  std::array<char, 8> random;
  sys::entropy().fill(random);
  return core::base::hex({random.data(), random.size()});
}

std::string configuration(const std::string& listen, const std::string& admin,
                          const std::string& secret, std::uint16_t service) {
  return "# The demonstration's; gone when it ends.\n"
         "listen: \"" +
         listen + "\"\nadmin: \"" + admin +
         "\"\n"
         "access_log: {path: \"off\"}\nreplay: {state: none}\n"
         "clients:\n  demo: {token: " +
         std::string(token) + ", secret: \"utf8:" + secret +
         "\"}\n"
         "upstreams:\n  echo: http://127.0.0.1:" +
         std::to_string(service) +
         "\n"
         "routes:\n  - path: /api/\n    scheme: laravel\n    upstream: echo\n"
         "    reply: {sign: true, seal: true}\n";
}

core::config::model model_of(const std::string& text) {
  core::config::reading read = core::config::read(text, [](std::string_view, std::string_view) {
    return std::variant<core::base::secret, std::string>("is not read in a demonstration");
  });
  if (has_errors(read))
    throw std::logic_error("the demonstration's configuration: " +
                           core::config::format(read.problems.front(), "demo"));
  return std::move(*read.value);
}

/// Where somebody on this machine reaches what listens there.
std::string reachable(const net::socket_address& at) {
  const auto tcp = net::tcp_of(at);
  if (!tcp || !tcp->address().is_unspecified()) return net::format_address(at);
  return net::format_address(
      net::resolve({tcp->address().is_v6() ? "::1" : "127.0.0.1", tcp->port()}));
}

std::string own_path() {
  std::error_code ec;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ec);
  return ec ? "countersign" : self.string();
}

/// The client's part: one request, and what became of it.
class visit {
 public:
  visit(const core::admission::snapshot& rules, std::string authority)
      : rules_(rules), authority_(std::move(authority)) {
    core::admission::client_message m;
    m.client = "demo";
    m.method = "POST";
    m.authority = authority_;
    m.target = request_path;
    m.body = said;
    m.now = core::base::unix_seconds(sys::now());
    m.timestamp = m.now;
    std::array<char, 16> iv;
    sys::entropy().fill(iv);
    auto made = core::admission::make_client_request(m, {iv.data(), iv.size()}, rules_, space_);
    if (const auto* why = std::get_if<std::string>(&made)) throw std::runtime_error(*why);
    request_ = std::move(std::get<core::admission::client_request>(made));
  }

  [[nodiscard]] const core::admission::client_request& request() const { return request_; }
  [[nodiscard]] const net::plain_answer& answer() const { return answer_; }
  [[nodiscard]] const core::admission::client_reply& reply() const { return reply_; }

  /// Throws std::runtime_error with what went wrong.
  void make() {
    const auto parsed = core::http::parse_url("http://" + authority_);
    const auto& to = std::get<core::http::url>(parsed);
    auto got = net::call_plain({to.host, to.port}, request_.bytes(), false);
    if (const auto* why = std::get_if<std::string>(&got)) throw std::runtime_error(*why);
    answer_ = std::move(std::get<net::plain_answer>(got));
    core::http::response_head head;
    head.status = answer_.status;
    for (const auto& [name, value] : answer_.fields) head.fields.add(name, value);
    auto checked = core::admission::open_client_reply(
        request_, head, answer_.body, core::base::unix_seconds(sys::now()), rules_, space_);
    if (const auto* why = std::get_if<std::string>(&checked)) throw std::runtime_error(*why);
    reply_ = std::move(std::get<core::admission::client_reply>(checked));
    if (answer_.status != 200)
      throw std::runtime_error("the gateway answered " + std::to_string(answer_.status));
  }

 private:
  const core::admission::snapshot& rules_;
  std::string authority_;
  core::admission::workspace space_;
  core::admission::client_request request_;
  net::plain_answer answer_;
  core::admission::client_reply reply_;
};

std::string head_of(std::string first_line, const net::plain_fields& fields) {
  for (const auto& [name, value] : fields) first_line += "\r\n" + name + ": " + value;
  return first_line;
}

void show_received(const narrator& n, const net::plain_request& got) {
  n.message(head_of(got.method + " " + got.target + " HTTP/1.1", got.fields), got.body, "32");
}

void show_visit(const narrator& n, const visit& v, const net::plain_request& received) {
  const std::string sent = v.request().bytes();
  const std::size_t end = sent.find("\r\n\r\n");
  n.heading("The client \"demo\" seals " + std::string(said) + " and sends:");
  n.message(sent.substr(0, end), sent.substr(end + 4), "36");
  n.heading("The gateway proves and opens it. The service, which knows nothing of that, gets:");
  show_received(n, received);
  const net::plain_answer& a = v.answer();
  n.heading("Its answer goes back signed and sealed:");
  n.message(head_of("HTTP/1.1 " + std::to_string(a.status) + " " + a.reason, a.fields), a.body,
            "36");
  n.heading("The client proves and opens it:");
  n.message("", v.reply().body, "32");
}

void show_what_next(const narrator& n, const std::string& file, const std::string& secret,
                    const std::string& authority, const std::string& admin) {
  const std::string url = "http://" + authority + std::string(request_path);
  n.heading("Say something yourself, in another terminal:");
  n.line(shell_word(own_path()) + " call -c " + shell_word(file) + " --client demo -d " +
         shell_word(R"({"hello":"again"})") + " " + shell_word(url));
  n.line("curl " + shell_word("http://" + admin + "/metrics"));
  print("\n");
  n.heading("README.md has a PHP client to copy. It reads:");
  n.line("export COUNTERSIGN_URL=" + shell_word(url) + " COUNTERSIGN_TOKEN=" + std::string(token) +
         " COUNTERSIGN_SECRET=" + secret);
  print("\n");
  n.heading("Ctrl-C ends the demonstration.");
  std::fflush(stdout);
}

/// What the demonstration is made of, in the order in which it is made.
struct stage {
  explicit stage(const demo_options& given) {
    secret = draw_secret();
    const address listen = given.listen.value_or(address{"127.0.0.1", 8080});
    const address admin = given.admin.value_or(address{"127.0.0.1", 9901});
    app::server_settings settings;
    settings.model =
        model_of(configuration(core::config::print_address(listen),
                               core::config::print_address(admin), secret, service.port()));
    settings.first_start = true;
    gateway = std::make_unique<app::server>(std::move(settings), diagnostics);
    const net::socket_address clients_at = gateway->addresses().front();
    const net::socket_address& admin_at = *gateway->admin_address();
    listens_on = reachable(clients_at);
    admin_on = reachable(admin_at);
    // The ports are known now; what `call` reads must be what runs.
    const std::string text = configuration(net::format_address(clients_at),
                                           net::format_address(admin_at), secret, service.port());
    file = folder.write("gateway.yaml", text);
    rules = std::make_unique<core::admission::snapshot>(model_of(text));
    service.start();
  }

  log::logger diagnostics{log::level::warning};
  std::string secret;
  echo_service service;
  std::unique_ptr<app::server> gateway;
  std::string listens_on;
  std::string admin_on;
  sys::temporary_folder folder{"countersign-demo"};
  std::string file;
  std::unique_ptr<core::admission::snapshot> rules;
};

/// Runs beside the gateway: the first request, then the invitation. Ends the gateway if it failed
/// or was all that was wanted.
void play(stage& s, const narrator& n, bool once, std::string& problem) {
  try {
    visit v(*s.rules, s.listens_on);
    v.make();
    const auto received = s.service.last();
    if (!received || received->body != said)
      throw std::runtime_error("the service didn't receive what was said");
    show_visit(n, v, *received);
    if (!once) {
      show_what_next(n, s.file, s.secret, s.listens_on, s.admin_on);
      s.service.on_request([&n](const net::plain_request& got) {
        n.heading("\nThe service got:");
        show_received(n, got);
        std::fflush(stdout);
      });
      return;
    }
  } catch (const std::exception& e) {
    problem = e.what();
  }
  s.gateway->stop();
}

int demo(const demo_options& given) {
  constexpr int standard_output = 1;
  try {
    stage s(given);
    const narrator n(sys::takes_colour(standard_output));
    std::string problem;
    std::thread client([&] { play(s, n, given.once, problem); });
    int status = exit_failure;
    std::exception_ptr failure;
    try {
      status = s.gateway->run();
    } catch (...) {
      failure = std::current_exception();
    }
    client.join();
    s.service.on_request({});
    if (failure) std::rethrow_exception(failure);
    if (!problem.empty()) return fail(exit_failure, "the demonstration failed: " + problem);
    return status;
  } catch (const app::cannot_listen& e) {
    return fail(exit_failure, advice(e));
  }
}

}  // namespace

void add_demo(CLI::App& app, int& status) {
  auto given = std::make_shared<demo_options>();
  CLI::App* command = app.add_subcommand(
      "demo",
      "Show a sealed message on its way through a gateway to a service, all in one process");
  add_address_option(*command, "--listen", given->listen,
                     "Where the gateway listens, instead of 127.0.0.1:8080");
  add_address_option(*command, "--admin", given->admin,
                     "Where its admin listener is, instead of 127.0.0.1:9901");
  command->add_flag("--once", given->once, "End after the first message; non-zero if it failed");
  command->callback([given, &status] { status = demo(*given); });
}

}  // namespace gateway::cli
