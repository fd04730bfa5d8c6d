// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/last_use.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

namespace gateway::metrics {

void last_use::set(std::int64_t at_us, std::string_view address, std::string_view version) {
  text now{};
  std::array<char, longest_address + longest_version> bytes{};
  address.copy(bytes.data(), longest_address);
  version.copy(bytes.data() + longest_address, longest_version);
  std::memcpy(now.data(), bytes.data(), bytes.size());
  bool same = true;
  for (std::size_t i = 0; i < now.size(); ++i)
    same = same && now[i] == words_[i].load(std::memory_order_relaxed);
  if (!same) {
    // A sequence lock (Boehm, "Can seqlocks get along with programming language memory models?",
    // 2012), with the order on the accesses themselves: ThreadSanitizer knows no fences.
    const std::uint64_t before = changes_.load(std::memory_order_relaxed);
    changes_.store(before + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < now.size(); ++i) words_[i].store(now[i], std::memory_order_release);
    changes_.store(before + 2, std::memory_order_release);
  }
  at_us_.store(at_us, std::memory_order_relaxed);
}

last_use::reading last_use::look() const {
  text seen{};
  reading out;
  for (;;) {
    const std::uint64_t before = changes_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < seen.size(); ++i)
      seen[i] = words_[i].load(std::memory_order_acquire);
    out.at_us = at_us();
    if (before % 2 == 0 && changes_.load(std::memory_order_relaxed) == before) break;
    std::this_thread::yield();
  }
  std::array<char, longest_address + longest_version> bytes{};
  std::memcpy(bytes.data(), seen.data(), bytes.size());
  const std::string_view all(bytes.data(), bytes.size());
  const auto text_of = [](std::string_view padded) {
    return std::string(padded.substr(0, padded.find('\0')));
  };
  out.address = text_of(all.substr(0, longest_address));
  out.version = text_of(all.substr(longest_address));
  return out;
}

}  // namespace gateway::metrics
