// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells the service manager that the gateway lives, for as long as all of its threads do: where a
// worker hangs, clients do, and a restart is what helps.

#include <vector>

#include "gateway/app/heartbeat.hpp"
#include "gateway/log/logger.hpp"
#include "gateway/net/task.hpp"
#include "gateway/sys/service_manager.hpp"

namespace gateway::app {

/// Runs on the steward's loop, whose own life it proves as well, until that loop ends. At once if
/// the service manager keeps no watchdog.
net::task<void> feed_watchdog(net::event_loop* steward, const sys::service_manager* told,
                              std::vector<heartbeat*> workers, log::logger* log);

}  // namespace gateway::app
