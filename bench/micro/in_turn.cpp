// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/in_turn.hpp"

#include <algorithm>
#include <chrono>

namespace bench::micro {

namespace {

constexpr std::size_t at_once = 32;
/// Runs before the clock is read, as in a gateway that is at work.
constexpr std::size_t before = 8;
constexpr std::size_t line = 64;
/// More than the last cache of most processors.
constexpr std::size_t beyond_caches = 128u << 20;

double median(std::vector<double> all) {
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

}  // namespace

in_turn::in_turn(operation& a, operation& b, std::size_t rounds, bool cold)
    : other_memory_(cold ? beyond_caches : 0) {
  for (std::size_t round = 0; round < rounds; ++round) {
    firsts_.push_back(time_of(a));
    seconds_.push_back(time_of(b));
    ratios_.push_back(firsts_.back() / seconds_.back());
  }
}

double in_turn::first() const { return median(firsts_); }
double in_turn::second() const { return median(seconds_); }
double in_turn::ratio() const { return median(ratios_); }

double in_turn::time_of(operation& what) {
  using clock = std::chrono::steady_clock;
  what.prepare(at_once + before);
  for (std::size_t at = 0; at < other_memory_.size(); at += line) ++other_memory_[at];
  what.touch();
  for (std::size_t number = 0; number < before; ++number) what.run(number);
  const auto started = clock::now();
  for (std::size_t number = before; number < at_once + before; ++number) what.run(number);
  const std::chrono::duration<double, std::nano> taken = clock::now() - started;
  return taken.count() / at_once;
}

}  // namespace bench::micro
