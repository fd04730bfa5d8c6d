// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files and environment variables as values, with a sentence for the operator where they can't be
// had.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/secret.hpp"

namespace gateway::sys {

/// Empty if it is not set.
std::string environment(const std::string& name);
/// The same as a number; nothing if it isn't one.
std::optional<std::int64_t> environment_number(const std::string& name);

struct file_text {
  std::string text;
};
struct file_problem {
  std::string sentence;  ///< e.g. "is a directory"
};

/// The whole file, at most `limit` bytes.
std::variant<file_text, file_problem> read_file(const std::string& path, std::size_t limit);

/// The file that a secret's reference `file` names.
std::string secret_path(const std::string& folder, std::string_view name);

/// Resolves a secret's reference: `file` (its bytes less one final newline; relative to `folder`),
/// `env`, `credential` (a file in $CREDENTIALS_DIRECTORY), `document` and the smaller `public` (a
/// file's bytes as they are).
/// @return the secret, or why not.
std::variant<core::base::secret, std::string> resolve_secret(const std::string& folder,
                                                             std::string_view kind,
                                                             std::string_view name);

}  // namespace gateway::sys
