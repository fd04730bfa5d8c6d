// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the last system call of this thread left in errno.

#include <cerrno>
#include <string>
#include <system_error>

namespace gateway::sys {

/// The call would have had to wait.
inline bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

/// In words: "Permission denied".
inline std::string last_error() { return std::generic_category().message(errno); }

}  // namespace gateway::sys
