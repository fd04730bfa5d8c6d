// SPDX-License-Identifier: Apache-2.0
#pragma once

// A thread's event loop and what is started on it: the rest of Asio that other rooms need, under
// names of our own.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "gateway/net/task.hpp"

namespace gateway::net {

using event_loop = boost::asio::io_context;
using work_guard = boost::asio::executor_work_guard<executor>;
using descriptor = boost::asio::posix::basic_stream_descriptor<executor>;

/// Runs a coroutine on the loop; nobody waits for it.
inline void spawn(event_loop& loop, task<void> work) {
  boost::asio::co_spawn(loop, std::move(work), boost::asio::detached);
}

/// Runs `work` on the loop's thread. Thread-safe.
template <class Function>
void post(event_loop& loop, Function&& work) {
  boost::asio::post(loop, std::forward<Function>(work));
}

}  // namespace gateway::net
