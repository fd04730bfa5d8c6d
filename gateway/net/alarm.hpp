// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a task waits for time, to the millisecond, and need not wait to its end. It has a timer of
// its own, so it is not for what happens at each request: that goes through net/deadlines.

#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <coroutine>

#include "gateway/net/asio_types.hpp"

namespace gateway::net {

class alarm {
 public:
  /// What waiting gives to co_await.
  class [[nodiscard]] operation {
   public:
    explicit operation(alarm& on) : on_(on) {}
    [[nodiscard]] bool await_ready() const noexcept { return on_.off_; }
    void await_suspend(std::coroutine_handle<> waiting) {
      on_.timer_.async_wait([waiting](const boost::system::error_code&) { waiting.resume(); });
    }
    void await_resume() const noexcept {}

   private:
    alarm& on_;
  };

  explicit alarm(event_loop& loop) : timer_(loop.get_executor()) {}

  /// One task at a time.
  operation wait(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    return operation(*this);
  }
  /// Once and for all: who waits goes on in the loop's next turn, and who comes later at once. On
  /// the loop's thread.
  void turn_off() {
    off_ = true;
    timer_.cancel();
  }

 private:
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, executor>
      timer_;
  bool off_ = false;
};

}  // namespace gateway::net
