// SPDX-License-Identifier: Apache-2.0
#pragma once

// The memory that marks live in: anonymous, or a file that outlives the process, sparse and growing
// as it is used. It knows the file's layout, how it was left and whether that can be trusted; it
// does not know what time it is.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/replay/entry.hpp"
#include "gateway/replay/locked_file.hpp"

namespace gateway::replay {

/// How many shards there are, and how many entries each has: together exactly the capacity.
struct shard_plan {
  /// Throws std::runtime_error when it is 0 or more than entries can be numbered.
  explicit shard_plan(std::uint64_t capacity);

  std::uint64_t capacity;
  std::uint32_t shards;  ///< a power of two, at most 64

  [[nodiscard]] std::uint32_t entries(std::uint32_t shard) const {
    return static_cast<std::uint32_t>(capacity / shards + (shard < capacity % shards ? 1 : 0));
  }
  [[nodiscard]] std::uint32_t shard_of(const core::replay::fingerprint& f) const {
    return f[0] & (shards - 1);
  }
};

/// The first page of a state file. Behind it a page of ledgers, then each shard's entries, each
/// shard on pages of its own.
struct state_header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t byte_order;
  std::uint64_t capacity;
  std::uint32_t shards;
  std::uint32_t entry_size;
  std::uint64_t check;  ///< FNV-1a of all that stands before it
  std::array<char, 40>
      boot_id;          ///< the boot in which it was open last; empty while it is being set up
  std::uint32_t clean;  ///< 1: closed in order, everything is on the disk
};

/// How the marks of an earlier process were found.
enum class inheritance {
  none,    ///< there is no file yet, or none is wanted: the first start
  gone,    ///< there was a file once, by the trace that it left; it isn't there any more
  whole,   ///< all are there
  partly,  ///< the machine went down while the file was open: what had reached the disk is there
  lost,    ///< there was a file, and it can't be read
};

class slabs {
 public:
  /// Anonymous memory, touched as it is used.
  explicit slabs(const shard_plan& plan);
  /// Throws std::runtime_error with a sentence for the operator.
  slabs(const shard_plan& plan, const std::string& path);
  ~slabs();
  slabs(const slabs&) = delete;
  slabs& operator=(const slabs&) = delete;

  [[nodiscard]] inheritance inherited() const { return inherited_; }
  /// From here on the file can be trusted after a kill -9, until the machine goes down. To be
  /// called before the first mark.
  void commit();

  core::replay::entry* entries(std::uint32_t shard) { return slab(plan_, shard); }
  core::replay::ledger& ledger(std::uint32_t shard);
  /// Marks the file as whole, once it is on the disk, and lets go of it: it may be another's from
  /// then on. Nothing may be written afterwards. For the destructor, unless it was called before.
  void close();
  /// Makes more of a shard's entries usable than the first `usable`. @return how many are then; as
  /// many when the disk is full.
  std::uint32_t extend(std::uint32_t shard, std::uint32_t usable);

 private:
  void inherit(const shard_plan& before, bool trusted);
  void take_over(const shard_plan& before);
  void format();
  void refill(std::vector<core::replay::entry> marks, const core::replay::ledger& summary);
  state_header& header();
  core::replay::entry* slab(const shard_plan& plan, std::uint32_t shard);

  shard_plan plan_;
  std::unique_ptr<locked_file> file_;
  mapping memory_;
  inheritance inherited_ = inheritance::none;
  bool committed_ = false;
};

}  // namespace gateway::replay
