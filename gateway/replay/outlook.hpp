// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where each shard's next mark will be looked for and written: what the processor can fetch before
// the shard's door is passed. Few lines for all shards, which are at hand where a shard's own are
// not. It is read without a lock: the numbers need not belong together, which makes it the wrong
// places and nothing worse.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/replay/entry.hpp"
#include "core/replay/expiring_set.hpp"
#include "gateway/sys/prefetch.hpp"

namespace gateway::replay {

class outlook {
 public:
  /// `ledgers`: the first shard's, which the others' stand behind. `seed`: of all indexes.
  outlook(std::uint32_t shards, const core::replay::ledger& ledgers, std::uint64_t seed)
      : indexes_(shards),
        next_(shards),
        ledgers_(reinterpret_cast<std::uintptr_t>(&ledgers)),
        seed_(seed) {}

  /// Under the shard's lock.
  void update(std::uint32_t shard, const core::replay::expiring_set& marks) {
    const core::replay::expiring_set::place next = marks.next_place();
    next_[shard].entry.store(next.entry, std::memory_order_relaxed);
    next_[shard].leaving_slot.store(next.slot, std::memory_order_relaxed);
    const core::replay::index_place now = marks.where();
    table& before = indexes_[shard];
    if (now.begin == before.begin.load(std::memory_order_relaxed)) return;
    before.begin.store(now.begin, std::memory_order_relaxed);
    before.slots.store(now.slots, std::memory_order_relaxed);
  }

  /// Thread-safe.
  void fetch_for(std::uint32_t shard, const core::replay::fingerprint& f) const {
    const core::replay::index_place index{indexes_[shard].begin.load(std::memory_order_relaxed),
                                          indexes_[shard].slots.load(std::memory_order_relaxed),
                                          seed_};
    sys::prefetch(index.of(f));
    sys::prefetch(next_[shard].entry.load(std::memory_order_relaxed));
    sys::prefetch(next_[shard].leaving_slot.load(std::memory_order_relaxed));
    sys::prefetch(ledgers_ + shard * sizeof(core::replay::ledger));
  }

 private:
  struct table {
    std::atomic<std::uintptr_t> begin = 0;
    std::atomic<std::size_t> slots = 0;
  };
  struct target {
    std::atomic<std::uintptr_t> entry = 0;
    std::atomic<std::uintptr_t> leaving_slot = 0;
  };
  std::vector<table> indexes_;  ///< apart from what each mark changes
  std::vector<target> next_;
  std::uintptr_t ledgers_;
  std::uint64_t seed_;
};

}  // namespace gateway::replay
