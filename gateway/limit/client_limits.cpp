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
    if (before != nullptr)
      if (const auto kept = before->by_id_.find(c.id); kept != before->by_id_.end())
        one.words = kept->second;
    if (!one.words) one.words = std::make_shared<client_words>();
    by_id_.emplace(c.id, one.words);
  }
}

turn::~turn() { end(); }

void turn::end() {
  if (running_ != nullptr)
    std::exchange(running_, nullptr)->running.fetch_sub(1, std::memory_order_relaxed);
}

core::base::result<void> turn::take(const client_limit& limit, std::int64_t now) {
  client_words& words = *limit.words;
  if (limit.concurrency) {
    std::uint32_t others = words.running.load(std::memory_order_relaxed);
    do {
      if (others >= *limit.concurrency) return errc::concurrency_limited;
    } while (!words.running.compare_exchange_weak(others, others + 1, std::memory_order_relaxed));
    running_ = &words;
  }
  if (!limit.rate) return {};
  core::limit::rate_state seen = words.rate.load(std::memory_order_relaxed);
  core::limit::rate_answer answer;
  do {
    answer = core::limit::take(*limit.rate, seen, now);
  } while (answer.allowed &&
           !words.rate.compare_exchange_weak(seen, answer.next, std::memory_order_relaxed));
  standing_ = core::limit::standing{*limit.rate, answer};
  if (answer.allowed) return {};
  end();
  return errc::rate_limited;
}

}  // namespace gateway::limit
