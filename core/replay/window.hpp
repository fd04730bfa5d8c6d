// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is a message's own stamp acceptable now? Both edges are inclusive; whole seconds; signed 64-bit
// arithmetic.

#include <cstdint>

#include "core/base/errc.hpp"

namespace core::replay {

struct window {
  std::int64_t past = 300;   ///< seconds a message may be old
  std::int64_t future = 60;  ///< seconds it may be ahead of our clock

  /// @return stale or future.
  [[nodiscard]] base::result<void> check(std::int64_t stamp, std::int64_t now) const {
    if (stamp < now - past) return base::errc::stale;
    if (stamp > now + future) return base::errc::future;
    return {};
  }
};

}  // namespace core::replay
