// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/status.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/date.hpp"

namespace gateway::admin {

namespace {

namespace json = boost::json;
using core::config::model;

json::value moment(core::base::instant at) {
  return json::value(core::base::format_iso8601(core::base::unix_seconds(at)));
}

json::value or_null(std::optional<std::int64_t> number) {
  if (!number) return nullptr;
  return *number;
}

std::string_view word(core::config::envelope_kind kind) {
  switch (kind) {
    case core::config::envelope_kind::laravel: return "laravel";
    case core::config::envelope_kind::jwe: return "jwe";
    case core::config::envelope_kind::aes128gcm: return "aes128gcm";
    case core::config::envelope_kind::none: break;
  }
  return "none";
}

/// How many answers of each class there were: 2xx to 5xx; what was not answered is none.
json::object classes_of(std::string_view route, const metrics::snapshot& seen) {
  std::array<std::uint64_t, 6> sums{};
  std::uint64_t all = 0;
  for (const auto& r : seen.requests) {
    if (r.route != route) continue;
    all += r.count;
    sums[std::min<std::size_t>(r.status / 100, sums.size() - 1)] += r.count;
  }
  json::object out;
  out["all"] = all;
  out["succeeded"] = sums[1] + sums[2] + sums[3];
  out["refused"] = sums[4];
  out["failed"] = sums[5];
  out["unanswered"] = sums[0];
  return out;
}

json::object times_of(const metrics::histogram_figures& figures) {
  return {{"half_us", or_null(figures.below(0.5))}, {"most_us", or_null(figures.below(0.99))}};
}

json::array routes_of(const model& m, const metrics::snapshot& seen) {
  json::array out;
  for (const core::config::route& r : m.routes) {
    json::object one;
    one["name"] = r.name;
    one["host"] = r.host.empty() ? json::value() : json::value(r.host);
    one["path"] = (r.exact ? "=" : "") + r.path;
    one["scheme"] = r.scheme ? m.schemes[*r.scheme].name : "none";
    one["envelope"] = word(r.envelope);
    one["upstream"] = m.upstreams[r.upstream].name;
    one["observes"] = r.mode == core::config::mode::observe;
    one["requests"] = classes_of(r.name, seen);
    const auto figures = std::ranges::find(seen.routes, r.name, &metrics::route_figures::name);
    const bool used = figures != seen.routes.end();
    one["whole"] = times_of(used ? figures->whole : metrics::histogram_figures{});
    one["own"] = times_of(used ? figures->own : metrics::histogram_figures{});
    out.push_back(std::move(one));
  }
  return out;
}

json::array endpoints_of(std::string_view upstream, const metrics::snapshot& seen,
                         const metrics::readings& now) {
  json::array out;
  for (const metrics::endpoint_figures& e : seen.endpoints) {
    if (e.upstream != upstream || !e.configured) continue;
    std::uint64_t requests = 0, failed = 0;
    for (const auto& [status, count] : e.requests) {
      requests += count;
      if (status == 0 || status >= 500) failed += count;
    }
    out.push_back({{"url", e.endpoint},
                   {"up", metrics::is_up(e, now)},
                   {"connections", e.connections},
                   {"requests", requests},
                   {"failed", failed}});
  }
  return out;
}

json::array upstreams_of(const model& m, const metrics::snapshot& seen,
                         const metrics::readings& now) {
  json::array out;
  for (const core::config::upstream& u : m.upstreams) {
    json::object one;
    one["name"] = u.name;
    one["endpoints"] = endpoints_of(u.name, seen, now);
    const auto places = std::ranges::find(now.upstreams, u.name, &metrics::place_figures::upstream);
    const bool known = places != now.upstreams.end();
    one["in_flight"] = known ? places->taken : 0;
    one["max_requests"] = u.max_requests;
    one["pending"] = known ? places->waiting : 0;
    one["max_pending"] = u.max_pending;
    const auto counted =
        std::ranges::find(seen.upstreams, u.name, &metrics::upstream_figures::name);
    one["turned_away"] = counted == seen.upstreams.end()
                             ? 0
                             : counted->busy + counted->queue_timeout + counted->down;
    out.push_back(std::move(one));
  }
  return out;
}

json::array refusals_of(const metrics::snapshot& seen) {
  std::vector<metrics::refusal_count> most(seen.refusals);
  std::ranges::stable_sort(most, std::ranges::greater{}, &metrics::refusal_count::count);
  constexpr std::size_t rows = 200;
  if (most.size() > rows) most.resize(rows);
  json::array out;
  for (const auto& r : most) {
    out.push_back({{"reason", core::base::name(r.reason)},
                   {"route", r.route},
                   {"client", r.client},
                   {"count", r.count}});
  }
  return out;
}

}  // namespace

std::string status(const model& m, const metrics::snapshot& seen, const metrics::readings& now,
                   const condition& whole) {
  json::object out;
  out["version"] = whole.version;
  out["now"] = moment(whole.at.now);
  out["started"] = moment(whole.at.started);
  out["configured"] = moment(whole.at.configured);
  out["reload_succeeded"] = whole.reload_succeeded;
  out["draining"] = whole.draining;
  out["connections"] = seen.connections;
  out["max_connections"] = m.limits.connections;
  out["in_flight"] = seen.in_flight;
  out["clients"] = m.clients.size();
  out["log_lines_dropped"] = now.log_lines_dropped;
  if (now.replay) {
    out["replay"] = {{"marks", now.replay->marks},
                     {"capacity", now.replay->capacity},
                     {"errors", seen.replay_store_errors}};
  }
  out["routes"] = routes_of(m, seen);
  out["upstreams"] = upstreams_of(m, seen, now);
  out["refusals"] = refusals_of(seen);
  return json::serialize(out) + "\n";
}

}  // namespace gateway::admin
