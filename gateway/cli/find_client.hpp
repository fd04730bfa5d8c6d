// SPDX-License-Identifier: Apache-2.0
#pragma once

// The client that a command line names.

#include <string>

#include "core/config/model.hpp"

namespace gateway::cli {

/// Null, and told on stderr, if there is none of this id.
const core::config::client* find_client(const core::config::model& m, const std::string& id);

}  // namespace gateway::cli
