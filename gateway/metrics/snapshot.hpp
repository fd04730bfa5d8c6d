// SPDX-License-Identifier: Apache-2.0
#pragma once

// The counters of all workers added up at one moment, as plain values: what the text form, the
// status page and /clients show. Names are views into the registry and valid until it takes up
// other ones.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/errc.hpp"
#include "core/observe/handshake.hpp"
#include "gateway/metrics/versions.hpp"

namespace gateway::metrics {

struct histogram_figures {
  std::span<const std::int64_t> bounds_us;
  std::vector<std::uint64_t> buckets;  ///< not cumulative; one more than there are bounds
  std::uint64_t sum_us = 0;

  [[nodiscard]] std::uint64_t count() const;
  /// The bound below which this share (0 to 1) of the observations lies, in microseconds; nothing
  /// if there are none, or if it is above the last bound.
  [[nodiscard]] std::optional<std::int64_t> below(double share) const;
};

struct request_count {
  std::string_view route, client;
  unsigned status = 0;  ///< 0: nothing could be sent
  std::uint64_t count = 0;
};

struct refusal_count {
  std::string_view route, client;
  core::base::errc reason{};
  std::uint64_t count = 0;
};

struct secret_figures {
  std::string_view id;
  std::optional<std::int64_t> last_used_us;  ///< since 1970
  std::string address, version;              ///< of that use; empty if it wasn't known
  std::optional<std::int64_t> until;         ///< Unix seconds
};

struct secret_time {
  std::string_view client, secret;
  std::int64_t at = 0;  ///< Unix seconds
};

struct client_figures {
  std::string_view id;
  /// Gateway's clock minus the newest stamp, in seconds: above 0 where the client's clock is
  /// behind, below where it is ahead.
  std::optional<std::int64_t> clock_offset;
  histogram_figures delay;
  std::vector<version_figures> versions;  ///< the one seen last first
  std::vector<secret_figures> secrets;
};

struct route_figures {
  std::string_view name;
  histogram_figures whole, own;  ///< the whole request, and the gateway's share of it
};

struct status_count {
  unsigned status = 0;  ///< 0: no answer
  std::uint64_t count = 0;
};

struct endpoint_figures {
  std::string_view upstream, endpoint;
  bool configured = true;  ///< false: not any more
  bool up = true;          ///< false if the last attempt to connect failed
  std::int64_t connections = 0;
  std::vector<status_count> requests;
};

struct upstream_figures {
  std::string_view name;
  std::uint64_t busy = 0;           ///< refused, because all places were taken and the line full
  std::uint64_t queue_timeout = 0;  ///< refused, having waited for a place too long
  std::uint64_t down = 0;           ///< refused, because no endpoint was up
  std::uint64_t elsewhere = 0;      ///< tried at another endpoint, because one took nothing
  std::uint64_t retries = 0;        ///< sent again, because no answer came
};

struct handshake_count {
  core::observe::handshake how;
  std::uint64_t count = 0;
};

struct handshake_failure_count {
  core::observe::handshake_failure reason{};
  std::uint64_t count = 0;
};

struct snapshot {
  std::vector<request_count> requests;  ///< in the order in which names came
  std::vector<refusal_count> refusals;
  std::vector<refusal_count> observed;      ///< let pass by routes that observe
  std::vector<client_figures> clients;      ///< those that proved a message, with "other" last
  std::vector<route_figures> routes;        ///< those that had a request, with "-" last
  std::vector<endpoint_figures> endpoints;  ///< all
  std::vector<upstream_figures> upstreams;  ///< all
  // Of secrets that are configured, by named clients.
  std::vector<secret_time> beginnings;  ///< when they come into force, where that is said
  std::vector<secret_time> expiries;    ///< when they cease to be in force, if they do
  std::int64_t connections = 0;
  std::int64_t in_flight = 0;
  std::uint64_t replay_store_errors = 0;
  std::uint64_t accept_errors = 0;
  std::uint64_t refused_connections = 0;    ///< more than their address may have
  std::vector<handshake_count> handshakes;  ///< of the kinds that there were
  std::vector<handshake_failure_count> handshake_failures;
};

}  // namespace gateway::metrics
