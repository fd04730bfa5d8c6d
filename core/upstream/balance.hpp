// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which endpoint the next request goes to. It knows no address and no connection: an endpoint is a
// position, a weight and a number of requests.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace core::upstream {

/// What one endpoint brings when a request is given away.
struct share {
  std::uint32_t weight = 0;       ///< 0: it gets nothing
  std::uint32_t outstanding = 0;  ///< requests that it has
};

/// No endpoint: none has a weight.
inline constexpr std::size_t nobody = static_cast<std::size_t>(-1);

/// Weights are in so many parts, so that a small one can be had in part.
inline constexpr std::uint32_t whole_weight = 256;

/// The weight of one that came back so long ago: it grows from a sixteenth to all of it over
/// `slow_start`, so that what has just begun is not asked as much as what runs at full speed.
std::uint32_t effective_weight(std::uint32_t weight, std::chrono::milliseconds slow_start,
                               std::chrono::milliseconds since);

/// Smooth weighted round robin, as nginx does it (since 1.3.1): each gains its weight, the richest
/// is picked and pays what all gained. So that of 5, 1 and 1 the first is not picked five times
/// running. `credit` is the caller's to keep from one call to the next, one for each endpoint, 0 at
/// first; whoever gets nothing keeps its own.
std::size_t pick_in_turn(std::span<const share> among, std::span<std::int64_t> credit);

/// The one with the fewest requests for its weight; of those that have equally few, the one whose
/// turn it is. Takes the weights of the others away.
std::size_t pick_least_busy(std::span<share> among, std::span<std::int64_t> credit);

}  // namespace core::upstream
