// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a task waits for what another part of the program does, and not for a socket; with a
// deadline, as every wait. Lives on one worker's thread: from another one, post to its loop.

#include <chrono>
#include <coroutine>

#include "gateway/net/asio_types.hpp"
#include "gateway/net/deadlines.hpp"

namespace gateway::net {

class notification final : private deadlines::entry {
 public:
  /// What waiting gives to co_await.
  class [[nodiscard]] operation {
   public:
    explicit operation(notification& on) : on_(on) {}
    [[nodiscard]] bool await_ready() const noexcept { return on_.notified_; }
    void await_suspend(std::coroutine_handle<> waiting) const noexcept { on_.waiting_ = waiting; }
    [[nodiscard]] bool await_resume() const noexcept { return on_.notified_; }

   private:
    notification& on_;
  };

  notification(event_loop& loop, deadlines& wheel) : entry(wheel), loop_(loop) {}

  /// Waits until notified, which may have happened before. One task at a time.
  /// @return false if the time ran out first.
  operation wait(std::chrono::milliseconds timeout);
  /// Once and for all: whoever waits later finds it notified.
  void notify();

 private:
  void expire() override { wake(); }
  void wake();

  event_loop& loop_;
  bool notified_ = false;
  std::coroutine_handle<> waiting_;
};

}  // namespace gateway::net
