// SPDX-License-Identifier: Apache-2.0
#pragma once

// How often each value occurred, every one counted: buckets as HdrHistogram's, 128 to a power of
// two, so that a percentile is never more than 0.8 % too high and never too low.

#include <cstdint>
#include <vector>

namespace bench::load {

class histogram {
 public:
  void record(std::uint64_t value);
  void add(const histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t max() const { return max_; }
  [[nodiscard]] double mean() const;
  /// The smallest value that `per_mille` thousandths of all are not above (999: p99.9), rounded
  /// up to its bucket's end. 0 if there is none.
  [[nodiscard]] std::uint64_t percentile(unsigned per_mille) const;

 private:
  static constexpr unsigned precision = 7;
  static constexpr std::size_t buckets = (64 - precision + 1) << precision;

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(buckets);
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace bench::load
