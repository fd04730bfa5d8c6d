// SPDX-License-Identifier: Apache-2.0
#pragma once

// What of a configuration only a restart changes.

#include <string>
#include <vector>

#include "core/config/model.hpp"

namespace gateway::app {

/// Has `wanted` say what is in force wherever only a restart could change it.
/// @return the keys that were different.
std::vector<std::string> keep_what_needs_a_restart(const core::config::model& in_force,
                                                   core::config::model& wanted);

}  // namespace gateway::app
