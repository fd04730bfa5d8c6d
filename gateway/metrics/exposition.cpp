// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/exposition.hpp"

#include <limits>
#include <string>
#include <utility>

namespace gateway::metrics {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

/// Seconds of the figures that are kept in microseconds.
constexpr double seconds(auto us) { return static_cast<double>(us) / 1e6; }

MetricFamily counters(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Counter, {}};
}
MetricFamily gauges(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Gauge, {}};
}
MetricFamily histograms(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Histogram, {}};
}

ClientMetric::Label label(const char* name, std::string_view value) {
  return {name, std::string(value)};
}

void add(MetricFamily& family, labels with, double value) {
  ClientMetric metric;
  metric.label = std::move(with);
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

void add(MetricFamily& family, labels with, const histogram_figures& figures) {
  ClientMetric metric;
  metric.label = std::move(with);
  auto& out = metric.histogram;
  for (std::size_t i = 0; i < figures.buckets.size(); ++i) {
    out.sample_count += figures.buckets[i];
    const auto bound = i < figures.bounds_us.size() ? seconds(figures.bounds_us[i])
                                                    : std::numeric_limits<double>::infinity();
    out.bucket.push_back({out.sample_count, bound});
  }
  out.sample_sum = seconds(figures.sum_us);
  family.metric.push_back(std::move(metric));
}

void add_single(std::vector<MetricFamily>& out, MetricFamily family, double value) {
  add(family, {}, value);
  out.push_back(std::move(family));
}

}  // namespace

std::vector<MetricFamily> exposition::Collect() const {
  families out;
  add_requests(out);
  add_clients(out);
  add_secrets(out);
  add_routes(out);
  add_upstreams(out);
  add_health(out);
  add_places(out);
  add_gateway(out);
  add_tls(out);
  add_replay(out);
  add_process(out);
  return out;
}

void exposition::add_requests(families& out) const {
  auto requests =
      counters("countersign_requests_total",
               "Requests by what the client was told; status 0: nothing could be sent.");
  for (const auto& r : counted_.requests) {
    add(requests,
        {label("route", r.route), label("client", r.client),
         label("status", std::to_string(r.status))},
        static_cast<double>(r.count));
  }
  auto refusals = counters("countersign_refusals_total",
                           "Requests that were refused or failed, by the internal reason.");
  auto observed = counters("countersign_observed_total",
                           "Requests that passed because their route observes, by what they would "
                           "have been refused for.");
  const auto by_reason = [](MetricFamily& to, const std::vector<refusal_count>& from) {
    for (const auto& r : from) {
      add(to,
          {label("route", r.route), label("client", r.client),
           label("reason", core::base::name(r.reason))},
          static_cast<double>(r.count));
    }
  };
  by_reason(refusals, counted_.refusals);
  by_reason(observed, counted_.observed);
  auto observing =
      gauges("countersign_route_observes", "1 for each route that says `mode: observe`.");
  for (const std::string_view route : now_.observing_routes)
    add(observing, {label("route", route)}, 1);
  for (auto* family : {&requests, &refusals, &observed, &observing})
    out.push_back(std::move(*family));
}

void exposition::add_clients(families& out) const {
  auto delay = histograms("countersign_transfer_delay_seconds",
                          "Gateway's clock minus the message's timestamp, at least 0, of proven "
                          "messages inside the window.");
  auto offset = gauges("countersign_client_clock_offset_seconds",
                       "Gateway's clock minus the newest proven timestamp, stale ones too: below 0 "
                       "if the client is ahead.");
  auto requests = counters("countersign_client_requests_total",
                           "Proven requests by the version that the client names.");
  auto seen = gauges("countersign_client_last_seen_timestamp_seconds",
                     "When a version last proved a request.");
  for (const auto& client : counted_.clients) {
    if (client.delay.count() > 0) add(delay, {label("client", client.id)}, client.delay);
    if (client.clock_offset)
      add(offset, {label("client", client.id)}, static_cast<double>(*client.clock_offset));
    for (const auto& v : client.versions) {
      const labels both{label("client", client.id), label("version", v.version)};
      add(requests, both, static_cast<double>(v.requests));
      add(seen, both, seconds(v.last_seen_us));
    }
  }
  for (auto* family : {&delay, &offset, &requests, &seen}) out.push_back(std::move(*family));
}

void exposition::add_secrets(families& out) const {
  auto used = gauges("countersign_secret_last_used_timestamp_seconds",
                     "When a secret last proved a request.");
  for (const auto& client : counted_.clients) {
    for (const auto& s : client.secrets) {
      if (s.last_used_us)
        add(used, {label("client", client.id), label("secret", s.id)}, seconds(*s.last_used_us));
    }
  }
  auto start = gauges("countersign_secret_start_timestamp_seconds",
                      "When a secret came, or comes, into force; only of those that say so.");
  for (const auto& s : counted_.beginnings)
    add(start, {label("client", s.client), label("secret", s.secret)}, static_cast<double>(s.at));
  auto expiry = gauges("countersign_secret_expiry_timestamp_seconds",
                       "When a secret ceases to be in force; only of those that do.");
  for (const auto& e : counted_.expiries)
    add(expiry, {label("client", e.client), label("secret", e.secret)}, static_cast<double>(e.at));
  out.push_back(std::move(used));
  out.push_back(std::move(start));
  out.push_back(std::move(expiry));
}

void exposition::add_routes(families& out) const {
  auto whole = histograms("countersign_request_duration_seconds",
                          "From the request's head to the last byte of its answer.");
  auto own = histograms("countersign_gateway_duration_seconds",
                        "The same without the time spent waiting for the upstream.");
  for (const auto& route : counted_.routes) {
    add(whole, {label("route", route.name)}, route.whole);
    add(own, {label("route", route.name)}, route.own);
  }
  out.push_back(std::move(whole));
  out.push_back(std::move(own));
}

void exposition::add_upstreams(families& out) const {
  auto requests = counters("countersign_upstream_requests_total",
                           "Requests sent upstream by its answer; status 0: none came.");
  auto up = gauges("countersign_upstream_up",
                   "0 if an endpoint is down: its probes fail, or it was ejected, or, where nobody "
                   "probes, the last attempt to connect failed.");
  auto connections =
      gauges("countersign_upstream_connections", "Open connections to an endpoint, idle ones too.");
  for (const auto& e : counted_.endpoints) {
    const labels both{label("upstream", e.upstream), label("endpoint", e.endpoint)};
    // What was taken out of the configuration while it was down would look so for ever.
    if (e.configured) add(up, both, is_up(e, now_) ? 1 : 0);
    if (e.configured || e.connections != 0)
      add(connections, both, static_cast<double>(e.connections));
    for (const auto& [status, count] : e.requests) {
      auto with = both;
      with.push_back(label("status", std::to_string(status)));
      add(requests, std::move(with), static_cast<double>(count));
    }
  }
  for (auto* family : {&requests, &up, &connections}) out.push_back(std::move(*family));
}

void exposition::add_health(families& out) const {
  auto ejections = counters("countersign_upstream_ejections_total",
                            "How often an endpoint failed so many requests in a row that it got "
                            "none for a while.");
  auto probes =
      counters("countersign_upstream_probes_total", "Probes of an endpoint by how they went.");
  for (const endpoint_reading& e : now_.endpoints) {
    const labels both{label("upstream", e.upstream), label("endpoint", e.endpoint)};
    add(ejections, both, static_cast<double>(e.ejections));
    if (!e.probes) continue;
    for (const auto& [result, count] :
         {std::pair{"good", e.probes->first}, {"failed", e.probes->second}}) {
      auto with = both;
      with.push_back(label("result", result));
      add(probes, std::move(with), static_cast<double>(count));
    }
  }
  auto retries = counters("countersign_upstream_retries_total",
                          "How often a request was tried once more, by the reason: no endpoint "
                          "had taken it, or no answer came.");
  for (const auto& u : counted_.upstreams) {
    for (const auto& [reason, count] :
         {std::pair{"not_sent", u.elsewhere}, {"no_answer", u.retries}})
      add(retries, {label("upstream", u.name), label("reason", reason)},
          static_cast<double>(count));
  }
  for (auto* family : {&ejections, &probes, &retries}) out.push_back(std::move(*family));
}

void exposition::add_places(families& out) const {
  auto taken = gauges("countersign_upstream_requests_in_flight",
                      "Requests that an upstream has, of at most max_requests.");
  auto waiting = gauges("countersign_upstream_requests_pending",
                        "Requests that wait in line for an upstream, at most max_pending.");
  for (const auto& u : now_.upstreams) {
    const labels name{label("upstream", u.upstream)};
    add(taken, name, static_cast<double>(u.taken));
    add(waiting, name, static_cast<double>(u.waiting));
  }
  auto refusals = counters("countersign_upstream_refusals_total",
                           "Requests refused before anything was sent, because their upstream had "
                           "enough or none of its endpoints was up, by the reason.");
  for (const auto& u : counted_.upstreams) {
    for (const auto& [reason, count] : {std::pair{core::base::errc::upstream_busy, u.busy},
                                        {core::base::errc::upstream_queue_timeout, u.queue_timeout},
                                        {core::base::errc::upstream_down, u.down}}) {
      add(refusals, {label("upstream", u.name), label("reason", core::base::name(reason))},
          static_cast<double>(count));
    }
  }
  for (auto* family : {&taken, &waiting, &refusals}) out.push_back(std::move(*family));
}

void exposition::add_gateway(families& out) const {
  add_single(out,
             gauges("countersign_requests_in_flight", "Requests whose answer is not complete."),
             static_cast<double>(counted_.in_flight));
  add_single(out,
             counters("countersign_accept_errors_total",
                      "Clients that could not be accepted, e.g. for want of descriptors."),
             static_cast<double>(counted_.accept_errors));
  add_single(out,
             counters("countersign_address_connections_refused_total",
                      "Connections closed at once: more than limits.per_address has for one."),
             static_cast<double>(counted_.refused_connections));
  add_single(out, gauges("countersign_connections", "Open connections of clients."),
             static_cast<double>(counted_.connections));
  add_single(out,
             counters("countersign_access_log_lines_dropped_total",
                      "Lines lost because the log could not be written."),
             static_cast<double>(now_.log_lines_dropped));
  if (now_.log_lines_sampled_out)
    add_single(out,
               counters("countersign_access_log_lines_sampled_out_total",
                        "Successful exchanges without a line, because of access_log.sample."),
               static_cast<double>(*now_.log_lines_sampled_out));
  if (now_.audit_lines_dropped)
    add_single(out,
               counters("countersign_audit_log_lines_dropped_total",
                        "Lines lost because the audit log could not be written."),
               static_cast<double>(*now_.audit_lines_dropped));
  if (!now_.captured) return;
  add_single(out,
             counters("countersign_captured_requests_total",
                      "Refused requests that were written to files."),
             static_cast<double>(now_.captured->written));
  add_single(out,
             counters("countersign_captured_requests_dropped_total",
                      "Refused requests that could not be, or not in time."),
             static_cast<double>(now_.captured->dropped));
}

void exposition::add_tls(families& out) const {
  auto done = counters("countersign_tls_handshakes_total",
                       "TLS handshakes with clients; resumed: with what was kept of another.");
  for (const auto& [how, count] : counted_.handshakes) {
    add(done,
        {label("version", how.tls_1_3 ? "1.3" : "1.2"),
         label("resumed", how.resumed ? "true" : "false")},
        static_cast<double>(count));
  }
  auto failed = counters("countersign_tls_handshake_failures_total",
                         "TLS handshakes with clients that failed, by the reason.");
  for (const auto& [reason, count] : counted_.handshake_failures)
    add(failed, {label("reason", core::observe::name(reason))}, static_cast<double>(count));
  auto expiry = gauges("countersign_tls_certificate_expiry_timestamp_seconds",
                       "When a certificate that clients are shown expires.");
  for (const auto& c : now_.certificates)
    add(expiry, {label("listener", c.listener), label("certificate", c.certificate)},
        static_cast<double>(c.until));
  for (auto* family : {&done, &failed, &expiry}) out.push_back(std::move(*family));
}

void exposition::add_replay(families& out) const {
  add_single(out,
             counters("countersign_replay_store_errors_total",
                      "Messages for which the store was full or unavailable."),
             static_cast<double>(counted_.replay_store_errors));
  if (!now_.replay) return;
  add_single(out, gauges("countersign_replay_marks", "Messages that the replay store remembers."),
             static_cast<double>(now_.replay->marks));
  add_single(out,
             gauges("countersign_replay_capacity", "Messages that the replay store can remember."),
             static_cast<double>(now_.replay->capacity));
  add_single(out,
             gauges("countersign_replay_retention_held_seconds",
                    "How long beyond their window marks are really held."),
             static_cast<double>(now_.replay->retention_held));
}

void exposition::add_process(families& out) const {
  if (!now_.process) return;
  const auto& p = *now_.process;
  add_single(
      out,
      counters("process_cpu_seconds_total", "Total user and system CPU time spent in seconds."),
      p.cpu_seconds);
  add_single(out, gauges("process_resident_memory_bytes", "Resident memory size in bytes."),
             static_cast<double>(p.resident_bytes));
  add_single(out, gauges("process_virtual_memory_bytes", "Virtual memory size in bytes."),
             static_cast<double>(p.virtual_bytes));
  add_single(out, gauges("process_open_fds", "Number of open file descriptors."),
             static_cast<double>(p.open_descriptors));
  add_single(out, gauges("process_max_fds", "Maximum number of open file descriptors."),
             static_cast<double>(p.max_descriptors));
  add_single(out,
             gauges("process_start_time_seconds",
                    "Start time of the process since unix epoch in seconds."),
             p.start_time_seconds);
}

}  // namespace gateway::metrics
