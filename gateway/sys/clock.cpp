// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/clock.hpp"

#include <chrono>

namespace gateway::sys {

core::base::instant now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::int64_t steady_us() {
  const auto since_origin = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_origin).count();
}

}  // namespace gateway::sys
