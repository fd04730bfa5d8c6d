// SPDX-License-Identifier: Apache-2.0
#include "core/limit/standing.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace core::limit {

namespace {

constexpr const char* policy_name = "\"client\"";

std::int64_t whole_seconds(std::chrono::nanoseconds d) {
  return std::chrono::ceil<std::chrono::seconds>(d).count();
}

}  // namespace

std::string policy_field(const rate& limit) {
  const auto per = static_cast<std::uint64_t>(limit.per.count());
  // The rate in the smallest whole numbers, as often as the burst has room for it.
  const std::uint64_t common = std::gcd(limit.requests, per);
  const std::uint64_t often = std::max<std::uint64_t>(1, limit.burst / (limit.requests / common));
  return policy_name + (";q=" + std::to_string(limit.requests / common * often)) +
         ";w=" + std::to_string(per / common * often);
}

std::string standing_field(const standing& s) {
  return policy_name + (";r=" + std::to_string(s.now.left)) +
         ";t=" + std::to_string(whole_seconds(s.now.full));
}

unsigned retry_after(const rate_answer& a) {
  return static_cast<unsigned>(std::max<std::int64_t>(1, whole_seconds(a.wait)));
}

}  // namespace core::limit
