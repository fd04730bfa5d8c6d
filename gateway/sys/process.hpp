// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the kernel counts about this process, as plain values. It does not know what they are shown
// as.

#include <cstdint>
#include <optional>

namespace gateway::sys {

struct process_figures {
  double cpu_seconds = 0;  ///< user and system time of all threads
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t max_descriptors = 0;  ///< the soft limit
  double start_time_seconds = 0;      ///< Unix time
};

/// Nothing where /proc can't be read (it isn't mounted in every container).
std::optional<process_figures> read_process();

}  // namespace gateway::sys
