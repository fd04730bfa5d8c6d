// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/resources.hpp"

#include <algorithm>
#include <thread>

namespace gateway::app {

namespace {

std::uint64_t descriptors_needed(const core::config::model& model) {
  // Loops, timers and duplicates of each worker's; files, logs, admin, and what libraries open.
  const std::uint64_t workers = worker_count(model);
  const std::uint64_t own = 64 + workers * (8 + model.listen.size());
  const std::uint64_t clients = model.limits.connections;
  // A worker keeps its own connections to a service, also those that it doesn't use just now.
  std::uint64_t upstream = 0;
  for (const core::config::upstream& u : model.upstreams) upstream += workers * u.max_requests;
  return own + clients + std::min(clients, upstream);
}

}  // namespace

unsigned worker_count(const core::config::model& model) {
  return model.workers == 0 ? std::max(1U, std::thread::hardware_concurrency()) : model.workers;
}

std::string descriptor_warning(const core::config::model& model, std::uint64_t limit) {
  const std::uint64_t needed = descriptors_needed(model);
  if (needed <= limit) return {};
  return "limits.connections: " + std::to_string(model.limits.connections) + " may take " +
         std::to_string(needed) + " descriptors, and this process may have " +
         std::to_string(limit) +
         ": beyond them clients wait to be accepted; raise the hard limit (LimitNOFILE=, ulimit "
         "-Hn)";
}

}  // namespace gateway::app
