// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/store.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "core/replay/expiring_set.hpp"
#include "gateway/replay/outlook.hpp"
#include "gateway/replay/slabs.hpp"
#include "gateway/sys/entropy.hpp"
#include "gateway/sys/prefetch.hpp"

namespace gateway::replay {

using core::replay::expiring_set;
using core::replay::verdict;

namespace {

/// How many marks a shard forgets while its figures are read: what an idle store needs to become
/// small again.
constexpr std::uint32_t expire_with_figures = 1024;

/// A shard's lines in the cache are its own.
struct alignas(64) shard {
  shard(const expiring_set::settings& s, core::replay::entry* entries, core::replay::ledger& ledger,
        std::int64_t now)
      : marks(s, entries, ledger, now) {}

  std::mutex door;
  bool given_away = false;        ///< are the marks another process's now?
  std::int64_t disk_full_at = 0;  ///< when the disk had no room; it is asked once a second then
  expiring_set marks;
};

std::uint64_t random_seed() {
  std::array<char, sizeof(std::uint64_t)> bytes{};
  sys::entropy().fill(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

}  // namespace

struct store::impl {
  impl(const store_settings& s, std::int64_t now)
      : settings(s),
        plan(s.capacity),
        memory(s.state_file.empty() ? std::make_unique<slabs>(plan)
                                    : std::make_unique<slabs>(plan, s.state_file)) {
    const auto seed = random_seed();
    const bool blind = memory->inherited() == inheritance::none
                           ? s.barrier
                           : memory->inherited() != inheritance::whole;
    // Whatever an earlier process accepted was stamped at most `future` ahead of its clock.
    const auto barrier = blind ? now + s.future + s.window : 0;
    shards.reserve(plan.shards);
    for (std::uint32_t i = 0; i < plan.shards; ++i) {
      shards.push_back(std::make_unique<shard>(
          expiring_set::settings{plan.entries(i), s.retention, s.window + s.future, seed},
          memory->entries(i), memory->ledger(i), now));
      shards.back()->marks.forbid(barrier);
    }
    places = std::make_unique<outlook>(plan.shards, memory->ledger(0),
                                       shards.front()->marks.where().seed);
    for (std::uint32_t i = 0; i < plan.shards; ++i) places->update(i, shards[i]->marks);
    memory->commit();
    write_note(barrier - s.narrowest);
  }

  void write_note(std::int64_t last_stamp) {
    note = what_is_missing();
    if (!note.empty())
      note += ": messages stamped up to " + std::to_string(last_stamp) + " are refused";
  }

  /// Of the marks that an earlier process made; empty: nothing.
  [[nodiscard]] std::string what_is_missing() const {
    const std::string file = "the replay state file " + settings.state_file;
    switch (memory->inherited()) {
      case inheritance::whole: break;
      case inheritance::partly:
        return "the machine went down while " + file + " was open, its latest marks may be missing";
      case inheritance::lost: return file + " can't be read, its marks are lost";
      case inheritance::gone: return file + " is gone, its marks are lost";
      case inheritance::none:
        if (!settings.barrier) break;
        if (settings.state_file.empty())
          return "replay marks don't survive a restart (no state file)";
        return file + " was not there, and there may have been one";
    }
    return {};
  }

  shard& shard_of(const core::replay::mark& m) { return *shards[plan.shard_of(m.fingerprint)]; }

  /// Under the shard's lock.
  void make_room(shard& s, std::uint32_t number, std::int64_t now) {
    if (s.disk_full_at == now) return;
    const auto before = s.marks.granted();
    s.marks.grant(memory->extend(number, before));
    if (s.marks.granted() == before) s.disk_full_at = now;
  }

  store_settings settings;
  shard_plan plan;
  std::unique_ptr<slabs> memory;
  std::vector<std::unique_ptr<shard>> shards;
  std::unique_ptr<outlook> places;
  std::string note;
};

store::store(const store_settings& settings, std::int64_t now) {
  all_.push_back(std::make_unique<impl>(settings, now));
  impl_ = all_.back().get();
}
store::~store() = default;

const std::string& store::note() const { return impl_.load()->note; }

bool store::first_start() const {
  const impl& held = *impl_.load();
  return !held.settings.state_file.empty() && held.memory->inherited() == inheritance::none;
}

void store::expect(const core::replay::mark& m) const {
  // Behind the door stands what each mark needs.
  static constexpr std::size_t needed = 4 * 64;
  const impl& held = *impl_.load(std::memory_order_acquire);
  const std::uint32_t number = held.plan.shard_of(m.fingerprint);
  held.places->fetch_for(number, m.fingerprint);
  sys::prefetch(held.shards[number].get(), needed);
}

verdict store::reserve(const core::replay::mark& m, std::int64_t now) {
  impl& held = *impl_.load(std::memory_order_acquire);
  const std::uint32_t number = held.plan.shard_of(m.fingerprint);
  shard& s = *held.shards[number];
  const std::lock_guard inside(s.door);
  if (s.given_away) return verdict::unavailable;
  try {
    if (s.marks.wants_room()) held.make_room(s, number, now);
    const verdict answer = s.marks.reserve(m, now);
    held.places->update(number, s.marks);
    return answer;
  } catch (const std::bad_alloc&) {
    return verdict::unavailable;
  }
}

void store::keep(const core::replay::mark&) {}

void store::release(const core::replay::mark& m) {
  auto& s = impl_.load(std::memory_order_acquire)->shard_of(m);
  const std::lock_guard inside(s.door);
  if (!s.given_away) s.marks.release(m);
}

store_figures store::figures(std::int64_t now) const {
  store_figures sum;
  std::int64_t horizon = 0;
  const impl& held = *impl_.load(std::memory_order_acquire);
  for (const auto& s : held.shards) {
    const std::lock_guard inside(s->door);
    if (!s->given_away) s->marks.expire(now, expire_with_figures);
    sum.marks += s->marks.size();
    sum.bytes += s->marks.bytes();
    if (s->given_away) continue;  // the file is another's, who may have made it smaller
    horizon = std::max(horizon, s->marks.horizon());
  }
  sum.retention_held = std::clamp<std::int64_t>(now - horizon, 0,
                                                std::max<std::int64_t>(held.settings.retention, 0));
  return sum;
}

std::int64_t store::refused_until() const {
  std::int64_t horizon = 0;
  const impl& held = *impl_.load();
  for (const auto& s : held.shards) {
    const std::lock_guard inside(s->door);
    if (!s->given_away) horizon = std::max(horizon, s->marks.horizon());
  }
  return std::max<std::int64_t>(horizon - held.settings.narrowest, 0);
}

bool store::hand_over() {
  impl& held = *impl_.load();
  if (held.settings.state_file.empty()) return false;
  for (const auto& s : held.shards) {
    const std::lock_guard inside(s->door);
    s->given_away = true;
  }
  held.memory->close();
  return true;
}

void store::take_back(std::int64_t now) {
  all_.push_back(std::make_unique<impl>(impl_.load()->settings, now));
  impl_ = all_.back().get();
}

}  // namespace gateway::replay
