// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/layout.hpp"

#include <algorithm>
#include <utility>

namespace gateway::metrics {

// A client or a route may bear one of the two shared names: it is then counted in the shared place,
// because two series of the same labels would be a broken exposition.
layout::layout(catalog names)
    : names_(std::move(names)), named_(std::min(names_.clients.size(), names_.named_clients)) {
  for (std::uint32_t i = 0; i < names_.clients.size(); ++i) {
    const auto& id = names_.clients[i].id;
    const auto place = id == nobody                  ? nobody_place()
                       : i >= named_ || id == others ? other_place()
                                                     : i;
    client_places_.push_back(place);
  }
  const auto no_route = static_cast<std::uint32_t>(names_.routes.size());
  for (std::uint32_t i = 0; i < names_.routes.size(); ++i) {
    route_places_.push_back(names_.routes[i] == nobody ? no_route : i);
  }
  endpoint_begins_.push_back(0);
  for (const auto& upstream : names_.upstreams) {
    endpoint_begins_.push_back(endpoint_begins_.back() +
                               static_cast<std::uint32_t>(upstream.endpoints.size()));
  }
}

std::string_view layout::client_name(std::uint32_t place) const {
  if (place == other_place()) return others;
  return place < named_ ? std::string_view(names_.clients[place].id) : nobody;
}

std::string_view layout::route_name(std::uint32_t place) const {
  return place < names_.routes.size() ? std::string_view(names_.routes[place]) : nobody;
}

std::uint32_t layout::endpoint_place(std::uint32_t upstream, std::uint32_t endpoint) const {
  if (upstream >= names_.upstreams.size() ||
      endpoint >= names_.upstreams[upstream].endpoints.size())
    return no_endpoint;
  return endpoint_begins_[upstream] + endpoint;
}

}  // namespace gateway::metrics
