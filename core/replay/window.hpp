// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is a message's own stamp acceptable now? Both edges are inclusive; whole seconds; signed 64-bit
// arithmetic.

#include <cstdint>
#include <limits>

#include "core/base/errc.hpp"

namespace core::replay {

struct window {
  std::int64_t past = 300;   ///< seconds a message may be old
  std::int64_t future = 60;  ///< seconds it may be ahead of our clock
  /// What is stamped up to `narrow_until` may only be `narrow_past` old, which is not more than
  /// `past`: it may have left a mark when that was the window, and marks end with the window that
  /// they were made in.
  std::int64_t narrow_until = std::numeric_limits<std::int64_t>::min();
  std::int64_t narrow_past = 0;

  /// How old what bears this stamp may become.
  [[nodiscard]] std::int64_t past_of(std::int64_t stamp) const {
    return stamp <= narrow_until ? narrow_past : past;
  }

  /// @return stale or future.
  [[nodiscard]] base::result<void> check(std::int64_t stamp, std::int64_t now) const {
    if (stamp < now - past_of(stamp)) return base::errc::stale;
    if (stamp > now + future) return base::errc::future;
    return {};
  }
};

}  // namespace core::replay
