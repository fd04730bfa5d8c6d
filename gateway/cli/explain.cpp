// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "core/admission/refusal.hpp"
#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"
#include "core/explain/report.hpp"
#include "core/http/request_id.hpp"
#include "core/json/check.hpp"
#include "core/observe/captured.hpp"
#include "gateway/cli/captured.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/log/captured_files.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/environment.hpp"

namespace gateway::cli {

namespace {

namespace explain_room = core::explain;
using core::admission::snapshot;
using core::base::errc;

constexpr std::size_t largest_capture = 80u << 20;

struct explain_options {
  std::string config;
  std::string request;
  std::string id;
  std::string at;
  std::string signed_by_client;
  bool json = false;
};

std::variant<std::string, int> read_whole(const std::string& path) {
  auto read = sys::read_file(path == "-" ? "/dev/stdin" : path, largest_capture);
  if (const auto* problem = std::get_if<sys::file_problem>(&read))
    return fail(exit_failure, path + ": the file " + problem->sentence);
  return std::move(std::get<sys::file_text>(read).text);
}

/// The file that the request is in, or the exit status after what is wrong was said.
std::variant<std::string, int> path_of(const explain_options& given, const core::config::model& m) {
  if (given.id.empty() == given.request.empty())
    return fail(exit_usage,
                "explain needs a file with the request (- for standard input), or --id");
  if (given.id.empty()) return given.request;
  if (!m.capture)
    return fail(exit_usage, "--id: the configuration has no `capture`, so that no request is kept");
  if (!core::http::is_request_id(given.id))
    return fail(exit_usage, "--id: \"" + given.id + "\" is no request id of the gateway");
  const auto folder = log::capture_folder(*m.capture, given.config);
  return (folder / core::observe::captured_name(given.id)).string();
}

/// When did it arrive? Nothing: nobody knows.
std::variant<std::optional<std::int64_t>, int> arrival(const explain_options& given,
                                                       const captured& c) {
  if (given.at.empty()) return c.at;
  std::int64_t seconds = 0;
  const char* const end = given.at.data() + given.at.size();
  const auto read = std::from_chars(given.at.data(), end, seconds);
  if (read.ec == std::errc() && read.ptr == end && seconds >= 0 && seconds <= latest_arrival)
    return std::optional(seconds);
  if (const auto date = core::base::parse_iso8601(given.at)) return date;
  return fail(exit_usage, "--at: \"" + given.at +
                              "\" is neither Unix seconds nor a time like 2026-11-30T12:00:00Z");
}

/// A capture that doesn't say when it came is explained as if it had come when it was stamped: else
/// every one would be stale.
explain_room::report explain_at(captured& c, const snapshot& rules,
                                std::optional<std::int64_t> at) {
  core::admission::workspace space;
  if (at) return explain_room::explain(c.message, rules, core::base::from_unix_seconds(*at), space);
  const core::base::instant now = sys::now();
  auto report = explain_room::explain(c.message, rules, now, space);
  const bool late = report.taken.refused &&
                    (*report.taken.refused == errc::stale || *report.taken.refused == errc::future);
  if (!late || !report.taken.stamped) return report;
  const std::int64_t age = core::base::unix_seconds(now) - report.taken.stamp;
  c.notes.push_back("when it arrived is not known, and it is stamped " + std::to_string(age) +
                    " s before now: explained as if it had arrived then; --at says another time");
  return explain_room::explain(c.message, rules, core::base::from_unix_seconds(report.taken.stamp),
                               space);
}

std::string facts_of(const explain_room::step_taken& step) {
  std::string out;
  for (const explain_room::fact& f : step.facts)
    out.append(out.empty() ? "" : ", ").append(f.name).append(": ").append(f.value);
  return out;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text + (text.ends_with('?') || text.ends_with('.') ? "\n" : ".\n");
}

std::string as_text(const captured& c, const explain_room::report& r, const std::string& compared) {
  constexpr std::size_t width = 12;
  std::string out;
  for (const std::string& note : c.notes) out.append("note: ").append(note).append("\n");
  for (const auto& step : r.taken.steps) {
    const bool observed = step.refused && r.taken.observed;
    out += padded(observed ? "OBSERVED" : step.refused ? "REFUSED" : "ok", width);
    out += padded(std::string(explain_room::name(step.what)), width);
    if (step.refused) {
      const auto told = core::admission::refusal_for(*step.refused);
      out.append(core::base::name(*step.refused));
      out.append(observed
                     ? " (the route observes: it goes on as it came, for nobody; enforced, the "
                       "client would be told "
                     : " (the client is told ");
      out.append(std::to_string(told.status)).append(" ").append(told.code).append(")");
      if (!step.facts.empty()) out += "; ";
    }
    out.append(facts_of(step)).append("\n");
  }
  if (r.taken.reached >= explain_room::step::signature) {
    out.append("\nThe gateway has these ")
        .append(std::to_string(r.taken.signed_text.size()))
        .append(" bytes signed (SHA-256 ")
        .append(core::base::hex(core::crypto::view(core::crypto::sha256({r.taken.signed_text}))))
        .append("):\n")
        .append(explain_room::visible_lines(r.taken.signed_text, "  | "));
  }
  out += "\n";
  if (!compared.empty()) out += sentence(compared);
  if (r.where) out += sentence("what was signed differs " + explain_room::in_words(*r.where));
  return out += sentence(r.advice);
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  core::json::append_string(out.append(out.ends_with('{') ? "" : ","), name);
  core::json::append_string(out.append(":"), value);
}

std::string steps_as_json(const explain_room::walk& taken) {
  std::string out = "[";
  for (const auto& step : taken.steps) {
    out += out.ends_with('[') ? "{" : ",{";
    append_member(out, "step", explain_room::name(step.what));
    if (step.refused) append_member(out, "refused", core::base::name(*step.refused));
    out += ",\"facts\":{";
    for (const explain_room::fact& f : step.facts) append_member(out, f.name, f.value);
    out += "}}";
  }
  return out + "]";
}

std::string as_json(const captured& c, const explain_room::report& r, const std::string& compared) {
  std::string out = "{";
  if (r.taken.refused) {
    const auto told = core::admission::refusal_for(*r.taken.refused);
    append_member(out, "refused", core::base::name(*r.taken.refused));
    append_member(out, "code", told.code);
    out.append(",\"status\":").append(std::to_string(told.status)).append(",");
    if (r.taken.observed) out += "\"observed\":true,";
  }
  out += "\"notes\":[";
  for (const std::string& note : c.notes)
    core::json::append_string(out.append(out.ends_with('[') ? "" : ","), note);
  out.append("],\"steps\":").append(steps_as_json(r.taken));
  if (!r.taken.signed_text.empty()) {
    const auto digest = core::crypto::sha256({r.taken.signed_text});
    append_member(out, "signed", explain_room::visible(r.taken.signed_text));
    append_member(out, "sha256", core::base::hex(core::crypto::view(digest)));
  }
  if (!r.mistake.empty()) append_member(out, "mistake", r.mistake);
  if (r.where) {
    out.append(",\"difference\":{\"at\":").append(std::to_string(r.where->at));
    append_member(out, "gateway", r.where->gateway);
    append_member(out, "client", r.where->client);
    out += "}";
  }
  if (!compared.empty()) append_member(out, "compared", compared);
  append_member(out.append(",\"tried\":").append(std::to_string(r.tried)), "advice", r.advice);
  return out + "}\n";
}

/// It doesn't come as far as the stages.
explain_room::report unreadable(errc reason) {
  explain_room::report out;
  out.taken.refused = reason;
  out.taken.steps.push_back({explain_room::step::framing, {}, reason});
  out.advice = reason == errc::headers_too_large
                   ? "send fewer or shorter fields, or raise `limits.header_bytes`"
                   : "send HTTP/1.1 as RFC 9112 has it: the head can't be read";
  return out;
}

int explain(const explain_options& given) {
  core::config::reading read = read_configuration(given.config);
  if (has_errors(read)) {
    print_problems(read.problems, given.config);
    return exit_config;
  }
  const auto path = path_of(given, *read.value);
  if (const int* status = std::get_if<int>(&path)) return *status;
  const auto raw = read_whole(std::get<std::string>(path));
  if (const int* status = std::get_if<int>(&raw)) return *status;
  auto parsed = read_captured(std::get<std::string>(raw), read.value->limits.header_bytes);
  if (const auto* why = std::get_if<std::string>(&parsed))
    return fail(exit_failure, std::get<std::string>(path) + " " + *why);
  auto& request = std::get<captured>(parsed);
  const auto at = arrival(given, request);
  if (const int* status = std::get_if<int>(&at)) return *status;

  const snapshot rules(std::move(*read.value));
  auto report =
      request.refused ? unreadable(*request.refused) : explain_at(request, rules, std::get<0>(at));
  // What this message was refused for is no riddle where the gateway has written it down.
  const bool refused_then = !report.taken.refused && !request.reason.empty();
  if (refused_then) report.advice = explain_room::advice_afterwards(request.reason);
  std::string compared;
  if (!given.signed_by_client.empty()) {
    const auto theirs = read_whole(given.signed_by_client);
    if (const int* status = std::get_if<int>(&theirs)) return *status;
    compared = explain_room::compare_signed(report.taken, std::get<std::string>(theirs));
  }
  print(given.json ? as_json(request, report, compared) : as_text(request, report, compared));
  return report.taken.refused || refused_then ? exit_failure : exit_fine;
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  auto given = std::make_shared<explain_options>();
  CLI::App* command = app.add_subcommand(
      "explain", "Tell why the gateway refuses a captured request, and what to change");
  command->add_option("-c,--config", given->config, "The configuration file")->required();
  command->add_option("request", given->request,
                      "The file with the request as raw HTTP; - for standard input");
  command->add_option("--id", given->id,
                      "The id of a refused request, as the access log has it, instead of a file; "
                      "`capture` must be on");
  command->add_option(
      "--at", given->at,
      "When it arrived: Unix seconds, or 2026-11-30T12:00:00Z; if left out what the "
      "capture says, or else now");
  command->add_option("--signed", given->signed_by_client,
                      "File with the bytes that the client signed, to be compared");
  command->add_flag("--json", given->json, "Print it as JSON");
  command->callback([given, &status] { status = explain(*given); });
}

}  // namespace gateway::cli
