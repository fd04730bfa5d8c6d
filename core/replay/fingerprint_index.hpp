// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finds the entry that has a fingerprint: open addressing, four bytes a slot, at most two thirds of
// them taken, no tombstones. It holds numbers of entries, not entries, and knows nothing of time or
// clients. A slot holds an entry's number, how far it stands from its home, and bits of its hash,
// so that entries, which are far away in memory, are seldom looked at.

#include <cstdint>
#include <vector>

#include "core/replay/entry.hpp"

namespace core::replay {

/// Where an index stands, as numbers: for whoever wants to have a place of it fetched early, when
/// the table may stand elsewhere already. To fetch what is not there is no access.
struct index_place {
  std::uintptr_t begin = 0;
  std::size_t slots = 0;
  std::uint64_t seed = 0;

  /// The address at which find() begins to look.
  [[nodiscard]] std::uintptr_t of(const fingerprint& f) const;
};

class fingerprint_index {
 public:
  /// For at most `capacity` entries (below `nil`). `seed` is random and secret: nobody can choose
  /// fingerprints that crowd together.
  fingerprint_index(std::uint32_t capacity, std::uint64_t seed);

  /// @return the entry's number or nil.
  [[nodiscard]] std::uint32_t find(const fingerprint& f, const entry* entries) const;
  /// As it is until the next make_room().
  [[nodiscard]] index_place where() const;
  /// Call before insert(): grows the table when one more would not fit. May throw std::bad_alloc,
  /// and has then changed nothing.
  void make_room(const entry* entries);
  /// The fingerprint is not in it; make_room() went before.
  void insert(const fingerprint& f, std::uint32_t number);
  /// `number` is in it, and its entry still has its fingerprint.
  void erase(std::uint32_t number, const entry* entries);

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::uint64_t bytes() const { return slots_.capacity() * sizeof(std::uint32_t); }

 private:
  [[nodiscard]] std::uint64_t hash(const fingerprint& f) const;
  [[nodiscard]] std::size_t home(std::uint64_t hash) const;
  [[nodiscard]] std::size_t after(std::size_t slot) const {
    return slot + 1 == slots_.size() ? 0 : slot + 1;
  }
  /// Around the table: the slot that is so far before this one, or how far it is behind another.
  [[nodiscard]] std::size_t before(std::size_t slot, std::size_t by) const {
    return slot >= by ? slot - by : slot + slots_.size() - by;
  }
  /// Of what stands in a slot that is taken.
  [[nodiscard]] std::size_t home_of(std::size_t slot, const entry* entries) const;
  /// What a slot holds, but for how far it is from its home.
  [[nodiscard]] std::uint32_t word(std::uint64_t hash, std::uint32_t number) const;
  [[nodiscard]] std::uint32_t at_distance(std::uint32_t word, std::size_t distance) const;
  void place(std::uint64_t hash, std::uint32_t number);

  std::uint64_t seed_;
  std::uint32_t number_mask_;  ///< the bits of a slot that hold number + 1
  std::uint32_t most_far_;     ///< the largest distance that a slot can say: so far, or farther
  std::uint32_t far_shift_;    ///< where the distance begins, above all other bits
  std::uint32_t word_mask_;    ///< all bits but the distance's
  std::uint32_t tag_mask_;     ///< those of them that hold bits of the hash
  std::size_t most_slots_;     ///< enough for the capacity
  std::uint32_t size_ = 0;
  std::vector<std::uint32_t> slots_;  ///< 0: free
};

}  // namespace core::replay
