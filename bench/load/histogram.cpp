// SPDX-License-Identifier: Apache-2.0
#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>

namespace bench::load {

namespace {

/// Values below 2^(precision + 1) have buckets of their own; each power of two above is cut into
/// as many as the first.
std::size_t bucket_of(std::uint64_t value, unsigned precision) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = width > precision + 1 ? width - precision - 1 : 0;
  return (static_cast<std::size_t>(shift) << precision) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t end_of(std::size_t bucket, unsigned precision) {
  const std::size_t group = bucket >> precision;
  if (group < 2) return bucket;
  const std::size_t shift = group - 1;
  return ((bucket - (shift << precision) + 1) << shift) - 1;
}

}  // namespace

void histogram::record(std::uint64_t value) {
  ++counts_[bucket_of(value, precision)];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void histogram::add(const histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double histogram::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::uint64_t histogram::percentile(unsigned per_mille) const {
  if (count_ == 0) return 0;
  const std::uint64_t rank = std::max<std::uint64_t>(1, (count_ * per_mille + 999) / 1000);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(max_, end_of(i, precision));
  }
  return max_;
}

}  // namespace bench::load
