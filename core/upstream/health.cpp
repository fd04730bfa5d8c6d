// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/health.hpp"

namespace core::upstream {

health::change health::resume(bool good, const health_rule& by) {
  if (good == up_) {
    against_ = 0;
    return change::none;
  }
  if (++against_ < (up_ ? by.fall : by.rise)) return change::none;
  against_ = 0;
  up_ = good;
  return good ? change::came_up : change::went_down;
}

std::chrono::milliseconds until_next(std::chrono::milliseconds interval, std::uint32_t random) {
  const std::int64_t tenth = interval.count() / 10;
  return interval - std::chrono::milliseconds(tenth) +
         std::chrono::milliseconds(random % static_cast<std::uint64_t>(2 * tenth + 1));
}

}  // namespace core::upstream
