// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/slabs.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

namespace gateway::replay {

namespace {

using core::replay::entry;

constexpr std::array<char, 8> magic{'c', 's', 'm', 'a', 'r', 'k', 's', '\n'};
constexpr std::uint32_t format_version = 1;
constexpr std::uint32_t byte_order_probe = 0x01020304;
constexpr std::size_t page = 4096;
constexpr std::size_t ledgers_at = page;
constexpr std::size_t slabs_at = 2 * page;

/// A shard grows by so many entries at a time: 64 KiB.
constexpr std::uint32_t step = 65536 / sizeof(entry);
/// Few enough marks a shard that growing its index is a pause of less than a millisecond.
constexpr std::uint64_t marks_for_another_shard = 32768;
constexpr std::uint64_t most_shards = 64;
static_assert(most_shards * sizeof(core::replay::ledger) <= page);
static_assert(sizeof(state_header) <= page);

std::size_t pages(std::size_t bytes) { return (bytes + page - 1) / page * page; }

std::size_t stride(const shard_plan& plan) { return pages(plan.entries(0) * sizeof(entry)); }

std::size_t slab_at(const shard_plan& plan, std::uint32_t shard) {
  return slabs_at + shard * stride(plan);
}

std::size_t whole_size(const shard_plan& plan) { return slab_at(plan, plan.shards); }

std::uint64_t check_of(const state_header& head) {
  std::array<unsigned char, offsetof(state_header, check)> bytes;
  std::memcpy(bytes.data(), &head, bytes.size());
  std::uint64_t hash = 14695981039346656037U;
  for (const auto byte : bytes) hash = (hash ^ byte) * 1099511628211U;
  return hash;
}

std::array<char, 40> boot_id() {
  std::array<char, 40> id{};
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string text;
  if (std::getline(in, text)) text.copy(id.data(), id.size() - 1);
  return id;
}

/// The header of a file that was ours once; nothing when it was, but can't be read. Throws when the
/// file is somebody else's.
std::optional<state_header> read_header(const locked_file& file) {
  const auto first = file.beginning(page);
  if (first.find_first_not_of('\0') == std::string::npos) return std::nullopt;
  if (first.compare(0, magic.size(), std::string_view(magic.data(), magic.size())) != 0) {
    file.fail("holds something else than marks and is left alone; name another file, or remove it");
  }
  if (first.size() < sizeof(state_header)) return std::nullopt;
  state_header head{};
  std::memcpy(&head, first.data(), sizeof head);
  if (head.check != check_of(head) || head.version != format_version ||
      head.byte_order != byte_order_probe || head.entry_size != sizeof(entry)) {
    return std::nullopt;
  }
  const shard_plan plan(head.capacity);
  if (plan.shards != head.shards || file.size() < whole_size(plan)) return std::nullopt;
  return head;
}

}  // namespace

shard_plan::shard_plan(std::uint64_t how_many) : capacity(how_many), shards(1) {
  if (capacity == 0)
    throw std::runtime_error("replay: a store for no marks would refuse every message");
  shards = static_cast<std::uint32_t>(std::bit_floor(
      std::clamp<std::uint64_t>(capacity / marks_for_another_shard, 1, most_shards)));
  if (capacity / shards >= core::replay::nil / 2) {
    throw std::runtime_error("replay: " + std::to_string(capacity) +
                             " marks are more than a store can number");
  }
}

slabs::slabs(const shard_plan& plan) : plan_(plan), memory_(whole_size(plan)) {}

slabs::slabs(const shard_plan& plan, const std::string& path)
    : plan_(plan), file_(std::make_unique<locked_file>(path)) {
  if (file_->created()) {
    if (file_->leave_trace()) inherited_ = inheritance::gone;
    format();
    return;
  }
  const auto head = read_header(*file_);
  file_->leave_trace();
  if (!head) {
    inherited_ = inheritance::lost;
    format();
    return;
  }
  const auto now_booted = boot_id();
  const bool same_boot = now_booted[0] != '\0' && head->boot_id == now_booted;
  inherit(shard_plan(head->capacity), same_boot || head->clean == 1);
}

slabs::~slabs() { close(); }

void slabs::close() {
  if (!file_) return;
  if (committed_ && memory_.sync(memory_.size())) {
    header().clean = 1;
    std::ignore = memory_.sync(page);
  }
  file_.reset();
}

void slabs::inherit(const shard_plan& before, bool trusted) {
  memory_ = mapping(*file_, whole_size(before));
  for (std::uint32_t shard = 0; shard < before.shards; ++shard) {
    auto& kept = ledger(shard);
    if (kept.used > before.entries(shard)) {
      kept.used = 0;
      trusted = false;
    }
  }
  inherited_ = trusted ? inheritance::whole : inheritance::partly;
  for (std::uint32_t shard = 0; !trusted && shard < before.shards; ++shard) {
    auto& kept = ledger(shard);
    // The latest window that can be told is the horizon: what is missing ended there at the latest,
    // by that machine's clock.
    kept.horizon = kept.proven_highest();
    kept.highest = 0;
    kept.raise_highest(static_cast<std::uint32_t>(kept.horizon));
  }
  if (before.capacity != plan_.capacity) take_over(before);
}

/// The capacity is another one now: what fits is carried over, in memory. Killed half-way, the file
/// is found `lost` or `partly`.
void slabs::take_over(const shard_plan& before) {
  core::replay::ledger summary{};
  std::vector<entry> marks;
  for (std::uint32_t shard = 0; shard < before.shards; ++shard) {
    const auto& kept = ledger(shard);
    summary.raise_horizon(kept.horizon);
    summary.raise_highest(static_cast<std::uint32_t>(kept.highest));
    const auto* const from = slab(before, shard);
    std::copy_if(from, from + kept.used, std::back_inserter(marks),
                 [](const entry& e) { return !e.free(); });
  }
  memory_ = {};
  format();
  refill(std::move(marks), summary);
}

void slabs::refill(std::vector<entry> marks, const core::replay::ledger& summary) {
  std::sort(marks.begin(), marks.end(),
            [](const entry& a, const entry& b) { return a.window_end > b.window_end; });
  std::vector<std::uint32_t> usable(plan_.shards);
  for (std::uint32_t shard = 0; shard < plan_.shards; ++shard) {
    ledger(shard).raise_horizon(summary.horizon);
    ledger(shard).raise_highest(static_cast<std::uint32_t>(summary.highest));
  }
  for (const auto& mark : marks) {
    const auto shard = plan_.shard_of(mark.fingerprint);
    auto& kept = ledger(shard);
    if (kept.used == usable[shard]) usable[shard] = extend(shard, usable[shard]);
    if (kept.used == usable[shard]) {
      kept.raise_horizon(mark.window_end);
    } else {
      entries(shard)[kept.used++] = mark;
    }
  }
}

void slabs::format() {
  file_->blank(whole_size(plan_));
  if (!file_->allocate(0, slabs_at)) file_->fail("there is no room on its disk");
  memory_ = mapping(*file_, whole_size(plan_));
  auto& head = header();
  head.magic = magic;
  head.version = format_version;
  head.byte_order = byte_order_probe;
  head.capacity = plan_.capacity;
  head.shards = plan_.shards;
  head.entry_size = sizeof(entry);
  head.check = check_of(head);
}

void slabs::commit() {
  if (!file_) return;
  header().boot_id = boot_id();
  header().clean = 0;
  // On the disk before the first mark: or the machine could go down and leave a file that still
  // calls itself whole.
  if (!memory_.sync(slabs_at)) file_->fail_errno("can't be written");
  committed_ = true;
}

state_header& slabs::header() {
  return *static_cast<state_header*>(static_cast<void*>(memory_.data()));
}

core::replay::ledger& slabs::ledger(std::uint32_t shard) {
  return static_cast<core::replay::ledger*>(static_cast<void*>(memory_.data() + ledgers_at))[shard];
}

entry* slabs::slab(const shard_plan& plan, std::uint32_t shard) {
  return static_cast<entry*>(static_cast<void*>(memory_.data() + slab_at(plan, shard)));
}

std::uint32_t slabs::extend(std::uint32_t shard, std::uint32_t usable) {
  const auto all = plan_.entries(shard);
  if (!file_) return all;
  const auto wanted = usable + std::min(step, all - usable);
  const auto from = slab_at(plan_, shard) + usable * sizeof(entry);
  return file_->allocate(from, (wanted - usable) * sizeof(entry)) ? wanted : usable;
}

}  // namespace gateway::replay
