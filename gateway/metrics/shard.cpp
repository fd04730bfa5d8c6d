// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/shard.hpp"

#include <algorithm>
#include <limits>

namespace gateway::metrics {

using core::base::errc;

void stamped::set(std::int64_t at, std::int64_t value) {
  using narrow = std::numeric_limits<std::int32_t>;
  const auto fitting =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(value, narrow::min(), narrow::max()));
  // Unsigned seconds in 32 bits last until 2106.
  word_.store(static_cast<std::uint64_t>(at) << 32U | static_cast<std::uint32_t>(fitting),
              std::memory_order_relaxed);
}

std::optional<stamped::reading> stamped::look() const {
  const auto word = word_.load(std::memory_order_relaxed);
  if (word == 0) return std::nullopt;
  return reading{static_cast<std::int64_t>(word >> 32U),
                 static_cast<std::int32_t>(word & 0xFFFF'FFFFU)};
}

shard::shard(const layout& places)
    : places_(places),
      routes_(places.route_place_count()),
      clients_(places.client_place_count()),
      secrets_(places.names().clients.size()),
      endpoints_(places.endpoint_count()),
      upstreams_(places.names().upstreams.size()) {}

void shard::count(const core::observe::record& r) {
  const auto route = places_.route_place(r.route);
  const auto client = places_.client_place(r.client);
  requests_.at(triple{route, client, static_cast<std::uint16_t>(r.status)}.packed()).add();
  if (r.refused) {
    refusals_.at(triple{route, client, static_cast<std::uint16_t>(*r.refused)}.packed()).add();
    if (*r.refused == errc::replay_store_unavailable || *r.refused == errc::replay_store_full)
      store_errors_.add();
    if (r.upstream < upstreams_.size()) {
      if (*r.refused == errc::upstream_busy) upstreams_[r.upstream].busy.add();
      if (*r.refused == errc::upstream_queue_timeout) upstreams_[r.upstream].queue_timeout.add();
    }
  }
  auto& durations = routes_.at(route);
  durations.whole.observe(std::max<std::int64_t>(0, r.duration_us));
  durations.own.observe(std::max<std::int64_t>(0, r.duration_us - r.upstream_us));
  if (auto* endpoint = find_endpoint(r.upstream, r.endpoint))
    endpoint->requests.at(r.upstream_status).add();
  if (r.proven) count_proven(r, client);
}

void shard::count_proven(const core::observe::record& r, std::uint32_t client) {
  const auto at_us = r.at.time_since_epoch().count();
  auto& counters = clients_.at(client);
  counters.versions.count(r.version, at_us);

  if (const auto position = std::size_t{r.client} - 1;
      r.secret >= 0 && position < secrets_.size()) {
    const auto& known = places_.names().clients[position].secrets;
    if (const auto which = static_cast<std::size_t>(r.secret); which < known.size()) {
      secrets_.at(position, known.size())[which].store(at_us, std::memory_order_relaxed);
    }
  }

  // A copy of an earlier message says nothing about the way or the clock: its stamp is as old as
  // whoever repeats it likes.
  const auto refused = r.refused.value_or(errc{});
  if (!r.stamp || refused == errc::replay) return;
  const auto now = core::base::unix_seconds(r.at);
  const auto offset = now - *r.stamp;
  counters.clock_offset.set(now, offset);
  // Whole seconds on both sides: the rounding evens out in the mean, which a fraction on one side
  // alone would not.
  if (refused != errc::stale && refused != errc::future)
    counters.delay.observe(std::max<std::int64_t>(0, offset) * 1'000'000);
}

endpoint_counters* shard::find_endpoint(std::uint32_t upstream, std::uint32_t endpoint) {
  const auto place = places_.endpoint_place(upstream, endpoint);
  return place == layout::no_endpoint ? nullptr : &endpoints_[place];
}

void shard::upstream_connected(std::uint32_t upstream, std::uint32_t endpoint,
                               core::base::instant now) {
  if (auto* counters = find_endpoint(upstream, endpoint)) {
    counters->connections.add(1);
    counters->connect.set(core::base::unix_seconds(now), 1);
  }
}

void shard::upstream_refused(std::uint32_t upstream, std::uint32_t endpoint,
                             core::base::instant now) {
  if (auto* counters = find_endpoint(upstream, endpoint))
    counters->connect.set(core::base::unix_seconds(now), 0);
}

void shard::upstream_closed(std::uint32_t upstream, std::uint32_t endpoint) {
  if (auto* counters = find_endpoint(upstream, endpoint)) counters->connections.add(-1);
}

}  // namespace gateway::metrics
