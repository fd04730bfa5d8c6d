// SPDX-License-Identifier: Apache-2.0
#pragma once

// Options that say where to listen, in the words of the configuration.

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "core/config/model.hpp"
#include "gateway/app/server.hpp"

namespace gateway::cli {

void add_address_option(CLI::App& command, const std::string& name,
                        std::optional<core::config::address>& into, const std::string& purpose);

/// What to do about an address that can't be bound: both commands that listen have --listen and
/// --admin.
std::string advice(const app::cannot_listen& problem);

}  // namespace gateway::cli
