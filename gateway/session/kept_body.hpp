// SPDX-License-Identifier: Apache-2.0
#pragma once

// A body as it came: what opens it writes over it.

#include <cstddef>
#include <cstring>
#include <string_view>

#include "gateway/net/buffers.hpp"

namespace gateway::session {

class kept_body {
 public:
  void keep(std::string_view body, net::buffer_pool& buffers) {
    if (body.empty()) return;
    memory_ = buffers.borrow(body.size());
    std::memcpy(memory_.data(), body.data(), body.size());
    size_ = body.size();
  }
  /// What was kept; `here` where nothing was, because nothing has written over it.
  [[nodiscard]] std::string_view or_else(std::string_view here) const {
    return size_ == 0 ? here : std::string_view(memory_.data(), size_);
  }

 private:
  net::buffer memory_;
  std::size_t size_ = 0;
};

}  // namespace gateway::session
