// SPDX-License-Identifier: Apache-2.0
#pragma once

// How often something may happen: the generic cell rate algorithm (ITU-T I.371, annex A), as one
// step on one word of state. It holds no clock and no memory: who keeps the word, and how several
// threads share it, is for others.

#include <chrono>
#include <cstdint>

namespace core::limit {

/// So much in so long on average, and so much at once.
struct rate {
  std::uint64_t requests = 1;  ///< at least 1
  std::chrono::seconds per{1};
  std::uint64_t burst = 1;  ///< at least 1

  friend bool operator==(const rate&, const rate&) = default;
};

/// Nanoseconds of a steady clock: when all that happened so far would be over if it had happened at
/// the rate itself. 0: nothing happened yet.
using rate_state = std::int64_t;

struct rate_answer {
  bool allowed = false;
  rate_state next = 0;               ///< the state from now on; as before where it was not allowed
  std::uint64_t left = 0;            ///< how much more may happen now
  std::chrono::nanoseconds wait{0};  ///< until the next may happen; 0 if one may now
  std::chrono::nanoseconds full{0};  ///< until all of the burst may
};

/// Something wants to happen at `now`, of the clock that made `state`. A clock that stands still
/// or goes back allows nothing more than it did.
rate_answer take(const rate& limit, rate_state state, std::int64_t now);

/// As take(), without anything happening: `next` is `state`.
rate_answer look(const rate& limit, rate_state state, std::int64_t now);

}  // namespace core::limit
