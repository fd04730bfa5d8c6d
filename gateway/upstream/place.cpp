// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/place.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/net/notification.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::upstream {

using core::base::errc;
using outcome = core::base::result<void>;
using std::chrono::milliseconds;

namespace {

// How soon it shows that a client hung up while it waited: the wheel's own step, as a shorter one
// would not be kept.
constexpr milliseconds look_every = net::deadlines::tick;

/// Shared with the message that wakes it, which may be under way still when the wait has ended.
class queued final : public slots::waiter, public std::enable_shared_from_this<queued> {
 public:
  queued(net::event_loop& loop, net::deadlines& wheel) : told(loop, wheel), loop_(loop) {}

  net::notification told;

 private:
  void granted() override {
    net::post(loop_, [self = shared_from_this()] { self->told.notify(); });
  }
  net::event_loop& loop_;
};

/// Whatever ends the wait, an exception too: nobody stays in the line, and no place is lost.
class attendance {
 public:
  attendance(slots& line, slots::waiter& w, bool& held) : line_(line), waiter_(w), held_(held) {}
  attendance(const attendance&) = delete;
  attendance& operator=(const attendance&) = delete;
  ~attendance() { end(); }
  void end() {
    if (!std::exchange(ended_, true)) held_ = !line_.withdraw(waiter_);
  }

 private:
  slots& line_;
  slots::waiter& waiter_;
  bool& held_;
  bool ended_ = false;
};

}  // namespace

net::task<outcome> place::wait(surroundings where) {
  const auto me = std::make_shared<queued>(where.loop, where.wheel);
  switch (of_.take_or_wait(*me)) {
    case slots::entry::full: co_return errc::upstream_busy;
    case slots::entry::taken: held_ = true; co_return outcome();
    case slots::entry::waits: break;
  }
  attendance stay(of_, *me, held_);
  const std::int64_t until = sys::steady_us() + std::chrono::microseconds(where.patience).count();
  std::int64_t left_us = until - sys::steady_us();
  bool told = false;
  bool gone = false;
  while (left_us > 0 && !told && !gone) {
    const auto left = std::chrono::ceil<milliseconds>(std::chrono::microseconds(left_us));
    told = co_await me->told.wait(std::min(left, look_every));
    // Nor is a place of use to whoever left the moment before: the service has work enough.
    gone = where.client.ended();
    left_us = until - sys::steady_us();
  }
  stay.end();
  // The last moment may have brought a place after all.
  if (gone) co_return errc::client_closed;
  if (!held_) co_return errc::upstream_queue_timeout;
  co_return outcome();
}

}  // namespace gateway::upstream
