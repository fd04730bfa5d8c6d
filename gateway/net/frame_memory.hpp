// SPDX-License-Identifier: Apache-2.0
#pragma once

// Memory of coroutine frames, kept for the next frame of the same size: one request needs the same
// frames as the one before it. Each thread keeps its own.

#include <cstddef>

namespace gateway::net {

/// Base of a promise whose frames are kept so.
struct recycled_frame {
  static void* operator new(std::size_t size);
  static void operator delete(void* frame, std::size_t size) noexcept;
};

}  // namespace gateway::net
