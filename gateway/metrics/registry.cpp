// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/registry.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "gateway/metrics/exposition.hpp"

namespace gateway::metrics {

namespace {

template <const auto& Bounds>
void merge_into(histogram_figures& sum, const histogram<Bounds>& one) {
  sum.bounds_us = Bounds;
  sum.buckets.resize(Bounds.size() + 1);
  for (std::size_t i = 0; i < sum.buckets.size(); ++i) sum.buckets[i] += one.bucket(i);
  sum.sum_us += one.sum_us();
}

prometheus::Labels build_labels(const catalog& names) {
  return {names.build.begin(), names.build.end()};
}

/// Triples in the order of names as they came, those that share a place last.
struct by_name {
  bool operator()(std::uint64_t a, std::uint64_t b) const { return order(a) < order(b); }
  static std::tuple<std::uint32_t, std::uint32_t, std::uint16_t> order(std::uint64_t packed) {
    const triple at = triple::unpack(packed);
    return {at.route - 1, at.client - 2, at.code};  // the shared ones come before 0
  }
};

using counts = std::map<std::uint64_t, std::uint64_t, by_name>;

}  // namespace

bool is_up(const endpoint_figures& e, const readings& now) {
  for (const endpoint_reading& known : now.endpoints)
    if (known.upstream == e.upstream && known.endpoint == e.endpoint) return known.up;
  return e.up;
}

registry::registry(const catalog& names, unsigned workers) {
  take_up(names);
  for (unsigned i = 0; i < workers; ++i)
    shards_.push_back(std::make_unique<shard>(places_->counts()));

  using prometheus::BuildGauge;
  auto& build =
      BuildGauge().Name("countersign_build_info").Help("What was built; always 1.").Register(rare_);
  build.Add(build_labels(names)).Set(1);
  auto& successful = BuildGauge()
                         .Name("countersign_config_last_reload_successful")
                         .Help(
                             "1 if the configuration was whole when it was last read, 0 if the one "
                             "before is still in force.")
                         .Register(rare_);
  reload_successful_ = &successful.Add({});
  auto& time = BuildGauge()
                   .Name("countersign_config_last_reload_timestamp_seconds")
                   .Help("When a configuration was last put in force.")
                   .Register(rare_);
  reload_time_ = &time.Add({});
  reloaded(true, names.loaded_at);
}

registry::~registry() = default;

std::shared_ptr<const layout> registry::take_up(const catalog& names) {
  places_ = std::make_shared<const layout>(names_.take_up(names));
  return places_;
}

void registry::reloaded(bool successful, core::base::instant at) {
  reload_successful_->Set(successful ? 1 : 0);
  if (successful) reload_time_->Set(static_cast<double>(at.time_since_epoch().count()) / 1e6);
}

snapshot registry::look_at_requests() const {
  snapshot out;
  look_at_requests(out);
  return out;
}

snapshot registry::look() const {
  snapshot out;
  for (const auto& s : shards_) {
    out.connections += s->connections_.value();
    out.in_flight += s->in_flight_.value();
    out.replay_store_errors += s->store_errors_.value();
    out.accept_errors += s->accept_errors_.value();
    out.refused_connections += s->refused_connections_.value();
  }
  look_at_handshakes(out);
  look_at_requests(out);
  look_at_routes(out);
  look_at_endpoints(out);
  look_at_upstreams(out);
  look_at_clients(out);
  return out;
}

void registry::look_at_handshakes(snapshot& into) const {
  for (const bool tls_1_3 : {false, true}) {
    for (const bool resumed : {false, true}) {
      handshake_count sum{{tls_1_3, resumed}, 0};
      for (const auto& s : shards_) sum.count += s->handshakes_[shard::place_of(sum.how)].value();
      if (sum.count != 0) into.handshakes.push_back(sum);
    }
  }
  for (std::size_t i = 0; i < core::observe::handshake_failure_names.size(); ++i) {
    handshake_failure_count sum{static_cast<core::observe::handshake_failure>(i), 0};
    for (const auto& s : shards_) sum.count += s->handshake_failures_[i].value();
    if (sum.count != 0) into.handshake_failures.push_back(sum);
  }
}

void registry::look_at_requests(snapshot& into) const {
  counts requests, refusals, observed;
  for (const auto& s : shards_) {
    s->requests_.each([&](std::uint64_t key, const tally& t) { requests[key] += t.value(); });
    s->refusals_.each([&](std::uint64_t key, const tally& t) { refusals[key] += t.value(); });
    s->observed_.each([&](std::uint64_t key, const tally& t) { observed[key] += t.value(); });
  }
  for (const auto& [key, count] : requests) {
    const auto at = triple::unpack(key);
    into.requests.push_back(
        {names_.route_name(at.route), names_.client_name(at.client), at.code, count});
  }
  const auto by_reason = [this](const counts& from, std::vector<refusal_count>& to) {
    for (const auto& [key, count] : from) {
      const auto at = triple::unpack(key);
      to.push_back({names_.route_name(at.route), names_.client_name(at.client),
                    core::base::errc{at.code}, count});
    }
  };
  by_reason(refusals, into.refusals);
  by_reason(observed, into.observed);
}

void registry::look_at_routes(snapshot& into) const {
  const auto count = static_cast<std::uint32_t>(names_.counts().routes);
  for (std::uint32_t i = 1; i <= count; ++i) {
    const std::uint32_t place = i % count;  // what matched none comes last
    route_figures sum{names_.route_name(place), {}, {}};
    for (const auto& s : shards_) {
      if (const auto* counters = s->routes_.find(place)) {
        merge_into(sum.whole, counters->whole);
        merge_into(sum.own, counters->own);
      }
    }
    if (!sum.whole.buckets.empty()) into.routes.push_back(std::move(sum));
  }
}

void registry::look_at_endpoints(snapshot& into) const {
  for (const directory::upstream& upstream : names_.upstreams()) {
    for (const directory::endpoint& endpoint : upstream.endpoints) {
      endpoint_figures sum{upstream.name, endpoint.name, endpoint.configured, true, 0, {}};
      std::map<std::uint64_t, std::uint64_t> requests;
      stamped::reading newest;
      for (const auto& s : shards_) {
        const auto* counters = s->endpoints_.find(endpoint.place);
        if (counters == nullptr) continue;
        sum.connections += counters->connections.value();
        counters->requests.each(
            [&](std::uint64_t status, const tally& t) { requests[status] += t.value(); });
        if (const auto seen = counters->connect.look(); seen && seen->at >= newest.at) {
          newest = *seen;
          sum.up = seen->value != 0;
        }
      }
      for (const auto& [status, count] : requests)
        sum.requests.push_back({static_cast<unsigned>(status), count});
      into.endpoints.push_back(std::move(sum));
    }
  }
}

void registry::look_at_upstreams(snapshot& into) const {
  for (const directory::upstream& upstream : names_.upstreams()) {
    upstream_figures sum{upstream.name};
    for (const auto& s : shards_) {
      if (const auto* counters = s->upstreams_.find(upstream.place)) {
        sum.busy += counters->busy.value();
        sum.queue_timeout += counters->queue_timeout.value();
        sum.down += counters->down.value();
        sum.elsewhere += counters->elsewhere.value();
        sum.retries += counters->retries.value();
      }
    }
    into.upstreams.push_back(sum);
  }
}

void registry::look_at_clients(snapshot& into) const {
  const auto add = [&](std::uint32_t place) -> client_figures* {
    const auto active = [place](const auto& s) { return s->clients_.find(place) != nullptr; };
    if (!std::ranges::any_of(shards_, active)) return nullptr;
    return &into.clients.emplace_back(look_at_client(place));
  };
  for (const directory::client& known : names_.clients()) {
    if (known.place <= no_client) continue;
    if (client_figures* figures = add(known.place)) look_at_secrets(*figures, known);
  }
  add(other_client);
  add(no_client);
  for (const directory::client& known : names_.clients()) {
    if (known.place <= no_client) continue;
    for (const directory::secret& s : known.secrets) {
      if (s.from) into.beginnings.push_back({known.id, s.id, *s.from});
      if (s.until) into.expiries.push_back({known.id, s.id, *s.until});
    }
  }
}

client_figures registry::look_at_client(std::uint32_t place) const {
  client_figures sum;
  sum.id = names_.client_name(place);
  std::vector<version_figures> versions;
  stamped::reading newest;
  for (const auto& s : shards_) {
    const auto* counters = s->clients_.find(place);
    if (!counters) continue;
    merge_into(sum.delay, counters->delay);
    std::ranges::move(counters->versions.look(), std::back_inserter(versions));
    if (const auto seen = counters->clock_offset.look(); seen && seen->at >= newest.at) {
      newest = *seen;
      sum.clock_offset = seen->value;
    }
  }
  sum.versions = merge(std::move(versions));
  return sum;
}

void registry::look_at_secrets(client_figures& into, const directory::client& known) const {
  for (const directory::secret& one : known.secrets) {
    secret_figures figures{one.id, {}, {}, {}, one.until};
    for (const auto& s : shards_) {
      const auto* use = s->secrets_.find(one.place);
      if (use == nullptr || use->at_us() <= figures.last_used_us.value_or(0)) continue;
      last_use::reading seen = use->look();
      figures.last_used_us = seen.at_us;
      figures.address = std::move(seen.address);
      figures.version = std::move(seen.version);
    }
    into.secrets.push_back(std::move(figures));
  }
}

std::optional<client_figures> registry::client(std::string_view id) const {
  const auto found = std::ranges::find(names_.clients(), id, &directory::client::id);
  if (found == names_.clients().end()) return std::nullopt;
  client_figures out;
  if (found->place > no_client) out = look_at_client(found->place);
  out.id = found->id;
  look_at_secrets(out, *found);
  return out;
}

std::string registry::text(const readings& now) const {
  auto families = exposition(look(), now).Collect();
  std::ranges::move(rare_.Collect(), std::back_inserter(families));
  // The format has no way to say "no samples yet" but the family's head, which some parsers take
  // for a mistake.
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gateway::metrics
