// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where in a shard what one configuration names is counted: from the positions that records hold to
// places. Made by the directory once for each configuration, read by all shards.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gateway::metrics {

// What is in no configuration, or has no place of its own, shares these.
inline constexpr std::uint32_t nowhere = 0;       ///< of routes: none matched
inline constexpr std::uint32_t other_client = 0;  ///< of clients: beyond the bound
inline constexpr std::uint32_t no_client = 1;     ///< of clients: nobody
inline constexpr std::uint32_t no_place = 0xFFFFFFFF;

/// How many places there are, of all configurations so far.
struct place_counts {
  std::size_t routes = 1;
  std::size_t clients = 2;
  std::size_t secrets = 0;
  std::size_t upstreams = 0;
  std::size_t endpoints = 0;
};

class layout {
 public:
  /// `client` as in core::observe::record: 0 and what is beyond the configuration are nobody.
  [[nodiscard]] std::uint32_t client_place(std::uint32_t client) const {
    return client == 0 || client >= clients_.size() ? no_client : clients_[client - 1].place;
  }
  /// Of those beyond the bound as well; no_place if there is no such secret.
  [[nodiscard]] std::uint32_t secret_place(std::uint32_t client, std::int32_t secret) const {
    if (client == 0 || client >= clients_.size()) return no_place;
    if (secret == 0) return clients_[client - 1].newest;
    const std::uint32_t place = clients_[client - 1].secrets_begin +
                                static_cast<std::uint32_t>(secret);  // below 0: far beyond
    return secret >= 0 && place < clients_[client].secrets_begin ? secrets_[place] : no_place;
  }
  [[nodiscard]] std::uint32_t route_place(std::uint32_t route) const {
    return route < routes_.size() ? routes_[route] : nowhere;
  }
  /// no_place if there is no such upstream.
  [[nodiscard]] std::uint32_t upstream_place(std::uint32_t upstream) const {
    return upstream < upstreams_.size() ? upstreams_[upstream] : no_place;
  }
  /// no_place if there is no such endpoint.
  [[nodiscard]] std::uint32_t endpoint_place(std::uint32_t upstream, std::uint32_t endpoint) const {
    if (upstream >= upstreams_.size()) return no_place;
    const std::uint32_t begin = endpoint_begins_[upstream];
    return endpoint < endpoint_begins_[upstream + 1] - begin ? endpoints_[begin + endpoint]
                                                             : no_place;
  }
  [[nodiscard]] const place_counts& counts() const { return counts_; }

 private:
  friend class directory;

  /// Together, so that where clients are many there is one place in memory to wait for.
  struct client_row {
    std::uint32_t place = no_client;
    std::uint32_t newest = no_place;  ///< the place of its first secret
    std::uint32_t secrets_begin = 0;
  };

  std::vector<std::uint32_t> routes_, upstreams_;
  std::vector<client_row> clients_{client_row()};  // of each, and the end
  std::vector<std::uint32_t> secrets_;
  std::vector<std::uint32_t> endpoint_begins_{0}, endpoints_;  // of each upstream, and the end
  place_counts counts_;
};

}  // namespace gateway::metrics
