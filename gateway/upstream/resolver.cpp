// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/resolver.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "gateway/sys/clock.hpp"

namespace gateway::upstream {

/// Of the thread and whoever gives it work; the last of them takes it along.
struct resolver::shared {
  struct watched {
    task what;
    std::int64_t due_us = 0;  ///< by the steady clock
  };

  std::mutex guard;
  std::condition_variable changed;
  std::vector<watched> all;      // under the lock, as all that follows
  std::uint64_t generation = 0;  ///< how often was `all` exchanged?
  bool ended = false;
  std::function<void(looked_up)> tell;
  lookup look;
};

namespace {

std::int64_t us(std::chrono::milliseconds time) { return std::chrono::microseconds(time).count(); }

}  // namespace

resolver::resolver(std::function<void(looked_up)> tell, lookup look)
    : all_(std::make_shared<shared>()) {
  all_->tell = std::move(tell);
  all_->look = std::move(look);
  // Detached: nobody waits for what a name server takes its time for.
  std::thread([all = all_] { run(all); }).detach();
}

resolver::~resolver() {
  const std::lock_guard lock(all_->guard);
  all_->ended = true;
  all_->changed.notify_all();
}

void resolver::take_up(std::vector<task> wanted) {
  const std::lock_guard lock(all_->guard);
  std::vector<shared::watched> next;
  for (task& one : wanted) {
    const std::int64_t due_us = sys::steady_us() + us(one.every);
    next.push_back({std::move(one), due_us});
  }
  all_->all = std::move(next);
  ++all_->generation;
  all_->changed.notify_all();
}

void resolver::run(const std::shared_ptr<shared>& all) {
  static constexpr std::chrono::hours nothing_to_do{1};
  std::unique_lock lock(all->guard);
  while (!all->ended) {
    const auto next = std::ranges::min_element(all->all, {}, &shared::watched::due_us);
    const std::int64_t now_us = sys::steady_us();
    if (next == all->all.end() || next->due_us > now_us) {
      const auto wait = next == all->all.end() ? std::chrono::microseconds(nothing_to_do)
                                               : std::chrono::microseconds(next->due_us - now_us);
      all->changed.wait_for(lock, wait);
      continue;
    }
    next->due_us = now_us + us(next->what.every);
    looked_up found{next->what.name, {}, {}};
    const std::uint64_t generation = all->generation;
    lock.unlock();
    try {
      found.addresses = all->look(found.name);
    } catch (const std::runtime_error& e) {
      found.problem = e.what();
    }
    lock.lock();
    // Told under the lock: whoever listens is there as long as the resolver is.
    if (!all->ended && generation == all->generation) all->tell(std::move(found));
  }
}

}  // namespace gateway::upstream
