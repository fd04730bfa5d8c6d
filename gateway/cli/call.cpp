// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/parse.hpp>
#include <memory>

#include "core/admission/answer.hpp"
#include "core/admission/client_reply.hpp"
#include "core/json/check.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/message.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/net/plain_client.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/terminal.hpp"

namespace gateway::cli {

namespace {

using core::admission::client_reply;

struct call_options {
  message_options message;
  bool include = false;
  bool json = false;
  unsigned timeout = 30;
};

/// The answer, and what became of it once it was checked.
struct outcome {
  net::plain_answer answer;
  client_reply reply;
  std::string fault;  ///< what the route demands of the reply and is not so; empty: nothing
};

std::string field_of(const net::plain_answer& a, std::string_view name) {
  net::plain_request lookup;
  lookup.fields = a.fields;
  return lookup.field(name);
}

bool succeeded(const net::plain_answer& a) { return a.status < 400; }

/// The gateway signs and seals for those it has proven. A refusal before that is shown, though it
/// proves nothing.
bool is_plain_refusal(const outcome& o) {
  return !succeeded(o.answer) &&
         field_of(o.answer, "Content-Type").starts_with("application/problem+json");
}

outcome check(const message& m, net::plain_answer answer) {
  outcome o;
  core::http::response_head head;
  head.status = answer.status;
  head.reason = answer.reason;
  bool all = true;
  for (const auto& [name, value] : answer.fields) all = head.fields.add(name, value) && all;
  core::admission::workspace space;
  const auto now = core::base::unix_seconds(sys::now());
  auto checked =
      all ? core::admission::open_client_reply(m.request, head, answer.body, now, *m.rules, space)
          : std::variant<client_reply, std::string>("the reply has too many fields");
  if (auto* reply = std::get_if<client_reply>(&checked))
    o.reply = std::move(*reply);
  else
    o.fault = std::move(std::get<std::string>(checked));
  o.answer = std::move(answer);
  if (!o.fault.empty() && is_plain_refusal(o)) o.reply.body = o.answer.body;
  return o;
}

/// "401 Unauthorized: replayed (request 0123…)".
std::string why_refused(const outcome& o) {
  const net::plain_answer& a = o.answer;
  std::string_view phrase = a.reason;
  if (phrase.empty()) phrase = core::admission::reason_phrase(a.status);
  std::string text = std::to_string(a.status) + " " + std::string(phrase);
  boost::system::error_code ec;
  const auto problem = boost::json::parse(o.reply.body, ec);
  if (!ec && problem.is_object()) {
    const auto* code = problem.as_object().if_contains("code");
    if (code != nullptr && code->is_string()) text += ": " + std::string(code->as_string().c_str());
  }
  const std::string id = field_of(a, "X-Request-Id");
  if (!id.empty()) text += " (request " + id + ")";
  return text;
}

std::string as_json(const outcome& o) {
  std::string out = R"({"status":)" + std::to_string(o.answer.status) + R"(,"fields":[)";
  for (const auto& [name, value] : o.answer.fields) {
    out.append(out.ends_with('[') ? "[" : ",[");
    core::json::append_string(out, name);
    core::json::append_string(out.append(","), value);
    out.append("]");
  }
  out.append("]");
  if (o.fault.empty() || is_plain_refusal(o))
    append_bytes(out, "body", o.reply.body);
  else
    out.append(R"(,"body":null)");
  out.append(R"(,"verified":)").append(o.reply.verified ? "true" : "false");
  out.append(R"(,"opened":)").append(o.reply.opened ? "true" : "false");
  if (!o.fault.empty()) core::json::append_string(out.append(R"(,"fault":)"), o.fault);
  return out.append("}\n");
}

void show(const outcome& o, const call_options& given) {
  if (given.json) return print(as_json(o));
  // What isn't proven to be the gateway's must not look as if it were.
  if (!o.fault.empty() && !is_plain_refusal(o)) return;
  std::string out;
  if (given.include) {
    out = "HTTP/1.1 " + std::to_string(o.answer.status) + " " + o.answer.reason + "\n";
    for (const auto& [name, value] : o.answer.fields)
      out.append(name).append(": ").append(value).append("\n");
    out.append("\n");
  }
  out.append(o.reply.body);
  constexpr int standard_output = 1;
  if (!o.reply.body.ends_with('\n') && sys::is_terminal(standard_output)) out.append("\n");
  print(out);
}

int judge(const outcome& o, const message& m) {
  if (!o.fault.empty()) {
    if (!is_plain_refusal(o))
      return fail(exit_failure, o.fault + ", and the route \"" + m.request.policy->settings.name +
                                    "\" demands it (status " + std::to_string(o.answer.status) +
                                    ")");
    return fail(exit_failure, why_refused(o) + "; " + o.fault +
                                  ", as the gateway does for whom it hasn't proven");
  }
  if (!succeeded(o.answer)) return fail(exit_failure, why_refused(o));
  return exit_fine;
}

int call(const call_options& given) {
  auto made = make_message(given.message);
  if (const int* status = std::get_if<int>(&made)) return *status;
  const auto& m = std::get<message>(made);
  if (m.url.tls)
    return fail(exit_usage,
                "call speaks no https: use an http:// URL, or the curl command of `sign`");
  if (m.foreseen) warn(warning_of(*m.foreseen));
  net::plain_call_settings settings;
  settings.answer_timeout = std::chrono::seconds(given.timeout);
  settings.connect_timeout = std::min(settings.connect_timeout, settings.answer_timeout);
  auto got =
      net::call_plain(m.destination, m.request.bytes(), m.request.method == "HEAD", settings);
  if (const auto* why = std::get_if<std::string>(&got)) return fail(exit_failure, *why);
  const outcome o = check(m, std::move(std::get<net::plain_answer>(got)));
  show(o, given);
  return judge(o, m);
}

}  // namespace

void add_call(CLI::App& app, int& status) {
  auto given = std::make_shared<call_options>();
  CLI::App* command = app.add_subcommand(
      "call", "Send a message, signed and sealed as a client would, and check the reply");
  add_message_options(*command, given->message);
  auto* include = command->add_flag("-i,--include", given->include,
                                    "Print the status line and the fields before the body");
  command
      ->add_flag("--json", given->json,
                 "Print status, fields, body, and whether it was verified, as JSON")
      ->excludes(include);
  command->add_option("--timeout", given->timeout, "Seconds that the answer may take")
      ->check(CLI::Range(1U, 3600U))
      ->capture_default_str();
  command->callback([given, &status] { status = call(*given); });
}

}  // namespace gateway::cli
