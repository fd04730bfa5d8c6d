// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only place that reads clocks. Everything else is told what time it is.

#include <cstdint>

#include "core/base/instant.hpp"

namespace gateway::sys {

/// Wall-clock time: what messages are stamped with. It may jump either way.
core::base::instant now();

/// Microseconds that only ever count up, from an origin of no meaning: what durations are measured
/// with.
std::int64_t steady_us();

/// The same to within a few milliseconds, for a fifth of the cost: what deadlines are kept with.
std::int64_t coarse_steady_us();

}  // namespace gateway::sys
