// SPDX-License-Identifier: Apache-2.0
#pragma once

// /clients: who calls, with which secret and version, by which clock, and what they were refused
// for. What `rotate` goes by, and what the status page shows of clients. It has no secret to show.

#include <optional>
#include <string>
#include <string_view>

#include "core/base/instant.hpp"
#include "core/config/model.hpp"
#include "gateway/metrics/registry.hpp"

namespace gateway::admin {

/// Where times are counted from.
struct moments {
  core::base::instant now{};
  core::base::instant started{};     ///< since when this process counts
  core::base::instant configured{};  ///< when the configuration in force was read
};

/// Clients that a page of /clients has if the query doesn't say, and at most.
inline constexpr std::size_t clients_a_page = 100;
inline constexpr std::size_t most_clients_a_page = 1000;

/// A JSON object. `query`: `offset` and `limit`, in the configuration's order, or `client`, an id.
/// Nothing if it is another one.
std::optional<std::string> clients_page(std::string_view query, const core::config::model& model,
                                        const metrics::registry& counters, const moments& at);

}  // namespace gateway::admin
