// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the marks are kept when the configuration says "auto". The environment comes in as values;
// only folders are looked at and made here.

#include <string>
#include <string_view>

namespace gateway::replay {

/// Values of environment variables; empty: not set.
struct state_environment {
  std::string state_directory;  ///< STATE_DIRECTORY, as systemd sets it: a list with colons
  std::string xdg_state_home;   ///< XDG_STATE_HOME
  std::string home;             ///< HOME
  std::string system_folder =
      "/var/lib/countersign";  ///< where a service that is not started by systemd keeps its state
};

struct state_path {
  std::string path;     ///< empty: there is nowhere to write
  std::string why_not;  ///< a sentence for the operator when path is empty
};

/// `config_path` is absolute and makes the file's name: two gateways on one machine have a file
/// each, and one that is started again finds its own. Nothing that a configuration says is part of
/// it: whoever changes that and starts again would begin without marks, and let pass what was sent
/// before.
state_path find_state_path(std::string_view config_path, const state_environment& env);

}  // namespace gateway::replay
