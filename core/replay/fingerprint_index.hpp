// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finds the entry that has a fingerprint: open addressing, four bytes a slot, at most two thirds of
// them taken, no tombstones. It holds numbers of entries, not entries, and knows nothing of time or
// clients.

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/replay/entry.hpp"

namespace core::replay {

class fingerprint_index {
 public:
  /// For at most `capacity` entries (below `nil`). `seed` is random and secret: nobody can choose
  /// fingerprints that crowd together.
  fingerprint_index(std::uint32_t capacity, std::uint64_t seed);

  /// @return the entry's number or nil.
  [[nodiscard]] std::uint32_t find(const fingerprint& f, const entry* entries) const;
  /// Has the processor fetch what find() will look at first. Alone of all it may be called while
  /// another thread changes the table: what it fetches then may be the wrong place, and is only
  /// slower.
  void fetch(const fingerprint& f) const;
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
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return home(hash, slots_.size()); }
  [[nodiscard]] static std::size_t home(std::uint64_t hash, std::size_t slots) {
    return static_cast<std::size_t>(((hash >> 32U) * slots) >> 32U);
  }
  [[nodiscard]] std::size_t after(std::size_t slot) const {
    return slot + 1 == slots_.size() ? 0 : slot + 1;
  }
  [[nodiscard]] std::uint32_t word(std::uint64_t hash, std::uint32_t number) const;
  void place(std::uint64_t hash, std::uint32_t number);
  void tell_where();

  std::uint64_t seed_;
  std::uint32_t
      number_mask_;  ///< the bits of a slot that hold number + 1; those above hold bits of the hash
  std::size_t most_slots_;  ///< enough for the capacity
  std::uint32_t size_ = 0;
  std::vector<std::uint32_t> slots_;  ///< 0: free
  /// Where these stand and how many there are, for fetch(). The two need not belong together.
  std::atomic<std::uintptr_t> begin_;
  std::atomic<std::size_t> count_;
};

}  // namespace core::replay
