// SPDX-License-Identifier: Apache-2.0
#pragma once

// The configuration file as every command reads it: the same text about its problems, whoever asks.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/read.hpp"

namespace gateway::cli {

/// Exit statuses (sysexits(3) where they have one).
inline constexpr int exit_fine = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 64;
inline constexpr int exit_config = 78;

/// A file of the configuration's own as it would be: `name` as the configuration writes it.
struct replacement {
  std::string_view name, text;
};

/// Reads the file and what it refers to. A file that can't be read is one problem.
core::config::reading read_configuration(const std::string& path,
                                         const std::optional<replacement>& with = {});

/// Writes problems to stderr, one a line.
void print_problems(const std::vector<core::config::problem>& problems, const std::string& path);

[[nodiscard]] bool has_errors(const core::config::reading& r);

}  // namespace gateway::cli
