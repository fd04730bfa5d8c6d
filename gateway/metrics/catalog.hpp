// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every name that may become a label, as one configuration has them. A label's value never
// comes from a request; the one exception is the version of a proven message, and that is bounded
// (versions.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/instant.hpp"

namespace gateway::metrics {

struct secret_description {
  std::string id;
  std::optional<std::int64_t> until{};  ///< Unix seconds
  std::optional<std::int64_t> from{};
};

struct client_description {
  std::string id;
  std::vector<secret_description> secrets;  ///< in the order of the key ring's generations
};

struct upstream_description {
  std::string name;
  std::vector<std::string> endpoints;  ///< as written, e.g. "http://127.0.0.1:9001"
};

struct catalog {
  std::vector<std::string> routes;
  /// As configured, without the key ring's dummy: what `record::client` calls 1 is the first of
  /// these.
  std::vector<client_description> clients;
  std::vector<upstream_description> upstreams;
  /// `metrics.clients`: of all names so far; the rest share client="other".
  std::size_t named_clients = 1000;
  core::base::instant loaded_at{};  ///< when the configuration was read
  /// Labels of countersign_build_info, e.g. {"openssl", "3.0.22"}.
  std::vector<std::pair<std::string, std::string>> build;
};

/// What requests of unknown clients and requests that match no route are counted under.
inline constexpr const char* nobody = "-";
/// What clients beyond `named_clients`, and versions beyond the bound, are counted under.
inline constexpr const char* others = "other";

}  // namespace gateway::metrics
