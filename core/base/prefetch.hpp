// SPDX-License-Identifier: Apache-2.0
#pragma once

// What will be needed before long is brought to the processor while it does something else.

#include <cstddef>
#include <cstdint>

namespace core::base {

/// Asks for the lines of memory that hold `bytes` from `address` on. It is no access: they need not
/// be there. 0 is left out, because looking for that page takes its time.
inline void prefetch(std::uintptr_t address, std::size_t bytes = 1) {
  constexpr std::uintptr_t line = 64;
  if (address == 0) return;
  const std::uintptr_t end = address + bytes;
  for (auto at = address / line * line; at < end; at += line)
    __builtin_prefetch(reinterpret_cast<const void*>(at));  // NOLINT(performance-no-int-to-ptr)
}

inline void prefetch(const void* from, std::size_t bytes = 1) {
  prefetch(reinterpret_cast<std::uintptr_t>(from), bytes);
}

}  // namespace core::base
