// SPDX-License-Identifier: Apache-2.0
#pragma once

// The replay store as a configuration wants it.

#include <memory>
#include <string>

#include "core/config/model.hpp"
#include "gateway/log/logger.hpp"
#include "gateway/replay/store.hpp"

namespace gateway::app {

/// Where the marks survive a restart.
struct state_choice {
  std::string file;         ///< empty: nowhere
  bool marks_lost = false;  ///< where none are there: can there have been some? The environment's
                            ///< COUNTERSIGN_EPHEMERAL says so as well
  std::string why_not;      ///< why there is no file where one was wanted
};

/// `config_path` names the state; without one none is kept. `first_start`: no messages can have
/// been accepted before.
state_choice choose_state(const core::config::model& model, const std::string& config_path,
                          bool first_start);

/// Throws std::runtime_error with a sentence for the operator.
std::unique_ptr<replay::store> open_marks(const core::config::model& model,
                                          const state_choice& state, log::logger& log);

}  // namespace gateway::app
