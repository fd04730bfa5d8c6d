// SPDX-License-Identifier: Apache-2.0
#pragma once

// The folder that holds the newest captured requests, a file each. Of all that is in it only files
// with our own kind of name are ever removed. One thread's; it knows nothing of what it writes.

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/model.hpp"

namespace gateway::log {

/// Where a configuration in that file has its captured requests.
std::filesystem::path capture_folder(const core::config::capture& settings,
                                     const std::filesystem::path& config_path);

class captured_files {
 public:
  /// Counts what is there, and removes the oldest beyond `most`. Throws std::runtime_error with a
  /// sentence for the operator when the folder isn't there or can't be written.
  captured_files(std::filesystem::path folder, std::uint32_t most);

  /// Writes one that only we may read, under its name once it is whole; the oldest makes room.
  /// @return why not.
  std::optional<std::string> store(std::string_view request_id, std::string_view text);

 private:
  void look();
  /// Until there is room for one more, or for `room` more.
  std::optional<std::string> remove_oldest(std::size_t room);

  std::filesystem::path folder_;
  std::size_t most_;
  std::deque<std::string> names_;  ///< oldest first
};

}  // namespace gateway::log
