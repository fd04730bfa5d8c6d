// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a command asks of running gateways, by their admin listeners.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/keys/retirement.hpp"
#include "gateway/net/plain_client.hpp"

namespace gateway::cli {

struct admin_listener {
  std::string name;  ///< as the command line says it
  std::string host;  ///< for the Host field
  net::plain_destination at;
};

/// @return the listeners, or a sentence that says which is none.
std::variant<std::vector<admin_listener>, std::string> read_admins(
    const std::vector<std::string>& urls);

/// What it has seen of this client's secrets, or a sentence that says why it doesn't tell.
std::variant<core::keys::witness, std::string> ask_for_client(const admin_listener& of,
                                                              const std::string& client);

/// Has it read its configuration again. @return why not: a sentence, and then what is wrong, each
/// as `check` says it. `config`: what the configuration is called.
std::vector<std::string> ask_to_reload(const admin_listener& whom, std::string_view token,
                                       std::string_view config);

/// "45 s", "12 min", "26 h", "3 days".
std::string span(std::int64_t seconds);

}  // namespace gateway::cli
