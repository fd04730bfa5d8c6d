// SPDX-License-Identifier: Apache-2.0
#pragma once

// A worker's connections to its upstreams: idle ones are used again, new ones are opened on the
// next endpoint in turn. Nothing is sent here, so trying another endpoint after a refused
// connection is always safe.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/metrics/shard.hpp"
#include "gateway/net/transport.hpp"
#include "gateway/upstream/idle_connections.hpp"
#include "gateway/upstream/slots.hpp"

namespace gateway::upstream {

/// An endpoint with its address looked up at start.
struct endpoint {
  net::tcp_endpoint address;
  std::string authority;  ///< what stands in Host
};

struct group {
  group(core::config::upstream s = {}, std::vector<endpoint> e = {})
      : settings(std::move(s)),
        endpoints(std::move(e)),
        places(std::make_unique<slots>(settings.max_requests, settings.max_pending)) {}

  core::config::upstream settings;
  std::vector<endpoint> endpoints;
  std::unique_ptr<slots> places;  ///< for all workers
};

struct connection {
  std::unique_ptr<net::transport> stream;  ///< null: no endpoint could be reached
  std::uint32_t endpoint = 0;
  bool reused = false;
};

class pool final : private net::deadlines::entry {
 public:
  /// `groups` and `counters` must outlive this.
  pool(net::readiness& sockets, net::deadlines& wheel, const std::vector<group>& groups,
       metrics::shard& counters);
  ~pool() override;

  /// A connection that is open as far as we can know. Tries each endpoint once.
  net::eventual<connection> acquire(std::uint32_t group_index);

  /// For another request. `reusable` false closes it.
  void give_back(std::uint32_t group_index, connection used, bool reusable);

  /// Closes what is idle: for the end of a worker.
  void close_idle();

 private:
  struct member {
    const group* settings = nullptr;
    std::vector<idle_connections> unused;  ///< by endpoint
    std::uint32_t index = 0;
    std::size_t next = 0;  ///< whose turn is it?
  };

  void expire() override;
  connection take_kept(member& of, std::uint32_t index);
  net::task<connection> take_or_open(member* of, std::size_t first);
  net::task<std::unique_ptr<net::transport>> open(member* of, std::uint32_t index);

  net::readiness& sockets_;
  net::deadlines& wheel_;
  metrics::shard& counters_;
  std::vector<member> members_;
  std::uint64_t sweeps_ = 0;  ///< the pool's own clock: one sweep every `sweep_every`
  bool sweeping_ = false;
};

}  // namespace gateway::upstream
