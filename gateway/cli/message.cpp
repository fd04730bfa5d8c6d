// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/message.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>

#include "core/admission/refusal.hpp"
#include "core/base/ascii.hpp"
#include "core/http/syntax.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/entropy.hpp"
#include "gateway/sys/environment.hpp"

namespace gateway::cli {

namespace {

using core::base::errc;

constexpr std::size_t largest_body = 64u << 20;
constexpr std::size_t largest_key = 64u << 10;
constexpr std::int64_t last_stamp = 99'999'999'999;  // 11 digits are all that a stamp may have

std::variant<std::string, int> read_body(const std::string& data) {
  if (!data.starts_with('@')) return data;
  const std::string path = data == "@-" ? "/dev/stdin" : data.substr(1);
  auto read = sys::read_file(path, largest_body);
  if (const auto* problem = std::get_if<sys::file_problem>(&read))
    return fail(exit_failure, path + ": the file " + problem->sentence);
  return std::move(std::get<sys::file_text>(read).text);
}

std::variant<core::crypto::private_key, int> read_private_key(const std::string& path) {
  auto read = sys::read_file(path, largest_key);
  if (const auto* problem = std::get_if<sys::file_problem>(&read))
    return fail(exit_failure, path + ": the file " + problem->sentence);
  std::string& text = std::get<sys::file_text>(read).text;
  auto key = core::crypto::private_key::parse(text);
  explicit_bzero(text.data(), text.size());
  if (const auto* why = std::get_if<std::string>(&key)) return fail(exit_usage, path + ": " + *why);
  return std::get<core::crypto::private_key>(std::move(key));
}

/// HOST:PORT, or [IPV6]:PORT, as the authority of a URL.
std::variant<net::plain_destination, int> find_destination(const std::string& connect_to,
                                                           const core::http::url& url) {
  if (connect_to.empty()) return net::plain_destination{url.host, url.port};
  const auto parsed = core::http::parse_url("http://" + connect_to);
  const auto* to = std::get_if<core::http::url>(&parsed);
  if (to == nullptr || to->target != "/" || connect_to.ends_with('/'))
    return fail(exit_usage, "--connect-to: \"" + connect_to + "\" must be HOST:PORT");
  return net::plain_destination{to->host, to->port};
}

std::variant<std::unique_ptr<core::admission::snapshot>, int> read_rules(const std::string& path) {
  core::config::reading read = read_configuration(path);
  if (has_errors(read)) {
    // Warnings are `check`'s and `serve`'s business.
    print_problems(read.problems, path);
    return exit_config;
  }
  return std::make_unique<core::admission::snapshot>(std::move(*read.value));
}

/// "NAME: VALUE" as one field. @return why it can't be one.
std::variant<core::admission::client_field, std::string> read_field(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string name = text.substr(0, colon);
  const std::string value(
      core::base::trimmed(std::string_view(text).substr(std::min(colon + 1, text.size()))));
  if (colon == text.size() || !core::http::is_token(name))
    return "\"" + text + "\" must be NAME: VALUE";
  if (!core::http::is_field_value(value))
    return "the value of " + name + " holds a character that no field may";
  for (const std::string_view own : {"host", "content-length", "transfer-encoding", "connection"})
    if (core::base::iequals(name, own)) return name + " is not for you to say";
  return core::admission::client_field{name, value};
}

std::variant<core::admission::client_request, std::string> seal_and_sign(
    const message_options& given, const message& m, const std::optional<std::string>& body,
    core::base::instant now, core::admission::workspace& space) {
  core::admission::client_message said;
  const std::string_view usual = body ? "POST" : "GET";
  said.client = given.client;
  said.secret = given.secret;
  said.version = given.version;
  said.method = given.method.empty() ? usual : given.method;
  said.authority = m.url.authority;
  said.target = m.url.target;
  if (body) said.body = *body;
  for (const std::string& text : given.fields) {
    auto field = read_field(text);
    if (const auto* why = std::get_if<std::string>(&field)) return "--header: " + *why;
    said.fields.push_back(std::get<core::admission::client_field>(std::move(field)));
  }
  said.timestamp = m.timestamp;
  said.now = core::base::unix_seconds(now);
  said.private_key = m.private_key ? &*m.private_key : nullptr;
  std::array<char, core::admission::client_random_size> random;
  sys::entropy().fill(random);
  return core::admission::make_client_request(said, {random.data(), random.size()}, *m.rules,
                                              space);
}

}  // namespace

void add_message_options(CLI::App& command, message_options& given) {
  command.add_option("-c,--config", given.config, "The configuration file")->required();
  command.add_option("--client", given.client, "Who speaks: a client's id in the configuration")
      ->required();
  command.add_option("-X,--request", given.method, "The method; POST with -d, else GET");
  command.add_option(
      "-d,--data", given.data,
      "The message before it is sealed; @FILE reads it from a file, @- from standard "
      "input");
  command.add_option("-H,--header", given.fields,
                     "One more field, as NAME: VALUE; signed where the scheme signs it");
  command.add_option("--version", given.version, "The version that the client names")
      ->capture_default_str();
  command.add_option("--secret", given.secret,
                     "The id of the secret; the newest one in force if left out");
  command.add_option("--private-key", given.private_key,
                     "File with the private key (PKCS#8, PEM) of a client that has a public key");
  command.add_option("--at", given.at, "The stamp, in Unix seconds; now if left out")
      ->check(CLI::Range(std::int64_t{0}, last_stamp));
  command.add_option("--connect-to", given.connect_to,
                     "HOST:PORT where the gateway is, if that is not what the URL says");
  command.add_option("url", given.url, "For example http://127.0.0.1:8080/api/orders")->required();
}

std::variant<message, int> make_message(const message_options& given) {
  message m;
  auto rules = read_rules(given.config);
  if (const int* status = std::get_if<int>(&rules)) return *status;
  m.rules = std::move(std::get<0>(rules));
  auto url = core::http::parse_url(given.url);
  if (const auto* why = std::get_if<std::string>(&url))
    return fail(exit_usage, "\"" + given.url + "\" " + *why);
  m.url = std::move(std::get<core::http::url>(url));
  auto to = find_destination(given.connect_to, m.url);
  if (const int* status = std::get_if<int>(&to)) return *status;
  m.destination = std::move(std::get<net::plain_destination>(to));

  if (!given.private_key.empty()) {
    auto key = read_private_key(given.private_key);
    if (const int* status = std::get_if<int>(&key)) return *status;
    m.private_key = std::get<core::crypto::private_key>(key);
  }
  std::optional<std::string> body;
  if (given.data) {
    auto read = read_body(*given.data);
    if (const int* status = std::get_if<int>(&read)) return *status;
    body = std::move(std::get<std::string>(read));
  }
  const core::base::instant now = sys::now();
  m.timestamp = given.at.value_or(core::base::unix_seconds(now));
  core::admission::workspace space;
  auto made = seal_and_sign(given, m, body, now, space);
  if (const auto* why = std::get_if<std::string>(&made)) return fail(exit_usage, *why);
  m.request = std::move(std::get<core::admission::client_request>(made));
  m.foreseen = core::admission::foresee(m.request, *m.rules, now, space);
  if (m.foreseen == errc::missing_payload)
    return fail(exit_usage, "the route \"" + m.request.policy->settings.name + "\" takes no " +
                                m.request.method +
                                " without a body: give one with -d, or see `bodyless`");
  return m;
}

std::string warning_of(errc foreseen) {
  const core::admission::refusal r = core::admission::refusal_for(foreseen);
  return "by this configuration and this clock the gateway refuses it: " +
         std::string(core::base::name(foreseen)) + " (" + std::to_string(r.status) + " " +
         std::string(r.code) + ")";
}

}  // namespace gateway::cli
