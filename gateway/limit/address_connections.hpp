// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many connections each address has at once, of all workers together. There are never more
// addresses than connections, which `limits.connections` bounds.

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "core/limit/failing_address.hpp"

namespace gateway::limit {

class address_connections {
 public:
  using address_key = core::limit::address_key;

  address_connections() = default;
  address_connections(const address_connections&) = delete;
  address_connections& operator=(const address_connections&) = delete;

  /// True, and it has one more, unless it has `most` already.
  bool take(address_key address, std::uint32_t most);
  /// One that take() counted is closed.
  void give_back(address_key address);
  /// How many addresses have any.
  [[nodiscard]] std::size_t addresses();

 private:
  struct alignas(64) part {
    std::mutex lock;
    std::unordered_map<address_key, std::uint32_t> open;
  };

  part& part_of(address_key address) { return parts_[address * 0x9E3779B97F4A7C15U >> 60U]; }

  std::array<part, 16> parts_;
};

/// A connection that is counted, until it is closed.
class counted_connection {
 public:
  counted_connection() = default;
  /// Of one that take() counted.
  counted_connection(address_connections& all, core::limit::address_key address)
      : all_(&all), address_(address) {}
  counted_connection(counted_connection&& other) noexcept
      : all_(std::exchange(other.all_, nullptr)), address_(other.address_) {}
  counted_connection& operator=(counted_connection&&) = delete;
  ~counted_connection() {
    if (all_ != nullptr) all_->give_back(address_);
  }

 private:
  address_connections* all_ = nullptr;
  core::limit::address_key address_ = 0;
};

}  // namespace gateway::limit
