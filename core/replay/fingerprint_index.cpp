// SPDX-License-Identifier: Apache-2.0
#include "core/replay/fingerprint_index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace core::replay {

namespace {

constexpr std::size_t first_slots = 64;

/// Enough for all but one of a thousand that stand in a table as full as can be; half of what the
/// number leaves, where that is less.
constexpr int most_far_bits = 4;

/// How many slots keep `entries` at two thirds.
std::size_t slots_for(std::size_t entries) { return entries + (entries + 1) / 2 + 1; }

std::uint64_t hash_of(const fingerprint& f, std::uint64_t seed) {
  // Fingerprints are uniform already; an odd secret factor makes the upper half, which chooses the
  // home, unforeseeable.
  std::uint64_t tail = 0;
  std::memcpy(&tail, f.data() + 4, sizeof tail);
  return tail * seed;
}

std::size_t slot_of(std::uint64_t hash, std::size_t slots) {
  return static_cast<std::size_t>(((hash >> 32U) * slots) >> 32U);
}

}  // namespace

std::uintptr_t index_place::of(const fingerprint& f) const {
  return begin + slot_of(hash_of(f, seed), slots) * sizeof(std::uint32_t);
}

fingerprint_index::fingerprint_index(std::uint32_t capacity, std::uint64_t seed)
    : seed_(seed | 1),
      number_mask_(static_cast<std::uint32_t>((std::uint64_t{1} << std::bit_width(capacity)) - 1)),
      most_far_((1U << std::min(most_far_bits, std::countl_zero(capacity) / 2)) - 1),
      far_shift_(32U - static_cast<std::uint32_t>(std::bit_width(most_far_))),
      word_mask_(~(most_far_ << far_shift_)),
      tag_mask_(word_mask_ & ~number_mask_),
      most_slots_(slots_for(capacity)),
      slots_(std::min(first_slots, most_slots_)) {}

std::uint64_t fingerprint_index::hash(const fingerprint& f) const { return hash_of(f, seed_); }

std::size_t fingerprint_index::home(std::uint64_t hash) const {
  return slot_of(hash, slots_.size());
}

index_place fingerprint_index::where() const {
  return {reinterpret_cast<std::uintptr_t>(slots_.data()), slots_.size(), seed_};
}

std::uint32_t fingerprint_index::word(std::uint64_t hash, std::uint32_t number) const {
  return (static_cast<std::uint32_t>(hash) & tag_mask_) | (number + 1);
}

std::uint32_t fingerprint_index::at_distance(std::uint32_t word, std::size_t distance) const {
  const auto far = static_cast<std::uint32_t>(std::min<std::size_t>(distance, most_far_));
  return (word & word_mask_) | far << far_shift_;
}

std::size_t fingerprint_index::home_of(std::size_t slot, const entry* entries) const {
  const auto far = slots_[slot] >> far_shift_;
  if (far == most_far_) return home(hash(entries[(slots_[slot] & number_mask_) - 1].fingerprint));
  return before(slot, far);
}

std::uint32_t fingerprint_index::find(const fingerprint& f, const entry* entries) const {
  const auto h = hash(f);
  const auto tag = static_cast<std::uint32_t>(h) & tag_mask_;
  for (auto at = home(h); slots_[at] != 0; at = after(at)) {
    if ((slots_[at] & tag_mask_) != tag) continue;
    const auto number = (slots_[at] & number_mask_) - 1;
    if (entries[number].fingerprint == f) return number;
  }
  return nil;
}

void fingerprint_index::make_room(const entry* entries) {
  if (slots_for(size_ + 1) <= slots_.size() || slots_.size() == most_slots_) return;
  std::vector<std::uint32_t> old(std::min(slots_.size() * 2, most_slots_));
  old.swap(slots_);
  for (const auto slot : old) {
    if (slot == 0) continue;
    const auto number = (slot & number_mask_) - 1;
    place(hash(entries[number].fingerprint), number);
  }
}

void fingerprint_index::place(std::uint64_t hash, std::uint32_t number) {
  std::size_t far = 0;
  auto at = home(hash);
  for (; slots_[at] != 0; at = after(at)) ++far;
  slots_[at] = word(hash, number);
  if (far != 0) slots_[at] = at_distance(slots_[at], far);
}

void fingerprint_index::insert(const fingerprint& f, std::uint32_t number) {
  place(hash(f), number);
  ++size_;
}

void fingerprint_index::erase(std::uint32_t number, const entry* entries) {
  const auto h = hash(entries[number].fingerprint);
  const auto wanted = word(h, number);
  auto hole = home(h);
  while ((slots_[hole] & word_mask_) != wanted) hole = after(hole);
  // Whatever stands behind the hole and may stand in it moves up, so that a search never ends too
  // early.
  for (auto at = after(hole); slots_[at] != 0; at = after(at)) {
    const auto wants = home_of(at, entries);
    const bool wants_behind_hole = before(at, wants) < before(at, hole);
    if (wants_behind_hole) continue;
    slots_[hole] = at_distance(slots_[at], before(hole, wants));
    hole = at;
  }
  slots_[hole] = 0;
  --size_;
}

}  // namespace core::replay
