// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/buffers.hpp"

#include <algorithm>
#include <bit>

namespace gateway::net {

buffer::~buffer() {
  if (memory_ && pool_ != nullptr) pool_->take_back(std::move(memory_), size_);
}

buffer buffer_pool::borrow(std::size_t size) {
  const std::size_t rounded = std::bit_ceil(std::max(size, std::size_t{1} << smallest));
  const auto index = static_cast<std::size_t>(std::countr_zero(rounded)) - smallest;
  buffer b;
  b.size_ = rounded;
  b.pool_ = this;
  if (index < classes && !free_[index].empty()) {
    b.memory_ = std::move(free_[index].back());
    free_[index].pop_back();
    held_ -= rounded;
  } else {
    b.memory_ = std::make_unique_for_overwrite<char[]>(rounded);
  }
  return b;
}

void buffer_pool::take_back(std::unique_ptr<char[]> memory, std::size_t size) {
  const auto index = static_cast<std::size_t>(std::countr_zero(size)) - smallest;
  if (index >= classes || held_ + size > kept_bytes) return;
  held_ += size;
  free_[index].push_back(std::move(memory));
}

}  // namespace gateway::net
