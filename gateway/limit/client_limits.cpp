// SPDX-License-Identifier: Apache-2.0
#include "gateway/limit/client_limits.hpp"

#include <utility>

namespace gateway::limit {

using core::base::errc;

client_limits::client_limits(const std::vector<core::config::client>& clients,
                             const client_limits* before) {
  all_.reserve(clients.size());
  for (const core::config::client& c : clients) {
    client_limit& one = all_.emplace_back();
    if (!c.rate && !c.concurrency) continue;
    one.rate = c.rate;
    one.concurrency = c.concurrency;
    const client_limit* old = before == nullptr ? nullptr : before->find(c.id);
    if (c.rate)
      one.used = old != nullptr && old->rate == c.rate ? old->used : std::make_shared<rate_word>();
    if (c.concurrency)
      one.running =
          old != nullptr && old->running ? old->running : std::make_shared<running_word>();
    by_id_.emplace(c.id, all_.size() - 1);
  }
  // Behind the last one that has a limit there is nothing to look at: with many clients, one more
  // place in memory to wait for.
  while (!all_.empty() && !all_.back().any()) all_.pop_back();
}

const client_limit* client_limits::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &all_[found->second];
}

void turn::end() {
  if (running_ != nullptr)
    std::exchange(running_, nullptr)->requests.fetch_sub(1, std::memory_order_relaxed);
}

core::base::result<void> turn::take(const client_limit& limit, std::int64_t now) {
  if (limit.concurrency) {
    std::atomic<std::uint32_t>& requests = limit.running->requests;
    std::uint32_t others = requests.load(std::memory_order_relaxed);
    do {
      if (others >= *limit.concurrency) return errc::concurrency_limited;
    } while (!requests.compare_exchange_weak(others, others + 1, std::memory_order_relaxed));
    running_ = limit.running.get();
  }
  if (!limit.rate) return {};
  std::atomic<core::limit::rate_state>& state = limit.used->state;
  core::limit::rate_state seen = state.load(std::memory_order_relaxed);
  core::limit::rate_answer answer;
  do {
    answer = core::limit::take(*limit.rate, seen, now);
  } while (answer.allowed &&
           !state.compare_exchange_weak(seen, answer.next, std::memory_order_relaxed));
  standing_ = core::limit::standing{*limit.rate, answer};
  if (answer.allowed) return {};
  end();
  return errc::rate_limited;
}

}  // namespace gateway::limit
