// SPDX-License-Identifier: Apache-2.0
// What the admin listener answers, and the figures it reads for that.
#include <algorithm>

#include "core/base/ascii.hpp"
#include "gateway/admin/clients.hpp"
#include "gateway/admin/handle.hpp"
#include "gateway/admin/status.hpp"
#include "gateway/app/endpoint_figures.hpp"
#include "gateway/app/server.hpp"
#include "gateway/sys/build.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/process.hpp"

namespace gateway::app {

using core::observe::audit_event;

namespace {

bool leaves_marks(const core::config::route& r) {
  return r.scheme && r.replay != core::config::replay_rule::off &&
         r.mode == core::config::mode::enforce;
}

}  // namespace

metrics::readings server::read_figures() const {
  metrics::readings now;
  const replay::store_figures held = marks_->figures(core::base::unix_seconds(sys::now()));
  now.replay = metrics::replay_figures{held.marks, model().replay.capacity, held.retention_held};
  for (const upstream::group& g : state_.generation->groups) {
    const upstream::slots::figures seen = g.places->look();
    now.upstreams.push_back({g.settings.name, seen.taken, seen.waiting});
    add_endpoints(g, now.endpoints);
  }
  for (const core::config::route& r : model().routes)
    if (r.mode == core::config::mode::observe) now.observing_routes.emplace_back(r.name);
  for (const session::secured_listener& one : state_.generation->secured)
    for (const net::tls_server::certificate& shown : one.by->certificates())
      now.certificates.push_back({one.name, shown.path, shown.until});
  now.process = sys::read_process();
  now.log_lines_dropped = lines_->dropped();
  if (model().access_log.sample < core::observe::every_line)
    now.log_lines_sampled_out = lines_->sampled_out();
  if (audits_) now.audit_lines_dropped = audits_->dropped();
  if (captures_) now.captured = {captures_->written(), captures_->dropped()};
  return now;
}

std::string server::why_not_ready() const {
  if (phase_ != phase::serving) return std::string(occupation());
  if (std::ranges::none_of(model().routes, leaves_marks)) return {};
  const std::int64_t now = core::base::unix_seconds(sys::now());
  const std::int64_t until = marks_->refused_until();
  if (until < now) return {};
  return "replay marks of an earlier process are missing: messages stamped up to " +
         std::to_string(until) + " are refused, " + std::to_string(until - now + 1) + " s more";
}

net::plain_response server::answer_admin(const net::plain_request& asked) {
  admin::sources from;
  from.metrics = [this] { return counters_->text(read_figures()); };
  from.config = [this] { return core::config::print_json(model()); };
  from.reload = [this]() -> admin::reloading {
    using outcome = admin::reloading::outcome;
    if (phase_ != phase::serving) return {outcome::draining, {}};
    const reload_outcome came = reload_configuration("POST /reload");
    return {came.done ? outcome::done : outcome::refused, json_members(came)};
  };
  const admin::moments at{sys::now(), started_, configured_};
  from.clients = [this, at](std::string_view query) {
    return admin::clients_page(query, model(), *counters_, at);
  };
  from.status = [this, at] {
    return admin::status(
        model(), counters_->look(), read_figures(),
        {at, reload_succeeded_, phase_ != phase::serving, sys::build_facts().front().second});
  };
  from.beyond_loopback = !net::is_local(admin_address_);
  const std::string address = net::host_of(admin_address_);
  from.address = address;
  from.by_path = !net::path_of(admin_address_).empty();
  const auto& token = model().admin->token;
  if (token) from.token = token->reveal();
  from.not_ready = [this] { return why_not_ready(); };
  std::optional<std::string_view> origin;
  for (const auto& [name, value] : asked.fields)
    if (core::base::iequals(name, "origin")) origin = value;
  admin::response answer = admin::handle(
      {asked.method, asked.target, asked.field("host"), origin, asked.field("authorization")},
      from);
  // Nothing of what was asked: whoever may not ask must not fill the log.
  if (answer.change_refused)
    audit(audit_event::admin_refused,
          {"POST /reload: " + std::to_string(answer.status), asked.peer});
  net::plain_response out{
      answer.status, {{"Content-Type", answer.type}, {"Cache-Control", "no-store"}}, {}};
  if (!answer.allow.empty()) out.fields.emplace_back("Allow", answer.allow);
  if (!answer.challenge.empty()) out.fields.emplace_back("WWW-Authenticate", answer.challenge);
  out.fields.emplace_back("X-Content-Type-Options", "nosniff");
  if (!answer.policy.empty()) {
    out.fields.emplace_back("Content-Security-Policy", answer.policy);
    out.fields.emplace_back("Referrer-Policy", "no-referrer");
  }
  out.body = std::move(answer.body);
  return out;
}

}  // namespace gateway::app
