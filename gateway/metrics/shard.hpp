// SPDX-License-Identifier: Apache-2.0
#pragma once

// One worker's counters. Only that worker writes them; anyone may read them at any time, which
// costs the worker nothing. In the steady state, once a combination of labels was seen, counting
// takes neither a lock nor an allocation.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/observe/handshake.hpp"
#include "core/observe/record.hpp"
#include "gateway/metrics/growing.hpp"
#include "gateway/metrics/last_use.hpp"
#include "gateway/metrics/layout.hpp"
#include "gateway/metrics/tally.hpp"
#include "gateway/metrics/versions.hpp"

namespace gateway::metrics {

/// (route, client, code) as one number that sorts in this order.
struct triple {
  std::uint32_t route = 0, client = 0;  ///< places, below 2^24
  std::uint16_t code = 0;

  [[nodiscard]] std::uint64_t packed() const {
    return std::uint64_t{route} << 40U | std::uint64_t{client} << 16U | code;
  }
  static triple unpack(std::uint64_t packed) {
    return {static_cast<std::uint32_t>(packed >> 40U),
            static_cast<std::uint32_t>(packed >> 16U) & 0xFF'FFFFU,
            static_cast<std::uint16_t>(packed & 0xFFFFU)};
  }
};

/// A value and when it was set, in one word, so that the newest of several workers' can be picked
/// without a torn read.
class stamped {
 public:
  struct reading {
    std::int64_t at = 0;  ///< Unix seconds
    std::int32_t value = 0;
  };
  void set(std::int64_t at, std::int64_t value);
  [[nodiscard]] std::optional<reading> look() const;

 private:
  std::atomic<std::uint64_t> word_{0};  // seconds above, value below; 0: never set
};

/// What is kept of a client that proved a message.
struct client_counters {
  histogram<delay_bounds> delay;
  stamped clock_offset;
  metrics::versions versions;
};

struct route_counters {
  histogram<duration_bounds> whole, own;
};

struct endpoint_counters {
  level connections;
  stamped connect;              // 1: the last attempt to connect succeeded
  growing_map<tally> requests;  // by status
};

struct upstream_counters {
  tally busy, queue_timeout, down;  // refused before anything was sent
  tally elsewhere, retries;         // tried once more
};

class alignas(64) shard {
 public:
  explicit shard(const place_counts& places);

  /// By its worker, before anything is counted by a layout with more places.
  void make_room(const place_counts& places);

  /// Once for each exchange, on every way out. `where`: of the configuration that it went by.
  void count(const core::observe::record& r, const layout& where);

  /// Once for each message that its client proved, as soon as it did: who uses which secret and
  /// version.
  void count_proof(const core::observe::record& r, const layout& where);

  void connection_opened() { connections_.add(1); }
  void connection_closed() { connections_.add(-1); }
  void request_began() { in_flight_.add(1); }
  void request_ended() { in_flight_.add(-1); }
  /// The kernel had no connection to give, e.g. for want of descriptors.
  void accept_failed() { accept_errors_.add(); }
  /// One more than its address may have.
  void connection_refused() { refused_connections_.add(); }
  void handshake_done(const core::observe::handshake& how) { handshakes_[place_of(how)].add(); }
  void handshake_failed(core::observe::handshake_failure why) {
    handshake_failures_[static_cast<std::size_t>(why)].add();
  }
  // By an endpoint's place. An attempt to connect, its outcome; if it succeeded, the connection
  // counts until it is closed.
  void upstream_connected(std::uint32_t place, core::base::instant now);
  void upstream_refused(std::uint32_t place, core::base::instant now);
  void upstream_closed(std::uint32_t place);

 private:
  friend class registry;

  static std::size_t place_of(const core::observe::handshake& how) {
    return (how.tls_1_3 ? 2U : 0U) + (how.resumed ? 1U : 0U);
  }
  static void count_delay(const core::observe::record& r, client_counters& counters);

  level connections_, in_flight_;
  tally store_errors_, accept_errors_, refused_connections_;
  std::array<tally, 4> handshakes_;
  std::array<tally, core::observe::handshake_failure_names.size()> handshake_failures_;
  growing_map<tally> requests_, refusals_, observed_;  // by triple
  lazy_array<route_counters> routes_;
  lazy_array<client_counters> clients_;
  lazy_array<last_use> secrets_;
  lazy_array<upstream_counters> upstreams_;
  lazy_array<endpoint_counters> endpoints_;
};

}  // namespace gateway::metrics
