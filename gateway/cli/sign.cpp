// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/base/utf8.hpp"
#include "core/json/check.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/message.hpp"
#include "gateway/cli/say.hpp"

namespace gateway::cli {

namespace {

struct sign_options {
  message_options message;
  bool raw = false;
  bool json = false;
};

// Linux takes no longer argument than 128 KiB (MAX_ARG_STRLEN), whatever `ulimit -s` allows for
// all.
constexpr std::size_t longest_word = 127 * 1024;

std::string url_of(const message& m) {
  return (m.url.tls ? "https://" : "http://") + m.url.authority + m.url.target;
}

std::variant<std::string, int> curl_command(const message& m, const std::string& connect_to) {
  const auto& r = m.request;
  const std::string url = url_of(m);
  std::string command = "curl";
  // curl reads these as patterns unless it is told not to.
  if (url.find_first_of("[]{}") != std::string::npos) command += " --globoff";
  if (!connect_to.empty()) command += " --connect-to " + shell_word("::" + connect_to);
  if (r.method == "HEAD") {
    if (r.body) return fail(exit_failure, "curl has no HEAD with a body: use --raw");
    command += " --head";
  } else if (r.method != "GET" || r.body) {
    command += " -X " + shell_word(r.method);
  }
  for (const auto& f : r.fields) command += " -H " + shell_word(f.name + ": " + f.value);
  std::string before;
  if (r.body) {
    // No shell's word holds a NUL, and bytes that are no text do not survive a terminal.
    const bool text = r.body->find('\0') == std::string::npos && core::base::is_utf8(*r.body);
    const std::string word = text ? *r.body : core::base::base64(*r.body);
    if (word.size() > longest_word)
      return fail(exit_failure,
                  "the body doesn't fit a command line: use --raw, or `countersign call`");
    if (!text) before = "printf %s " + shell_word(word) + " | base64 -d | ";
    command += text ? " --data-raw " + shell_word(word) : " --data-binary @-";
  }
  return before + command + " " + shell_word(url) + "\n";
}

std::string as_json(const message& m) {
  const auto& r = m.request;
  std::string out = R"({"method":)";
  core::json::append_string(out, r.method);
  core::json::append_string(out.append(R"(,"url":)"), url_of(m));
  out.append(R"(,"fields":[)");
  for (const auto& f : r.fields) {
    out.append(out.ends_with('[') ? "[" : ",[");
    core::json::append_string(out, f.name);
    core::json::append_string(out.append(","), f.value);
    out.append("]");
  }
  out.append("]");
  if (r.body)
    append_bytes(out, "body", *r.body);
  else
    out.append(R"(,"body":null)");
  core::json::append_string(out.append(R"(,"route":)"), r.policy->settings.name);
  core::json::append_string(out.append(R"(,"client":)"), r.client->id);
  out.append(R"(,"secret":)");
  if (r.key != nullptr)
    core::json::append_string(out, r.key->id);
  else
    out.append("null");
  out.append(R"(,"timestamp":)").append(std::to_string(m.timestamp));
  out.append(R"(,"refused":)");
  if (m.foreseen)
    core::json::append_string(out, core::base::name(*m.foreseen));
  else
    out.append("null");
  return out.append("}\n");
}

void tell_what_it_is(const message& m) {
  const auto& r = m.request;
  if (m.foreseen) return warn(warning_of(*m.foreseen));
  if (r.key == nullptr)
    return warn("the route \"" + r.policy->settings.name +
                "\" says `scheme: none`: nothing is signed or sealed");
  const std::int64_t until = m.timestamp + m.rules->window.past;
  const bool once = r.policy->settings.replay != core::config::replay_rule::off;
  warn("this is a valid message of \"" + r.client->id + "\": whoever has it can send it" +
       (once ? ", once," : "") + " until " + core::base::format_iso8601(until));
}

int sign(const sign_options& given) {
  const auto made = make_message(given.message);
  if (const int* status = std::get_if<int>(&made)) return *status;
  const auto& m = std::get<message>(made);
  std::string out;
  if (given.raw) {
    out = m.request.bytes();
  } else if (given.json) {
    out = as_json(m);
  } else {
    auto command = curl_command(m, given.message.connect_to);
    if (const int* status = std::get_if<int>(&command)) return *status;
    out = std::move(std::get<std::string>(command));
  }
  tell_what_it_is(m);
  print(out);
  return exit_fine;
}

}  // namespace

void add_sign(CLI::App& app, int& status) {
  auto given = std::make_shared<sign_options>();
  CLI::App* command =
      app.add_subcommand("sign", "Print a curl command, signed and sealed as a client would");
  add_message_options(*command, given->message);
  auto* raw = command->add_flag("--raw", given->raw, "Print the request's bytes instead");
  command->add_flag("--json", given->json, "Print its parts as JSON instead")->excludes(raw);
  command->callback([given, &status] { status = sign(*given); });
}

}  // namespace gateway::cli
