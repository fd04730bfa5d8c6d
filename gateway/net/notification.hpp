// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a coroutine waits for what another part of the program does, and not for a socket; with a
// deadline, as every wait. Lives on one worker's thread: from another one, post to its loop.

#include <boost/asio/async_result.hpp>
#include <chrono>
#include <optional>

#include "gateway/net/deadlines.hpp"
#include "gateway/net/task.hpp"

namespace gateway::net {

class notification final : private deadlines::entry {
 public:
  explicit notification(deadlines& wheel) : entry(wheel) {}

  /// Waits until notified, which may have happened before. One coroutine at a time.
  /// @return false if the time ran out first.
  task<bool> wait(std::chrono::milliseconds timeout);
  /// Once and for all: whoever waits later finds it notified.
  void notify();

 private:
  using completion = boost::asio::async_result<boost::asio::use_awaitable_t<executor>, void()>;

  void expire() override { wake(); }
  task<void> suspend();
  void wake();

  bool notified_ = false;
  std::optional<completion::handler_type> waiting_;
};

}  // namespace gateway::net
