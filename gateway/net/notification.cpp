// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/notification.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace gateway::net {

namespace {

/// Keeps the coroutine's completion instead of starting an operation that would call it.
template <class Handler>
struct keep_in {
  std::optional<Handler>* place;
  void operator()(Handler handler) const { place->emplace(std::move(handler)); }
};

}  // namespace

task<void> notification::suspend() {
  using token = boost::asio::use_awaitable_t<executor>;
  token awaiting;
  return boost::asio::async_initiate<token, void()>(keep_in<completion::handler_type>{&waiting_},
                                                    awaiting);
}

task<bool> notification::wait(std::chrono::milliseconds timeout) {
  if (!notified_) {
    arm(timeout);
    co_await suspend();
    disarm();
  }
  co_return notified_;
}

void notification::notify() {
  notified_ = true;
  wake();
}

// Posted, not called: who wakes it is in the midst of its own work.
void notification::wake() {
  if (!waiting_) return;
  completion::handler_type resume = std::move(*waiting_);
  waiting_.reset();
  boost::asio::post(std::move(resume));
}

}  // namespace gateway::net
