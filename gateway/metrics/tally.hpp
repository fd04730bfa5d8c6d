// SPDX-License-Identifier: Apache-2.0
#pragma once

// Numbers that one thread writes and others may read at any time. A load and a store instead of a
// read-modify-write: there is no second writer to lose an update to, and no lock prefix on the
// request's path.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

namespace gateway::metrics {

class tally {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(relaxed) + n, relaxed); }
  void reset() { value_.store(0, relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(relaxed); }

 private:
  static constexpr auto relaxed = std::memory_order_relaxed;
  std::atomic<std::uint64_t> value_{0};
};

/// May go down; a single worker's share may be below zero if another worker closes what this one
/// opened.
class level {
 public:
  void add(std::int64_t n) { value_.store(value_.load(relaxed) + n, relaxed); }
  [[nodiscard]] std::int64_t value() const { return value_.load(relaxed); }

 private:
  static constexpr auto relaxed = std::memory_order_relaxed;
  std::atomic<std::int64_t> value_{0};
};

/// Buckets by upper bound (inclusive), all in microseconds; one more bucket for what is above the
/// last.
template <const auto& Bounds>
class histogram {
 public:
  void observe(std::int64_t us) {
    const auto at = static_cast<std::size_t>(std::ranges::lower_bound(Bounds, us) - Bounds.begin());
    buckets_[at].add();
    sum_us_.add(static_cast<std::uint64_t>(us));
  }
  static constexpr const auto& bounds() { return Bounds; }
  [[nodiscard]] std::uint64_t bucket(std::size_t i) const { return buckets_[i].value(); }
  [[nodiscard]] std::uint64_t sum_us() const { return sum_us_.value(); }

 private:
  std::array<tally, std::tuple_size_v<std::remove_cvref_t<decltype(Bounds)>> + 1> buckets_;
  tally sum_us_;
};

/// From half a second to ten minutes: stamps are whole seconds, and nothing older than the window
/// is counted.
inline constexpr std::array<std::int64_t, 12> delay_bounds{
    500'000,    1'000'000,  2'000'000,  3'000'000,   5'000'000,   10'000'000,
    20'000'000, 30'000'000, 60'000'000, 120'000'000, 300'000'000, 600'000'000};

/// From what a refusal costs to what the slowest upstream may take.
inline constexpr std::array<std::int64_t, 18> duration_bounds{
    25,     50,     100,     250,     500,     1'000,     2'500,     5'000,      10'000,
    25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000, 30'000'000};

}  // namespace gateway::metrics
