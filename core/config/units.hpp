// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tables' bounds are counted in.

#include <cstdint>

namespace core::config {

inline constexpr std::uint64_t kib = 1024, mib = kib * kib, gib = kib * mib;         // bytes
inline constexpr std::int64_t second = 1000, hour = 3600 * second, day = 24 * hour;  // ms

}  // namespace core::config
