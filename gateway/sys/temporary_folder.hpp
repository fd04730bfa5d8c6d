// SPDX-License-Identifier: Apache-2.0
#pragma once

// A folder of this process's own that nobody else can read, gone when it dies.

#include <string>
#include <string_view>

namespace gateway::sys {

class temporary_folder {
 public:
  /// Under $TMPDIR. `prefix` begins its name. Throws std::system_error.
  explicit temporary_folder(std::string_view prefix);
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  /// Writes a file in it. @return its path. Throws std::system_error.
  [[nodiscard]] std::string write(const std::string& name, std::string_view text) const;

 private:
  std::string path_;
};

}  // namespace gateway::sys
