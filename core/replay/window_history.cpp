// SPDX-License-Identifier: Apache-2.0
#include "core/replay/window_history.hpp"

#include <algorithm>
#include <utility>

namespace core::replay {

namespace {

/// Until all threads have heard of another window, and what they had begun has been looked at.
constexpr std::int64_t moment = 60;

bool same(const window_owner& a, const window_owner& b) {
  return a.kind == b.kind && a.name == b.name;
}

}  // namespace

window window_history::narrow(const window_owner& owner, window wanted) const {
  const bool known =
      std::ranges::any_of(before_, [&](const past_window& w) { return same(w.owner, owner); });
  for (const past_window& w : before_) {
    if (known ? !same(w.owner, owner) : w.owner.kind != owner.kind) continue;
    if (w.past >= wanted.past) continue;
    const bool first = wanted.narrow_until == window{}.narrow_until;
    wanted.narrow_past = first ? w.past : std::min(wanted.narrow_past, w.past);
    wanted.narrow_until = std::max(wanted.narrow_until, w.last_stamp);
  }
  return wanted;
}

void window_history::replace(std::vector<entry> in_force, std::int64_t now) {
  for (const entry& ended : std::exchange(in_force_, std::move(in_force))) {
    remember({ended.owner, ended.in_force.past, now + ended.in_force.future + moment});
    // It has made marks that end sooner, too, and perhaps for more stamps than those before did.
    remember({ended.owner, ended.in_force.narrow_past, ended.in_force.narrow_until});
    // What is too old for the window that ends now, whichever it was, is no matter of older ones.
    std::erase_if(before_, [&](const past_window& w) {
      return same(w.owner, ended.owner) && w.last_stamp < now - ended.in_force.past;
    });
  }
}

void window_history::remember(past_window one) {
  for (past_window& w : before_) {
    if (!same(w.owner, one.owner) || w.past != one.past) continue;
    w.last_stamp = std::max(w.last_stamp, one.last_stamp);
    return;
  }
  before_.push_back(std::move(one));
}

}  // namespace core::replay
