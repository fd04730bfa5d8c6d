// SPDX-License-Identifier: Apache-2.0
#pragma once

// Buffers borrowed and given back: a connection that waits holds none. Not thread-safe: one pool
// per worker.

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace gateway::net {

class buffer_pool;

/// Memory on loan; goes back when it dies. Its bytes are whatever the last user left, so nothing
/// may read what it did not write.
class buffer {
 public:
  buffer() = default;
  buffer(buffer&& other) noexcept { swap(other); }
  buffer& operator=(buffer&& other) noexcept {
    buffer taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~buffer();

  [[nodiscard]] std::span<char> bytes() const { return {memory_.get(), size_}; }
  [[nodiscard]] char* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  explicit operator bool() const { return memory_ != nullptr; }
  void give_back() { *this = buffer(); }

 private:
  friend class buffer_pool;
  void swap(buffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(pool_, other.pool_);
  }
  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
  buffer_pool* pool_ = nullptr;
};

class buffer_pool {
 public:
  buffer_pool() = default;
  buffer_pool(const buffer_pool&) = delete;
  buffer_pool& operator=(const buffer_pool&) = delete;

  /// At least `size` bytes: the next power of two, 4 KiB or more.
  buffer borrow(std::size_t size);
  /// Bytes that wait for the next user.
  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  friend class buffer;
  static constexpr std::size_t smallest = 12;  // 4 KiB
  static constexpr std::size_t classes = 14;   // up to 32 MiB is kept for the next user
  static constexpr std::size_t kept_bytes = 8u << 20;

  void take_back(std::unique_ptr<char[]> memory, std::size_t size);

  std::array<std::vector<std::unique_ptr<char[]>>, classes> free_;
  std::size_t held_ =
      0;  ///< bytes in free_: no more than kept_bytes, so that a burst does not stay in memory
};

}  // namespace gateway::net
