// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known of an upstream's endpoints, as metrics show it.

#include <vector>

#include "gateway/metrics/registry.hpp"
#include "gateway/upstream/group.hpp"

namespace gateway::app {

/// One for each URL. One that has several addresses is up as long as one of them is. Names are
/// valid as long as the group.
void add_endpoints(const upstream::group& of, std::vector<metrics::endpoint_reading>& to);

}  // namespace gateway::app
