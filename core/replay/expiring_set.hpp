// SPDX-License-Identifier: Apache-2.0
#pragma once

// The marks of one shard: check-and-insert, and what may be forgotten when. It gets memory, an
// instant and a seed as values; it knows no lock, no file and no clock. Invariant: a mark that was
// reserved and not released is either in it, or its window ended at or before the horizon; so "not
// found" means "not seen" exactly for marks whose window ends behind the horizon.

#include <array>
#include <cstdint>
#include <vector>

#include "core/replay/client_share.hpp"
#include "core/replay/entry.hpp"
#include "core/replay/fingerprint_index.hpp"
#include "core/replay/mark.hpp"

namespace core::replay {

class expiring_set {
 public:
  struct settings {
    std::uint32_t capacity = 1;  ///< entries; one client holds at most half of them
    std::int64_t retention =
        0;  ///< seconds that a mark is held beyond its window, as long as there is room
    std::int64_t span =
        360;  ///< seconds that a window usually ends ahead of now: past and future together
    std::uint64_t seed = 0;  ///< random
  };

  /// `entries` has room for settings.capacity, of which the first `ledger.used` hold what an
  /// earlier set left; the others are never touched before grant() says that they may be. Throws
  /// std::bad_alloc.
  expiring_set(const settings& s, entry* entries, ledger& kept, std::int64_t now);
  /// Where a mark is looked for, until the next reserve().
  [[nodiscard]] index_place where() const { return index_.where(); }
  /// Likewise, the entry that the next mark is written to as a rule, and where the index has the
  /// mark that leaves it. Addresses; 0: there is none.
  struct place {
    std::uintptr_t entry = 0;
    std::uintptr_t slot = 0;
  };
  [[nodiscard]] place next_place() const;
  /// May throw std::bad_alloc, and has then reserved nothing.
  verdict reserve(const mark& m, std::int64_t now);
  /// Undoes the reservation with this window_end; without one it does nothing. Inside its window
  /// the entry is then the next to be filled, after it when its turn among the past marks comes.
  void release(const mark& m);
  /// Forgets up to `limit` marks that are beyond their retention.
  void expire(std::int64_t now, std::uint32_t limit);
  /// From now on marks whose window ends at `horizon` or before are unavailable, unless they are
  /// held.
  void forbid(std::int64_t horizon) { ledger_.raise_horizon(horizon); }

  /// True when the next mark needs an entry that was not granted yet.
  [[nodiscard]] bool wants_room() const {
    return free_ == nil && ledger_.used >= granted_ && granted_ < settings_.capacity;
  }
  [[nodiscard]] std::uint32_t granted() const { return granted_; }
  /// The first `entries` may be touched.
  void grant(std::uint32_t entries) { granted_ = entries; }

  [[nodiscard]] std::uint32_t size() const { return index_.size(); }
  [[nodiscard]] std::int64_t horizon() const { return ledger_.horizon; }
  /// Memory in use, entries included.
  [[nodiscard]] std::uint64_t bytes() const;

 private:
  struct list {
    std::uint32_t head = nil;
    std::uint32_t tail = nil;
  };
  /// Marks that are inside their windows, by the second in which these end.
  struct bucket {
    list marks;
    std::uint32_t latest = 0;  ///< the latest window_end in it; beyond the bucket's own second when
                               ///< that is a lap ahead
  };
  /// How far the past marks were searched for those of one client: up to `before`, and including
  /// it, none is its.
  struct cursor {
    std::uint32_t client = 0;
    std::uint32_t before = nil;
  };

  void take_over(std::int64_t now);
  void occupy(std::uint32_t number, const mark& m);
  void drop(std::uint32_t number);

  void pass_time(std::int64_t now);
  void drain(bucket& b, std::int64_t now, bool tidy);
  void let_go(std::uint32_t number);
  void file(std::uint32_t number);
  void append(list& l, std::uint32_t number);
  void unlink_past(std::uint32_t previous, std::uint32_t number);
  void push_free(std::uint32_t number);

  std::uint32_t take_entry(std::int64_t now);
  std::uint32_t take_oldest(std::int64_t now);
  std::uint32_t take_oldest_of(std::uint32_t client, std::int64_t now);
  cursor& cursor_of(std::uint32_t client);

  settings settings_;
  entry* entries_;
  ledger& ledger_;
  std::uint32_t granted_;
  fingerprint_index index_;
  std::vector<bucket> wheel_;  ///< a power of two; window_end modulo its size
  std::int64_t
      passed_;  ///< windows that ended before this instant were moved from the wheel to past_
  /// Up to this second the wheel may hold entries that were released, or filled anew in another
  /// second's bucket.
  std::int64_t untidy_until_ = 0;
  list past_;  ///< oldest first; after the clock went back some may be inside their windows again
  std::uint32_t free_ = nil;  ///< a stack along entry::client; what was released inside its
                              ///< window stands in it and still in the list it was filed in
  std::array<cursor, 2>
      cursors_;  ///< two clients can hold a half; the one that was asked for last stands first
  client_share share_;  ///< a kilobyte: behind what each mark needs, which stands close together
};

}  // namespace core::replay
