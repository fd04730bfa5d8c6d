// SPDX-License-Identifier: Apache-2.0
#pragma once

// Points in time as values. Core never reads a clock: whoever calls it says what time it is.

#include <chrono>
#include <cstdint>

namespace core::base {

/// A point of wall-clock time (UTC), in microseconds since 1970.
using instant = std::chrono::sys_time<std::chrono::microseconds>;

/// Whole Unix seconds, rounded down: the unit in which messages are stamped and compared.
inline std::int64_t unix_seconds(instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

inline instant from_unix_seconds(std::int64_t seconds) {
  return instant{std::chrono::seconds{seconds}};
}

}  // namespace core::base
