// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether the event loop of another thread still turns.

#include <atomic>
#include <cstdint>

#include "gateway/net/loop.hpp"

namespace gateway::app {

/// Belongs to one asking thread. Lives as long as the loop is run.
class heartbeat {
 public:
  explicit heartbeat(net::event_loop& of) : of_(of) {}

  /// Leaves the loop something to do, which is its answer.
  void ask() {
    net::post(
        of_, [this, question = ++asked_] { answered_.store(question, std::memory_order_relaxed); });
  }
  /// Has the loop come to all that was asked?
  [[nodiscard]] bool answered() const {
    return answered_.load(std::memory_order_relaxed) == asked_;
  }

 private:
  net::event_loop& of_;
  std::uint64_t asked_ = 0;
  std::atomic<std::uint64_t> answered_{0};
};

}  // namespace gateway::app
