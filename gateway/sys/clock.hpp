// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only place that reads clocks. Everything else is told what time it is.

#include <chrono>
#include <cstdint>

#include "core/base/instant.hpp"

namespace gateway::sys {

/// Wall-clock time: what messages are stamped with. It may jump either way.
core::base::instant now();

/// Microseconds that only ever count up, from an origin of no meaning: what durations are measured
/// with.
std::int64_t steady_us();

/// Both at once, for a while in which the wall clock need not be read again.
struct two_clocks {
  core::base::instant at = now();
  std::int64_t us = steady_us();

  /// What the wall clock says when the steady one says `later_us`, unless it was set meanwhile.
  [[nodiscard]] core::base::instant when(std::int64_t later_us) const {
    return at + std::chrono::microseconds(later_us - us);
  }
};

/// The steady one to within a few milliseconds, for a fifth of the cost: what deadlines are kept
/// with.
std::int64_t coarse_steady_us();

}  // namespace gateway::sys
