// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/slots.hpp"

namespace gateway::upstream {

bool slots::try_take() {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  while (unpack(word).taken < places_.load(std::memory_order_relaxed)) {
    if (word_.compare_exchange_weak(word, word + one_taken)) return true;
  }
  return false;
}

slots::entry slots::take_or_wait(waiter& w) {
  const std::lock_guard lock(guard_);
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    const figures now = unpack(word);
    const bool free = now.taken < places_.load(std::memory_order_relaxed);
    if (!free && now.waiting >= room_) return entry::full;
    // Whoever gives a place back between this look and the step changes the word, and the step
    // fails: nobody lies down to wait beside a free place.
    if (!word_.compare_exchange_weak(word, word + (free ? one_taken : one_waiting))) continue;
    if (free) return entry::taken;
    append(w);
    return entry::waits;
  }
}

void slots::give_back() {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  while (unpack(word).waiting == 0) {
    if (word_.compare_exchange_weak(word, word - one_taken)) return;
  }
  const std::lock_guard lock(guard_);
  if (first_ == nullptr) {
    // The last of them withdrew before the lock was ours; nobody can stand there while it is.
    word_.fetch_sub(one_taken);
    return;
  }
  if (unpack(word_.load(std::memory_order_relaxed)).taken >
      places_.load(std::memory_order_relaxed)) {
    word_.fetch_sub(one_taken);
    return;
  }
  grant_first();
}

/// Under the lock: a place that is taken already.
void slots::grant_first() {
  waiter& next = *first_;
  unlink(next);
  word_.fetch_sub(one_waiting);
  next.granted();
}

void slots::resize(std::uint32_t places, std::uint32_t room) {
  const std::lock_guard lock(guard_);
  room_ = room;
  // Taken for those who wait before newcomers can see that there are more.
  while (first_ != nullptr && unpack(word_.load(std::memory_order_relaxed)).taken < places) {
    word_.fetch_add(one_taken);
    grant_first();
  }
  places_.store(places, std::memory_order_relaxed);
}

bool slots::withdraw(waiter& w) {
  const std::lock_guard lock(guard_);
  if (!w.in_line_) return false;
  unlink(w);
  word_.fetch_sub(one_waiting);
  return true;
}

slots::figures slots::look() const { return unpack(word_.load(std::memory_order_relaxed)); }

void slots::append(waiter& w) {
  w.previous_ = last_;
  w.next_ = nullptr;
  (last_ == nullptr ? first_ : last_->next_) = &w;
  last_ = &w;
  w.in_line_ = true;
}

void slots::unlink(waiter& w) {
  (w.previous_ == nullptr ? first_ : w.previous_->next_) = w.next_;
  (w.next_ == nullptr ? last_ : w.next_->previous_) = w.previous_;
  w.in_line_ = false;
}

}  // namespace gateway::upstream
