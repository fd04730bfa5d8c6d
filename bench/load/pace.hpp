// SPDX-License-Identifier: Apache-2.0
#pragma once

// When each request of an open loop is meant to be sent, whatever became of those before it. It
// reads no clock.

#include <cmath>
#include <cstdint>

namespace bench::load {

class pace {
 public:
  /// Thread `number` of `threads`, which together make `per_second` evenly spaced requests.
  pace(std::int64_t start_ns, double per_second, unsigned number, unsigned threads)
      : start_ns_(start_ns), gap_ns_(1e9 / per_second), number_(number), threads_(threads) {}

  /// The instant of this thread's request `n`, counted from 0. Computed from n, so that errors
  /// don't add up.
  [[nodiscard]] std::int64_t due(std::uint64_t n) const {
    const double place = static_cast<double>(n) * threads_ + number_;
    return start_ns_ + static_cast<std::int64_t>(std::llround(place * gap_ns_));
  }

 private:
  std::int64_t start_ns_;
  double gap_ns_;
  unsigned number_;
  unsigned threads_;
};

}  // namespace bench::load
