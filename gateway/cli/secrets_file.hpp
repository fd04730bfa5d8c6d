// SPDX-License-Identifier: Apache-2.0
#pragma once

// The file in which a client's secrets stand (`secrets: file:PATH`), for a command that changes it.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/secret.hpp"
#include "core/config/read.hpp"
#include "gateway/sys/replace_file.hpp"

namespace gateway::cli {

class secrets_file {
 public:
  /// `part`: of the configuration at `config`. Reads it; from then on nobody else changes it.
  /// Throws std::exception.
  secrets_file(std::string config, core::config::part part);

  [[nodiscard]] std::string_view text() const { return text_.reveal(); }
  [[nodiscard]] const std::string& path() const { return part_.path; }

  /// Writes it, if the whole configuration is in order with it. @return why not: then nothing has
  /// changed.
  std::optional<std::string> write(std::string_view text);

 private:
  std::string config_;
  core::config::part part_;
  sys::folder_lock lock_;
  core::base::secret text_;
};

/// Nothing if this client's secrets stand in no file of their own.
std::optional<core::config::part> secrets_part(const core::config::reading& read,
                                               const std::string& client);

/// What the file is called in which this client of `read` stands: `config`, or one of its own.
std::string file_of(const std::string& config, const core::config::reading& read,
                    const core::config::client& who);

}  // namespace gateway::cli
