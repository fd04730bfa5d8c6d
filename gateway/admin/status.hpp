// SPDX-License-Identifier: Apache-2.0
#pragma once

// /status.json: what the status page shows beside clients, which /clients has.

#include <string>

#include "core/config/model.hpp"
#include "gateway/admin/clients.hpp"
#include "gateway/metrics/registry.hpp"

namespace gateway::admin {

/// The process as a whole.
struct condition {
  moments at;
  bool reload_succeeded = true;  ///< the last time the configuration was read
  bool draining = false;
  std::string version;  ///< of this build
};

/// A JSON object. `now`: what others count.
std::string status(const core::config::model& model, const metrics::snapshot& seen,
                   const metrics::readings& now, const condition& whole);

}  // namespace gateway::admin
