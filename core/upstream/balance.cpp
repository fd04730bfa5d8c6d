// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/balance.hpp"

#include <algorithm>

namespace core::upstream {

namespace {

/// Has `a` fewer requests for its weight? As fractions, without dividing.
bool is_less_busy(const share& a, const share& b) {
  return std::uint64_t{a.outstanding} * b.weight < std::uint64_t{b.outstanding} * a.weight;
}

}  // namespace

std::uint32_t effective_weight(std::uint32_t weight, std::chrono::milliseconds slow_start,
                               std::chrono::milliseconds since) {
  static constexpr std::int64_t least = whole_weight / 16;
  if (slow_start.count() <= 0 || since >= slow_start) return weight * whole_weight;
  const std::int64_t part =
      std::max<std::int64_t>(since.count(), 0) * whole_weight / slow_start.count();
  return weight * static_cast<std::uint32_t>(std::max(part, least));
}

std::size_t pick_in_turn(std::span<const share> among, std::span<std::int64_t> credit) {
  std::size_t richest = nobody;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < among.size(); ++i) {
    if (among[i].weight == 0) continue;
    credit[i] += among[i].weight;
    total += among[i].weight;
    if (richest == nobody || credit[i] > credit[richest]) richest = i;
  }
  if (richest != nobody) credit[richest] -= total;
  return richest;
}

std::size_t pick_least_busy(std::span<share> among, std::span<std::int64_t> credit) {
  const share* least = nullptr;
  for (const share& one : among)
    if (one.weight != 0 && (least == nullptr || is_less_busy(one, *least))) least = &one;
  if (least == nullptr) return nobody;
  const share bound = *least;
  for (share& one : among)
    if (one.weight != 0 && is_less_busy(bound, one)) one.weight = 0;
  return pick_in_turn(among, credit);
}

}  // namespace core::upstream
