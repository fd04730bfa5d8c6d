// SPDX-License-Identifier: Apache-2.0
#include "core/replay/expiring_set.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace core::replay {

namespace {

/// Each mark that comes in takes so many with it that are beyond their retention: more than one, so
/// that a heap of them shrinks.
constexpr std::uint32_t expire_at_once = 2;

/// The window_end of an entry that was released among the past marks: it stands in their list and
/// not yet among the free ones.
constexpr std::uint32_t let_go_later = 1;

std::size_t wheel_size(std::int64_t span) {
  return std::bit_ceil(static_cast<std::size_t>(std::clamp<std::int64_t>(span + 2, 16, 512)));
}

}  // namespace

expiring_set::expiring_set(const settings& s, entry* entries, ledger& kept, std::int64_t now)
    : settings_(s),
      entries_(entries),
      ledger_(kept),
      granted_(kept.used),
      index_(s.capacity, s.seed),
      wheel_(wheel_size(s.span)),
      passed_(now),
      share_(std::max(1U, s.capacity / 2)) {
  take_over(now);
}

void expiring_set::take_over(std::int64_t now) {
  std::vector<std::uint32_t> held;
  for (auto number = ledger_.used; number-- > 0;) {
    auto& e = entries_[number];
    const bool expired = e.window_end + settings_.retention < now;
    const auto twin = e.free() ? nil : index_.find(e.fingerprint, entries_);
    if (twin != nil) {
      // Only a file that was not written whole can hold a fingerprint twice: the later window
      // counts.
      entries_[twin].set_window_end(std::max(entries_[twin].window_end, e.window_end));
    } else if (expired && !e.free()) {
      ledger_.raise_horizon(e.window_end);
    }
    if (expired || e.free() || twin != nil) {
      e.set_window_end(0);  // no list holds it
      push_free(number);
      continue;
    }
    index_.make_room(entries_);
    index_.insert(e.fingerprint, number);
    share_.add(e.client);
    held.push_back(number);
  }
  std::sort(held.begin(), held.end(), [&](std::uint32_t a, std::uint32_t b) {
    return entries_[a].window_end < entries_[b].window_end;
  });
  for (const auto number : held) file(number);
}

expiring_set::place expiring_set::next_place() const {
  const auto address = [this](std::uint32_t number) {
    return reinterpret_cast<std::uintptr_t>(&entries_[number]);
  };
  if (free_ != nil) return {address(free_), 0};
  if (ledger_.used < settings_.capacity) return {address(ledger_.used), 0};
  if (past_.head == nil) return {};
  return {address(past_.head), index_.where().of(entries_[past_.head].fingerprint)};
}

verdict expiring_set::reserve(const mark& m, std::int64_t now) {
  if (m.window_end <= 0 || m.window_end > std::numeric_limits<std::uint32_t>::max())
    return verdict::unavailable;
  // Where it will be filed is far away, and is needed last.
  __builtin_prefetch(&wheel_[static_cast<std::size_t>(m.window_end) & (wheel_.size() - 1)], 1);
  pass_time(now);
  expire(now, expire_at_once);
  if (index_.find(m.fingerprint, entries_) != nil) return verdict::seen;
  if (m.window_end <= ledger_.horizon) return verdict::unavailable;
  index_.make_room(entries_);
  const auto number = share_.at_half(m.client, {entries_, ledger_.used})
                          ? take_oldest_of(m.client, now)
                          : take_entry(now);
  if (number == nil) return verdict::full;
  occupy(number, m);
  return verdict::fresh;
}

void expiring_set::release(const mark& m) {
  const auto number = index_.find(m.fingerprint, entries_);
  if (number == nil) return;
  // Another window_end is a later reservation of the same values, which is not this caller's to
  // undo.
  auto& e = entries_[number];
  if (e.window_end != m.window_end) return;
  index_.erase(number, entries_);
  share_.remove(e.client);
  e.set_released(true);
  if (e.window_end < passed_) {
    // Among the past marks their order counts: it is free once they let go of it.
    e.set_window_end(let_go_later);
    return;
  }
  // It is the next to be filled, in the list where it stands: nothing leads there but the way along
  // the list.
  untidy_until_ = std::max<std::int64_t>(untidy_until_, e.window_end);
  push_free(number);
}

/// A list has let go of a released entry.
void expiring_set::let_go(std::uint32_t number) {
  auto& e = entries_[number];
  const bool waited = e.window_end == let_go_later;
  e.set_window_end(0);
  if (waited) push_free(number);
}

void expiring_set::occupy(std::uint32_t number, const mark& m) {
  share_.add(m.client);
  auto& e = entries_[number];
  const auto window_end = static_cast<std::uint32_t>(m.window_end);
  const bool listed = e.window_end != 0;
  e.fingerprint = m.fingerprint;
  e.client = m.client;
  if (!listed) e.link = nil;
  ledger_.raise_highest(window_end);
  e.set_window_end(window_end);
  e.set_released(false);
  index_.insert(m.fingerprint, number);
  // Where it stands in a list, its window files it anew when that list's turn comes.
  if (!listed) file(number);
}

/// The horizon rises before the entry is empty: a process killed in between has forgotten nothing
/// that it does not know of.
void expiring_set::drop(std::uint32_t number) {
  auto& e = entries_[number];
  ledger_.raise_horizon(e.window_end);
  index_.erase(number, entries_);
  share_.remove(e.client);
  e.set_window_end(0);
}

/// It is free already: a process killed in between leaves nobody's mark.
void expiring_set::push_free(std::uint32_t number) {
  entry::publish(entries_[number].client, free_);
  free_ = number;
}

void expiring_set::pass_time(std::int64_t now) {
  if (now == passed_) return;
  const auto mask = wheel_.size() - 1;
  const auto laps = static_cast<std::int64_t>(wheel_.size());
  const bool tidy = untidy_until_ < passed_;
  for (auto second = std::max(passed_, now - laps); second < now; ++second) {
    drain(wheel_[static_cast<std::size_t>(second) & mask], now, tidy);
  }
  // Also back, when the clock goes back: windows that end between then and now are filed in the
  // wheel again.
  passed_ = now;
}

void expiring_set::drain(bucket& b, std::int64_t now, bool tidy) {
  if (b.marks.head == nil) return;
  if (tidy && b.latest < now) {  // the usual case: all of them, in one step
    if (past_.tail == nil) {
      past_.head = b.marks.head;
    } else {
      entries_[past_.tail].set_next(b.marks.head);
    }
    past_.tail = b.marks.tail;
    b = {};
    return;
  }
  const auto all = std::exchange(b, {});
  for (auto number = all.marks.head; number != nil;) {
    const auto next = entries_[number].next();
    if (entries_[number].released()) {
      let_go(number);
    } else if (entries_[number].window_end < now) {
      append(past_, number);
    } else {
      file(number);
    }
    number = next;
  }
}

void expiring_set::file(std::uint32_t number) {
  const auto window_end = entries_[number].window_end;
  if (window_end < passed_) {
    append(past_, number);
    return;
  }
  auto& b = wheel_[window_end & (wheel_.size() - 1)];
  append(b.marks, number);
  b.latest = std::max(b.latest, window_end);
}

void expiring_set::append(list& l, std::uint32_t number) {
  entries_[number].set_next(nil);
  if (l.tail == nil) {
    l.head = number;
  } else {
    entries_[l.tail].set_next(number);
  }
  l.tail = number;
}

void expiring_set::unlink_past(std::uint32_t previous, std::uint32_t number) {
  const auto next = entries_[number].next();
  if (previous == nil) {
    past_.head = next;
  } else {
    entries_[previous].set_next(next);
  }
  if (past_.tail == number) past_.tail = previous;
  for (auto& c : cursors_) {
    if (c.before == number) c.before = previous;
  }
}

void expiring_set::expire(std::int64_t now, std::uint32_t limit) {
  pass_time(now);
  for (; limit != 0 && past_.head != nil; --limit) {
    const auto number = past_.head;
    auto& e = entries_[number];
    const bool inside = e.window_end >= now;
    if (!inside && e.window_end + settings_.retention >= now) return;
    unlink_past(nil, number);
    if (e.released()) {
      let_go(number);
    } else if (inside) {
      file(number);
    } else {
      drop(number);
      push_free(number);
    }
  }
}

std::uint32_t expiring_set::take_entry(std::int64_t now) {
  if (free_ != nil) {
    const auto number = free_;
    free_ = entries_[number].client;
    return number;
  }
  if (ledger_.used < granted_) {
    entries_[ledger_.used].window_end = 0;
    entry::publish(ledger_.used, ledger_.used + 1);
    return ledger_.used - 1;
  }
  return take_oldest(now);
}

std::uint32_t expiring_set::take_oldest(std::int64_t now) {
  while (past_.head != nil) {
    const auto number = past_.head;
    unlink_past(nil, number);
    auto& e = entries_[number];
    if (e.released()) {
      e.set_window_end(0);
      return number;
    }
    if (e.window_end < now) {
      drop(number);
      return number;
    }
    file(number);
  }
  return nil;
}

std::uint32_t expiring_set::take_oldest_of(std::uint32_t client, std::int64_t now) {
  auto& c = cursor_of(client);
  for (;;) {
    const auto number = c.before == nil ? past_.head : entries_[c.before].next();
    if (number == nil) return nil;
    auto& e = entries_[number];
    if (!e.released() && e.client != client) {
      c.before = number;
      continue;
    }
    unlink_past(c.before, number);
    if (e.released()) {
      let_go(number);
      continue;
    }
    if (e.window_end < now) {
      drop(number);
      return number;
    }
    file(number);
  }
}

expiring_set::cursor& expiring_set::cursor_of(std::uint32_t client) {
  if (cursors_[0].client != client) {
    std::swap(cursors_[0], cursors_[1]);
    if (cursors_[0].client != client) cursors_[0] = {client, nil};
  }
  return cursors_[0];
}

std::uint64_t expiring_set::bytes() const {
  return std::uint64_t{ledger_.used} * sizeof(entry) + index_.bytes() +
         wheel_.capacity() * sizeof(bucket) + share_.bytes() + sizeof *this;
}

}  // namespace core::replay
