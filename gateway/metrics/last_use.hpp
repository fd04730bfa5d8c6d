// SPDX-License-Identifier: Apache-2.0
#pragma once

// When, from where and with which version a secret last proved a message, as one worker saw it. The
// worker writes without a lock; who reads meanwhile looks again.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::metrics {

class last_use {
 public:
  struct reading {
    std::int64_t at_us = 0;  ///< since 1970
    std::string address;     ///< as the access log has it; empty if it wasn't known
    std::string version;     ///< as the message said
  };

  /// Writer only. `address` and `version` are cut off beyond `longest_address` and
  /// `longest_version`; nothing but the time is written while they stay the same.
  void set(std::int64_t at_us, std::string_view address, std::string_view version);

  // Any thread.
  [[nodiscard]] std::int64_t at_us() const { return at_us_.load(std::memory_order_relaxed); }
  [[nodiscard]] reading look() const;

  /// An IPv6 address with an IPv4 address within takes 45 characters.
  static constexpr std::size_t longest_address = 48;
  static constexpr std::size_t longest_version = 32;

 private:
  static constexpr std::size_t word = sizeof(std::uint64_t);
  using text = std::array<std::uint64_t, (longest_address + longest_version) / word>;

  std::atomic<std::int64_t> at_us_{0};
  std::atomic<std::uint64_t> changes_{0};  // odd: what follows is being written
  std::array<std::atomic<std::uint64_t>, text{}.size()> words_{};  // both texts, zeros behind each
};

}  // namespace gateway::metrics
