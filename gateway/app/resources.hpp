// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a configuration takes of the machine.

#include <cstdint>
#include <string>

#include "core/config/model.hpp"

namespace gateway::app {

/// `workers`, or one a core.
unsigned worker_count(const core::config::model& model);

/// What to do about it if `limit` descriptors are fewer than all of the clients at once would need;
/// empty if they are enough.
std::string descriptor_warning(const core::config::model& model, std::uint64_t limit);

}  // namespace gateway::app
