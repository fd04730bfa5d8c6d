// SPDX-License-Identifier: Apache-2.0
#pragma once

// Another configuration takes the place of the one in force: all of it is made before any of it
// counts, and whatever goes wrong until then changes nothing. For the steward.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/read.hpp"
#include "gateway/app/listeners.hpp"
#include "gateway/app/preparation.hpp"
#include "gateway/app/worker_thread.hpp"
#include "gateway/metrics/registry.hpp"

namespace gateway::app {

/// Where configurations come from.
struct configuration_source {
  std::function<core::config::reading()> read;  ///< null: there is only the first one
  std::string name;                             ///< of the file, as `check` calls it
};

/// What came of it.
struct reload_outcome {
  bool done = false;
  std::vector<core::config::problem> problems;  ///< warnings too
  std::vector<std::string> need_restart;        ///< keys that differ and were left as they are
  std::vector<upstream::looked_up> lost;        ///< names that lead where they did before
};

/// What is in force.
struct in_force {
  std::shared_ptr<const session::generation> generation;
  succession heritage;
  listeners doors;
  /// Clients go on with what they kept, whatever the configuration.
  std::shared_ptr<net::ticket_keys> tickets = std::make_shared<net::ticket_keys>();
};

/// The parts of the server that go by it.
struct reloaded_parts {
  in_force& state;
  std::vector<std::unique_ptr<worker_thread>>& workers;
  metrics::registry& counters;
  net::event_loop& steward;
  std::function<void()> meanwhile;  ///< called now and then while a slow name server is waited for
  upstream::resolver::lookup look = net::resolve_all;
};

/// Reads, looks up, binds and exchanges; returns once all workers go by the new one.
reload_outcome reload(const configuration_source& from, const reloaded_parts& parts);

/// Members of a JSON object: "problems" as `check --json` has them, and "restart_needed".
std::string json_members(const reload_outcome& what);

}  // namespace gateway::app
