// SPDX-License-Identifier: Apache-2.0
#pragma once

// A thread's event loop and what is started on it: the rest of Asio that other rooms need, under
// names of our own.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <coroutine>
#include <utility>

#include "gateway/net/asio_types.hpp"
#include "gateway/net/task.hpp"

namespace gateway::net {

using work_guard = boost::asio::executor_work_guard<executor>;
using stream_descriptor = boost::asio::posix::basic_stream_descriptor<executor>;

/// Runs a task on the loop, from its next turn on; nobody waits for it. What it throws ends the
/// process. A task that still waits when the loop is destroyed is destroyed with it.
void spawn(event_loop& loop, task<void> work);

/// The same for a coroutine of Asio's, whose exceptions nobody hears.
inline void spawn(event_loop& loop, asio_task<void> work) {
  boost::asio::co_spawn(loop, std::move(work), boost::asio::detached);
}

/// Runs `work` on the loop's thread. Thread-safe.
template <class Function>
void post(event_loop& loop, Function&& work) {
  boost::asio::post(loop, std::forward<Function>(work));
}

/// co_await when_readable(object): lets a task wait until an acceptor or a descriptor of Asio's has
/// something. @return Asio's error_code.
template <class Object>
class when_readable {
 public:
  explicit when_readable(Object& waited_for) : waited_for_(waited_for) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waited_for_.async_wait(Object::wait_read, [this, waiting](const boost::system::error_code& ec) {
      outcome_ = ec;
      waiting.resume();
    });
  }
  [[nodiscard]] boost::system::error_code await_resume() const { return outcome_; }

 private:
  Object& waited_for_;
  boost::system::error_code outcome_;
};

}  // namespace gateway::net
