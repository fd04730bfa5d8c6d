// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one configuration says, prepared and immutable: whoever holds it may rely on all of it. The
// next one is another generation. All workers share it; each counts for itself which of its
// requests began on it, so that no request touches a count that another core touches too.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/admission/snapshot.hpp"
#include "gateway/limit/address_limits.hpp"
#include "gateway/limit/client_limits.hpp"
#include "gateway/metrics/layout.hpp"
#include "gateway/net/tls_server.hpp"
#include "gateway/upstream/group.hpp"
#include "gateway/upstream/pool.hpp"

namespace gateway::session {

/// How the clients of a listener are met that speak TLS.
struct secured_listener {
  std::uint32_t listener = 0;  ///< its number
  std::string name;            ///< its address, as the configuration has it
  std::shared_ptr<const net::tls_server> by;
};

struct generation {
  std::shared_ptr<const core::admission::snapshot> rules;
  std::vector<upstream::group> groups;            ///< in the order of the file's upstreams
  limit::client_limits allowances;                ///< of those clients that are limited
  limit::address_limits addresses;                ///< those that have failed too often
  std::shared_ptr<const metrics::layout> places;  ///< where its names are counted

  std::vector<secured_listener> secured;   ///< of its listeners, those with TLS
  std::vector<std::uint32_t> introducing;  ///< and those where a PROXY header comes first

  [[nodiscard]] const core::config::limits& limits() const { return rules->model.limits; }
  /// Null for a plain listener.
  [[nodiscard]] std::shared_ptr<const net::tls_server> secured_by(std::uint32_t listener) const {
    for (const secured_listener& one : secured)
      if (one.listener == listener) return one.by;
    return nullptr;
  }
  [[nodiscard]] bool introduces(std::uint32_t listener) const {
    return std::ranges::find(introducing, listener) != introducing.end();
  }
};

/// One worker's hold on a generation.
struct lease {
  std::shared_ptr<const generation> held;
  upstream::roster upstreams;
  std::uint32_t requests = 0;  ///< how many of the worker's requests began on it and run?
};

}  // namespace gateway::session
