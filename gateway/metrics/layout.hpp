// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where in a shard each name of the catalog is counted: places for the named, one that the rest
// share, one for nobody. Made once, read by all shards.

#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/metrics/catalog.hpp"

namespace gateway::metrics {

class layout {
 public:
  explicit layout(catalog names);

  [[nodiscard]] const catalog& names() const { return names_; }

  /// `client` as in core::observe::record: 0 and what is beyond the catalog are nobody.
  [[nodiscard]] std::uint32_t client_place(std::uint32_t client) const {
    return client == 0 || client > client_places_.size() ? nobody_place()
                                                         : client_places_[client - 1];
  }
  [[nodiscard]] std::uint32_t other_place() const { return static_cast<std::uint32_t>(named_); }
  [[nodiscard]] std::uint32_t nobody_place() const { return other_place() + 1; }
  [[nodiscard]] std::size_t client_place_count() const { return named_ + 2; }
  [[nodiscard]] std::string_view client_name(std::uint32_t place) const;

  [[nodiscard]] std::uint32_t route_place(std::uint32_t route) const {
    return route < route_places_.size() ? route_places_[route] : no_route_place();
  }
  [[nodiscard]] std::uint32_t no_route_place() const {
    return static_cast<std::uint32_t>(route_places_.size());
  }
  [[nodiscard]] std::size_t route_place_count() const { return route_places_.size() + 1; }
  [[nodiscard]] std::string_view route_name(std::uint32_t place) const;

  static constexpr std::uint32_t no_endpoint = 0xFFFFFFFF;
  /// The endpoint's place among those of all upstreams, or no_endpoint.
  [[nodiscard]] std::uint32_t endpoint_place(std::uint32_t upstream, std::uint32_t endpoint) const;
  [[nodiscard]] std::size_t endpoint_count() const { return endpoint_begins_.back(); }

 private:
  catalog names_;
  std::size_t named_;
  std::vector<std::uint32_t> client_places_, route_places_;
  std::vector<std::uint32_t> endpoint_begins_;  // of each upstream, and the end
};

}  // namespace gateway::metrics
