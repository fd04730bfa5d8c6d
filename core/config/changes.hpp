// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a configuration changes in who can prove a message: for the audit log.

#include <string>
#include <vector>

#include "core/config/model.hpp"
#include "core/observe/audit.hpp"

namespace core::config {

struct client_change {
  observe::audit_event what;
  std::string client;
  std::string secret;  ///< the generation's id, or the key that changed; empty: the client itself
};

/// Clients and secrets that came, went or changed, those of the same client together. Never what a
/// secret is.
std::vector<client_change> client_changes(const model& before, const model& after);

}  // namespace core::config
