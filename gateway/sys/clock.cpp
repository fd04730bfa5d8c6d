// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/clock.hpp"

#include <time.h>

#include <chrono>

namespace gateway::sys {

core::base::instant now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::int64_t steady_us() {
  const auto since_origin = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_origin).count();
}

// The kernel's tick, as it stands in memory that is shared with us: no counter is read.
std::int64_t coarse_steady_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace gateway::sys
