// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells whether a client holds its half of the entries, exactly, without a counter per client:
// clients are counted in 256 groups, and only in a group that as a whole has reached the half are
// they told apart (so many can only be a few groups at once).

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/replay/entry.hpp"

namespace core::replay {

class client_share {
 public:
  explicit client_share(std::uint32_t half) : half_(half) {}

  void add(std::uint32_t client);
  void remove(std::uint32_t client);
  /// `entries`: all that were ever filled; they are read when a group reaches the half, which is
  /// rare. May throw std::bad_alloc.
  [[nodiscard]] bool at_half(std::uint32_t client, std::span<const entry> entries);

  [[nodiscard]] std::uint64_t bytes() const;

 private:
  struct member {
    std::uint32_t client;
    std::uint32_t count;
  };
  struct group {
    std::uint32_t number;
    std::vector<member> members;  ///< the one that was added last stands first
  };

  static std::uint32_t group_of(std::uint32_t client) { return (client * 2654435769U) >> 24U; }
  group* watched(std::uint32_t number);
  group& watch(std::uint32_t number, std::span<const entry> entries);
  static void count(group& g, std::uint32_t client);

  std::uint32_t half_;
  std::array<std::uint32_t, 256> sums_{};
  std::vector<group> watched_;
};

}  // namespace core::replay
