// SPDX-License-Identifier: Apache-2.0
#include "core/observe/audit.hpp"

#include "core/json/check.hpp"
#include "core/observe/visit.hpp"

namespace core::observe {

using base::errc;

namespace {

/// `{"time":"…","event":"…"`, and members with a text behind it.
class audit_line {
 public:
  audit_line(std::string& out, audit_event event, base::instant at) : out_(out) {
    std::array<char, time_size> time;
    put_time(time.data(), at);
    out_.append("{\"time\":\"").append(time.data(), time.size()).append("\",\"event\":\"");
    out_.append(name(event)).append("\"");
  }
  /// Left out if empty.
  void text(std::string_view member_name, std::string_view value) {
    if (value.empty()) return;
    out_.append(",\"").append(member_name).append("\":");
    json::append_string(out_, value);
  }
  void flag(std::string_view member_name) {
    out_.append(",\"").append(member_name).append("\":true");
  }
  void close() { out_ += "}\n"; }

 private:
  std::string& out_;
};

}  // namespace

std::string_view name(audit_event event) {
  switch (event) {
    case audit_event::start: return "start";
    case audit_event::draining: return "draining";
    case audit_event::stop: return "stop";
    case audit_event::logs_reopened: return "logs_reopened";
    case audit_event::handed_over: return "handed_over";
    case audit_event::reload: return "reload";
    case audit_event::reload_failed: return "reload_failed";
    case audit_event::client_added: return "client_added";
    case audit_event::client_removed: return "client_removed";
    case audit_event::client_off: return "client_off";
    case audit_event::client_on: return "client_on";
    case audit_event::token_changed: return "token_changed";
    case audit_event::secret_added: return "secret_added";
    case audit_event::secret_removed: return "secret_removed";
    case audit_event::secret_changed: return "secret_changed";
    case audit_event::admin_refused: return "admin_refused";
    case audit_event::version_rejected: return "version_rejected";
    case audit_event::replay: return "replay";
    case audit_event::client_disabled: return "client_disabled";
  }
  return "unknown";
}

std::optional<audit_event> audited(errc reason) {
  if (reason == errc::version_rejected) return audit_event::version_rejected;
  if (reason == errc::replay) return audit_event::replay;
  if (reason == errc::client_disabled) return audit_event::client_disabled;
  return std::nullopt;
}

void append_audit_line(std::string& out, audit_event event, base::instant at,
                       const audit_facts& known) {
  audit_line line(out, event, at);
  line.text("detail", known.detail);
  line.text("client_address", known.client_address);
  line.text("client", known.client);
  line.text("secret", known.secret);
  line.close();
}

void append_audit_line(std::string& out, audit_event event, const record& r, const names& n) {
  audit_line line(out, event, r.at);
  line.text("request_id", r.request_id_text());
  line.text("client_address", r.peer);
  line.text("route", n.route);
  line.text("client", n.client);
  line.text("version", r.version);
  if (r.refused || r.observed)
    line.text("reason", base::name(r.observed ? *r.observed : *r.refused));
  if (r.observed) line.flag("observed");
  line.close();
}

}  // namespace core::observe
