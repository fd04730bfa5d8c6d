// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every name that was a label since the start, and its place, which it never loses: counters don't
// begin anew because a configuration was read again, and a name that comes back goes on counting.
// For one thread.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/metrics/catalog.hpp"
#include "gateway/metrics/layout.hpp"

namespace gateway::metrics {

class directory {
 public:
  struct secret {
    std::string id;
    std::uint32_t place = 0;
    std::optional<std::int64_t> until{}, from{};  ///< as the last catalog says
  };
  struct client {
    std::string id;
    std::uint32_t place = other_client;
    std::vector<secret> secrets;
  };
  struct endpoint {
    std::string name;
    std::uint32_t place = 0;
    bool configured = false;  ///< is it in the last catalog?
  };
  struct upstream {
    std::string name;
    std::uint32_t place = 0;
    bool configured = false;
    std::vector<endpoint> endpoints;
  };

  /// Gives places to what has none yet.
  layout take_up(const catalog& names);

  /// In the order in which they came.
  [[nodiscard]] const std::deque<client>& clients() const { return clients_; }
  [[nodiscard]] const std::deque<upstream>& upstreams() const { return upstreams_; }
  [[nodiscard]] const place_counts& counts() const { return counts_; }

  // By place.
  [[nodiscard]] std::string_view route_name(std::uint32_t place) const;
  [[nodiscard]] std::string_view client_name(std::uint32_t place) const;

 private:
  void add_routes(const catalog& names, layout& to);
  void add_clients(const catalog& names, layout& to);
  void add_upstreams(const catalog& names, layout& to);
  std::uint32_t place_for_client(std::string_view id, std::size_t bound);

  std::deque<std::string> routes_;  // the first has the place behind the shared one
  std::deque<client> clients_;
  std::deque<const client*> named_;  // those with places of their own, by place
  std::deque<upstream> upstreams_;
  place_counts counts_;
};

}  // namespace gateway::metrics
