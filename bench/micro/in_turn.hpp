// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two operations timed in turn within one process, so that whatever slows one slows the other.

#include <cstddef>
#include <vector>

#include "bench/micro/operation.hpp"

namespace bench::micro {

class in_turn {
 public:
  /// `cold`: the caches hold nothing of either but what a few runs have just used.
  in_turn(operation& a, operation& b, std::size_t rounds, bool cold);

  // Medians: nanoseconds of one run, and the first's share of the second's in the same round.
  [[nodiscard]] double first() const;
  [[nodiscard]] double second() const;
  [[nodiscard]] double ratio() const;

 private:
  double time_of(operation& what);

  std::vector<char> other_memory_;  ///< read through, it takes the place of all that is cached
  std::vector<double> firsts_, seconds_, ratios_;
};

}  // namespace bench::micro
