// SPDX-License-Identifier: Apache-2.0
#pragma once

// A file exchanged for another one as a whole: whoever reads it meanwhile, and whatever breaks
// down, finds the old text or the new one.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/sys/descriptor.hpp"

namespace gateway::sys {

/// Held, nobody else holds the same one: who reads a file in order to write it holds its folder's.
/// Where it is held already it is waited for.
class folder_lock {
 public:
  /// Of the folder that `file` is in. Throws std::system_error.
  explicit folder_lock(const std::string& file);

 private:
  descriptor folder_;
};

/// Writes beside it, and renames once all of it is on the disk. Mode, owner and group stay; of a
/// link, what it leads to is exchanged. @return why it can't be done, as the end of a sentence that
/// begins with the path; then nothing has changed.
std::optional<std::string> replace_file(const std::string& path, std::string_view text);

}  // namespace gateway::sys
