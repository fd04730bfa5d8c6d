// SPDX-License-Identifier: Apache-2.0
#pragma once

// A worker's connections to its upstreams: idle ones are used again, new ones are opened on the
// endpoint that core/upstream picks. Nothing is sent here, so trying another endpoint after a
// refused connection is always safe.
//
// Each configuration has a roster of its upstreams. Endpoints that the next one has as well keep
// their connections; what uses an earlier roster still finds all of its own, and what it gives back
// is kept if the endpoint is still configured.

#include <bitset>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/upstream/balance.hpp"
#include "core/upstream/ejection.hpp"
#include "gateway/metrics/layout.hpp"
#include "gateway/metrics/shard.hpp"
#include "gateway/net/tls_client.hpp"
#include "gateway/net/transport.hpp"
#include "gateway/upstream/group.hpp"
#include "gateway/upstream/idle_connections.hpp"

namespace gateway::upstream {

/// Endpoints, by position.
using endpoint_set = std::bitset<most_endpoints>;

struct connection {
  std::unique_ptr<net::transport> stream;  ///< null: no endpoint could be reached
  std::uint32_t endpoint = 0;
  bool reused = false;
  std::uint32_t refused = 0;     ///< so many endpoints took none before
  condition::request counted{};  ///< where the upstream counts how busy its endpoints are
};

/// What a worker has of one endpoint, whichever configurations name it.
struct endpoint_connections {
  std::string upstream;  ///< by name
  endpoint to;
  std::uint32_t place = metrics::no_place;   ///< where it is counted
  std::chrono::milliseconds idle_timeout{};  ///< as the last configuration says
  bool configured = true;                    ///< does the last configuration have it?
  idle_connections unused;
  std::shared_ptr<const net::tls_client> tls;  ///< null: plain
  std::shared_ptr<net::tls_session> session;   ///< of the last connection, for the next
  std::int64_t told_us = 0;  ///< when was an operator last told why it can't be reached?
};

/// What a worker has of one upstream of one configuration.
struct member {
  const group* settings = nullptr;
  std::vector<std::shared_ptr<endpoint_connections>> endpoints;
  /// Is there anything to choose, or to find out before a connection is tried?
  bool chooses = false;
  std::vector<core::upstream::share> shares;  ///< room to choose in, one for each
  std::vector<std::int64_t> credit;           ///< as core::upstream::pick_in_turn keeps it
};

/// By the upstream's position in its configuration.
using roster = std::vector<member>;

class pool final : private net::deadlines::entry {
 public:
  pool(net::readiness& sockets, net::deadlines& wheel, metrics::shard& counters);
  ~pool() override;

  /// Another configuration is in force; `groups` must outlive what is returned. Idle connections of
  /// endpoints that it doesn't have are closed.
  roster take_up(const std::vector<group>& groups, const metrics::layout& places);

  /// A connection that is open as far as we can know. Tries each endpoint once that gets requests
  /// and is not among `tried`, and adds those that it tried. `of` and `tried` stay where they are
  /// meanwhile. Without a stream and `refused` 0 there was none to try.
  net::eventual<connection> acquire(member& of, endpoint_set& tried);

  /// Is there an endpoint that gets requests?
  [[nodiscard]] static bool takes(const member& of);

  /// What came of a request to an endpoint.
  void note(member& of, std::uint32_t endpoint, core::upstream::outcome what) {
    if (of.chooses) note_outcome(of, endpoint, what);
  }

  /// Hears of endpoints that get no requests, and of those that get some again; and why one
  /// can't be connected to, or TLS spoken to it, once a minute at most.
  teller tell;

  /// For another request. `reusable` false closes it.
  void give_back(member& of, connection used, bool reusable);

  /// Closes what is idle: for the end of a worker.
  void close_idle();

 private:
  void expire() override;
  std::size_t choose(member& of, const endpoint_set& tried) const;
  void note_outcome(member& of, std::uint32_t endpoint, core::upstream::outcome what);
  std::shared_ptr<endpoint_connections> find(const group& of, const endpoint& to) const;
  void tell_of_failure(endpoint_connections& of, std::string_view what, const std::string& why);
  void tell_of_tls(endpoint_connections& of, const net::handshake_problem& why);
  connection take_kept(member& of, std::uint32_t index);
  static void count(const member& of, connection& one);
  net::task<connection> take_or_open(member* of, endpoint_set* tried, std::size_t first);
  net::task<std::unique_ptr<net::transport>> open(member* of, std::uint32_t index);
  void close_idle(endpoint_connections& of);

  net::readiness& sockets_;
  net::deadlines& wheel_;
  metrics::shard& counters_;
  std::vector<std::shared_ptr<endpoint_connections>> configured_;  // only these have idle ones
  std::uint64_t sweeps_ = 0;  ///< the pool's own clock: one sweep every `sweep_every`
  bool sweeping_ = false;
};

}  // namespace gateway::upstream
