// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `rotate` does: a secret more, or one less, in the file that holds a client's secrets.

#include <chrono>
#include <string>
#include <vector>

#include "core/config/read.hpp"
#include "gateway/cli/gateways.hpp"

namespace gateway::cli {

struct rotation_options {
  std::string config;
  std::string client;
  std::string id;         ///< of the new secret; empty: the time
  std::size_t bytes = 0;  ///< 0: as the newest one's
  std::string format;     ///< empty: as the newest one's
  std::vector<admin_listener> admins;
  std::chrono::seconds unused_for{};
  bool force = false;
  bool reload = false;
  bool json = false;
};

// Each prints what came of it. @return the exit status: exit_fine if the file was written (and the
// gateways have reloaded, if they were to).

int add_secret(const rotation_options& given, const core::config::reading& read,
               const core::config::client& client);
/// `id`: of the secret that goes, if nobody uses it; empty: the oldest.
int retire_secret(const rotation_options& given, const core::config::reading& read,
                  const core::config::client& client, const std::string& id);
/// `id`: of the secret that goes.
int revoke_secret(const rotation_options& given, const core::config::reading& read,
                  const core::config::client& client, const std::string& id);

}  // namespace gateway::cli
