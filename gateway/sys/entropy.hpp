// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random bytes from the kernel, for IVs, secrets and ids. Never anything weaker.

#include <array>
#include <cstddef>
#include <span>

namespace gateway::sys {

/// Draws from the kernel in larger pieces, so that an IV costs no system call each. One per thread;
/// used bytes are wiped.
class entropy {
 public:
  entropy() = default;
  ~entropy();
  entropy(const entropy&) = delete;
  entropy& operator=(const entropy&) = delete;

  /// Throws std::system_error when the kernel gives none: nothing may go on without it.
  void fill(std::span<char> out);

 private:
  std::array<char, 512> drawn_{};
  std::size_t left_ = 0;  ///< unused bytes, at the end of `drawn_`
};

}  // namespace gateway::sys
