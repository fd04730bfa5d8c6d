// SPDX-License-Identifier: Apache-2.0
#include "core/limit/rate.hpp"

#include <algorithm>

namespace core::limit {

namespace {

using nanoseconds = std::chrono::nanoseconds;

std::int64_t interval(const rate& limit) {
  const std::int64_t whole = nanoseconds(limit.per).count();
  return std::max<std::int64_t>(1, whole / static_cast<std::int64_t>(limit.requests));
}

/// What is to be said of a state.
rate_answer describe(const rate& limit, rate_state state, std::int64_t now) {
  const std::int64_t each = interval(limit);
  const std::int64_t most = each * static_cast<std::int64_t>(limit.burst);
  const std::int64_t owed = std::max<std::int64_t>(0, state - now);
  rate_answer a;
  a.next = state;
  a.left = owed >= most ? 0 : static_cast<std::uint64_t>((most - owed) / each);
  a.wait = nanoseconds(std::max<std::int64_t>(0, owed + each - most));
  a.full = nanoseconds(owed);
  return a;
}

}  // namespace

rate_answer take(const rate& limit, rate_state state, std::int64_t now) {
  rate_answer before = describe(limit, state, now);
  if (before.left == 0) return before;
  rate_answer after = describe(limit, std::max(state, now) + interval(limit), now);
  after.allowed = true;
  return after;
}

rate_answer look(const rate& limit, rate_state state, std::int64_t now) {
  rate_answer a = describe(limit, state, now);
  a.allowed = a.left != 0;
  return a;
}

}  // namespace core::limit
