// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is left to send of a message in a few parts.

#include <sys/types.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace gateway::net {

class unsent {
 public:
  /// More parts than this are a defect of the caller's.
  static constexpr std::size_t most_parts = 4;

  unsent() = default;
  explicit unsent(std::span<const std::string_view> parts);

  [[nodiscard]] bool empty() const { return first_ == count_; }
  /// One attempt, as send(2): what it took is for took().
  [[nodiscard]] ssize_t send_to(int socket) const;
  /// The next bytes in one piece, at most as many as `together` has room for: where they stand, or
  /// copied to there. Not to be called when empty.
  [[nodiscard]] std::string_view next(std::span<char> together) const;
  /// The kernel has taken so many bytes.
  void took(std::size_t bytes);

 private:
  std::array<iovec, most_parts> parts_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace gateway::net
