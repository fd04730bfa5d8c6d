// SPDX-License-Identifier: Apache-2.0
#pragma once

// What will be written before long is brought to the processor while it does something else.

#include <cstddef>
#include <cstdint>

namespace gateway::sys {

/// Asks for the lines of memory that hold `bytes` from `address` on. It is no access: they need not
/// be there. 0 is left out, because looking for that page takes its time.
inline void prefetch(std::uintptr_t address, std::size_t bytes = 1) {
  constexpr std::size_t line = 64;
  if (address == 0) return;
  for (std::size_t at = 0; at < bytes; at += line)  // NOLINTNEXTLINE(performance-no-int-to-ptr)
    __builtin_prefetch(reinterpret_cast<const void*>(address + at), 1);
}

inline void prefetch(const void* from, std::size_t bytes = 1) {
  prefetch(reinterpret_cast<std::uintptr_t>(from), bytes);
}

}  // namespace gateway::sys
