// SPDX-License-Identifier: Apache-2.0
#pragma once

// The replay store as a configuration wants it.

#include <memory>
#include <string>

#include "core/config/model.hpp"
#include "gateway/log/logger.hpp"
#include "gateway/replay/store.hpp"

namespace gateway::app {

/// `config_path` names the state; without one none is kept. `first_start`: no messages can have
/// been accepted before. Throws std::runtime_error with a sentence for the operator.
std::unique_ptr<replay::store> open_marks(const core::config::model& model,
                                          const std::string& config_path, bool first_start,
                                          log::logger& log);

}  // namespace gateway::app
