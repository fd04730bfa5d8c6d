// SPDX-License-Identifier: Apache-2.0
#pragma once

// How often each address has failed of late, for all workers together, in memory of a fixed size.
// Asking takes no lock and writes nothing; only who failed pays for more.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "core/limit/failing_address.hpp"
#include "core/limit/rate.hpp"

namespace gateway::limit {

class address_failures {
 public:
  using address_key = core::limit::address_key;

  /// `allowed`: so many failures, in so long. `seed` is what nobody else knows: who could tell
  /// which addresses share a set could push others out of it.
  address_failures(const core::limit::rate& allowed, std::uint64_t seed);

  /// How long it has to wait; nothing if it may be listened to. `now` in nanoseconds of the steady
  /// clock, as below.
  [[nodiscard]] std::optional<core::limit::rate_answer> refuses(address_key address,
                                                                std::int64_t now) const;
  void failed(address_key address, std::int64_t now);

  [[nodiscard]] const core::limit::rate& allowed() const { return allowed_; }

  /// So many addresses are remembered, at most. Beyond them one is forgotten whose failures are
  /// soon over, of the few that share its set.
  static constexpr std::size_t capacity = 65'536;

 private:
  static constexpr std::size_t in_a_set = 8;
  static constexpr std::size_t sets = capacity / in_a_set;
  static constexpr std::size_t locks = 64;

  struct place {
    std::atomic<address_key> address{0};
    std::atomic<core::limit::rate_state> state{0};
  };
  /// Two lines of the cache.
  struct alignas(64) set {
    std::array<place, in_a_set> places;
  };

  [[nodiscard]] std::size_t set_of(address_key address) const;

  const core::limit::rate allowed_;
  const std::uint64_t seed_;
  std::unique_ptr<std::array<set, sets>> sets_;
  std::array<std::mutex, locks> writing_;  // each for every so manieth set
};

}  // namespace gateway::limit
