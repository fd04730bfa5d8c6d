// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/shard.hpp"

#include <algorithm>
#include <limits>

namespace gateway::metrics {

using core::base::errc;

namespace {

bool is_of_the_store(errc reason) {
  return reason == errc::replay_store_unavailable || reason == errc::replay_store_full;
}

}  // namespace

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

shard::shard(const place_counts& places)
    : routes_(places.routes),
      clients_(places.clients),
      secrets_(places.secrets),
      upstreams_(places.upstreams),
      endpoints_(places.endpoints) {}

void shard::make_room(const place_counts& places) {
  routes_.grow(places.routes);
  clients_.grow(places.clients);
  secrets_.grow(places.secrets);
  upstreams_.grow(places.upstreams);
  endpoints_.grow(places.endpoints);
}

void shard::count(const core::observe::record& r, const layout& where) {
  const auto route = where.route_place(r.route);
  const auto client = where.client_place(r.client);
  requests_.at(triple{route, client, static_cast<std::uint16_t>(r.status)}.packed()).add();
  if (r.observed) {
    observed_.at(triple{route, client, static_cast<std::uint16_t>(*r.observed)}.packed()).add();
    if (is_of_the_store(*r.observed)) store_errors_.add();
  }
  if (r.refused) {
    refusals_.at(triple{route, client, static_cast<std::uint16_t>(*r.refused)}.packed()).add();
    if (is_of_the_store(*r.refused)) store_errors_.add();
    if (const auto upstream = where.upstream_place(r.upstream); upstream != no_place) {
      if (*r.refused == errc::upstream_busy) upstreams_.at(upstream).busy.add();
      if (*r.refused == errc::upstream_queue_timeout) upstreams_.at(upstream).queue_timeout.add();
      if (*r.refused == errc::upstream_down) upstreams_.at(upstream).down.add();
    }
  }
  if ((r.elsewhere | r.retries) != 0) {
    if (const auto upstream = where.upstream_place(r.upstream); upstream != no_place) {
      upstreams_.at(upstream).elsewhere.add(r.elsewhere);
      upstreams_.at(upstream).retries.add(r.retries);
    }
  }
  auto& durations = routes_.at(route);
  durations.whole.observe(std::max<std::int64_t>(0, r.duration_us));
  durations.own.observe(std::max<std::int64_t>(0, r.duration_us - r.upstream_us));
  if (const auto endpoint = where.endpoint_place(r.upstream, r.endpoint); endpoint != no_place)
    endpoints_.at(endpoint).requests.at(r.upstream_status).add();
  if (r.proven) count_delay(r, clients_.at(client));
}

void shard::count_proof(const core::observe::record& r, const layout& where) {
  const auto at_us = r.at.time_since_epoch().count();
  clients_.at(where.client_place(r.client)).versions.count(r.version, at_us);
  if (const auto secret = where.secret_place(r.client, r.secret); secret != no_place)
    secrets_.at(secret).set(at_us, r.peer, r.version);
}

void shard::count_delay(const core::observe::record& r, client_counters& counters) {
  // A copy of an earlier message says nothing about the way or the clock: its stamp is as old as
  // whoever repeats it likes.
  const auto refused = r.observed ? *r.observed : r.refused.value_or(errc{});
  if (!r.stamp || refused == errc::replay) return;
  const auto now = core::base::unix_seconds(r.at);
  const auto offset = now - *r.stamp;
  counters.clock_offset.set(now, offset);
  // Whole seconds on both sides: the rounding evens out in the mean, which a fraction on one side
  // alone would not.
  if (refused != errc::stale && refused != errc::future)
    counters.delay.observe(std::max<std::int64_t>(0, offset) * 1'000'000);
}

void shard::upstream_connected(std::uint32_t place, core::base::instant now) {
  if (place == no_place) return;
  endpoint_counters& counters = endpoints_.at(place);
  counters.connections.add(1);
  counters.connect.set(core::base::unix_seconds(now), 1);
}

void shard::upstream_refused(std::uint32_t place, core::base::instant now) {
  if (place != no_place) endpoints_.at(place).connect.set(core::base::unix_seconds(now), 0);
}

void shard::upstream_closed(std::uint32_t place) {
  if (place != no_place) endpoints_.at(place).connections.add(-1);
}

}  // namespace gateway::metrics
