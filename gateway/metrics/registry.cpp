// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/registry.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <map>

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
  prometheus::Labels labels{{"version", COUNTERSIGN_VERSION}, {"compiler", __VERSION__}};
  labels.insert(names.build.begin(), names.build.end());
  return labels;
}

}  // namespace

registry::registry(catalog names, unsigned workers) : places_(std::move(names)) {
  for (unsigned i = 0; i < workers; ++i) shards_.push_back(std::make_unique<shard>(places_));

  using prometheus::BuildGauge;
  auto& build =
      BuildGauge().Name("countersign_build_info").Help("What was built; always 1.").Register(rare_);
  build.Add(build_labels(this->names())).Set(1);
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
  reloaded(true, this->names().loaded_at);
}

registry::~registry() = default;

void registry::reloaded(bool successful, core::base::instant at) {
  reload_successful_->Set(successful ? 1 : 0);
  if (successful) reload_time_->Set(static_cast<double>(at.time_since_epoch().count()) / 1e6);
}

snapshot registry::look() const {
  snapshot out;
  for (const auto& s : shards_) {
    out.connections += s->connections_.value();
    out.in_flight += s->in_flight_.value();
    out.replay_store_errors += s->store_errors_.value();
    out.accept_errors += s->accept_errors_.value();
  }
  look_at_requests(out);
  look_at_routes(out);
  look_at_endpoints(out);
  look_at_upstreams(out);
  for (std::uint32_t place = 0; place < places_.client_place_count(); ++place) {
    const auto active = [place](const auto& s) { return s->clients_.find(place) != nullptr; };
    if (std::ranges::any_of(shards_, active)) out.clients.push_back(look_at_client(place));
  }
  return out;
}

void registry::look_at_requests(snapshot& into) const {
  std::map<std::uint64_t, std::uint64_t> requests, refusals;
  for (const auto& s : shards_) {
    s->requests_.each([&](std::uint64_t key, const tally& t) { requests[key] += t.value(); });
    s->refusals_.each([&](std::uint64_t key, const tally& t) { refusals[key] += t.value(); });
  }
  for (const auto& [key, count] : requests) {
    const auto at = triple::unpack(key);
    into.requests.push_back(
        {places_.route_name(at.route), places_.client_name(at.client), at.code, count});
  }
  for (const auto& [key, count] : refusals) {
    const auto at = triple::unpack(key);
    into.refusals.push_back({places_.route_name(at.route), places_.client_name(at.client),
                             core::base::errc{at.code}, count});
  }
}

void registry::look_at_routes(snapshot& into) const {
  for (std::uint32_t place = 0; place < places_.route_place_count(); ++place) {
    route_figures sum{places_.route_name(place), {}, {}};
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
  std::size_t place = 0;
  for (const auto& upstream : names().upstreams) {
    for (const auto& endpoint : upstream.endpoints) {
      endpoint_figures sum{upstream.name, endpoint, true, 0, {}};
      std::map<std::uint64_t, std::uint64_t> requests;
      stamped::reading newest;
      for (const auto& s : shards_) {
        const auto& counters = s->endpoints_[place];
        sum.connections += counters.connections.value();
        counters.requests.each(
            [&](std::uint64_t status, const tally& t) { requests[status] += t.value(); });
        if (const auto seen = counters.connect.look(); seen && seen->at >= newest.at) {
          newest = *seen;
          sum.up = seen->value != 0;
        }
      }
      for (const auto& [status, count] : requests)
        sum.requests.push_back({static_cast<unsigned>(status), count});
      into.endpoints.push_back(std::move(sum));
      ++place;
    }
  }
}

void registry::look_at_upstreams(snapshot& into) const {
  for (std::size_t i = 0; i < names().upstreams.size(); ++i) {
    upstream_figures sum{names().upstreams[i].name, 0, 0};
    for (const auto& s : shards_) {
      sum.busy += s->upstreams_[i].busy.value();
      sum.queue_timeout += s->upstreams_[i].queue_timeout.value();
    }
    into.upstreams.push_back(sum);
  }
}

client_figures registry::look_at_client(std::uint32_t place) const {
  client_figures sum;
  sum.id = places_.client_name(place);
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
  if (place < places_.other_place()) look_at_secrets(sum, place);
  return sum;
}

void registry::look_at_secrets(client_figures& into, std::size_t position) const {
  const auto& known = names().clients[position].secrets;
  for (std::size_t i = 0; i < known.size(); ++i) {
    std::int64_t last = 0;
    for (const auto& s : shards_) {
      if (const auto* uses = s->secrets_.find(position))
        last = std::max(last, (*uses)[i].load(std::memory_order_relaxed));
    }
    into.secrets.push_back(
        {known[i].id, last == 0 ? std::nullopt : std::optional(last), known[i].until});
  }
}

client_figures registry::client(std::size_t position) const {
  const auto place = places_.client_place(static_cast<std::uint32_t>(position) + 1);
  client_figures out;
  if (place < places_.other_place()) return look_at_client(place);
  out.id = names().clients[position].id;
  look_at_secrets(out, position);
  return out;
}

std::string registry::text(const readings& now) const {
  auto families = exposition(look(), names(), now).Collect();
  std::ranges::move(rare_.Collect(), std::back_inserter(families));
  // The format has no way to say "no samples yet" but the family's head, which some parsers take
  // for a mistake.
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gateway::metrics
