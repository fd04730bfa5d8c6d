// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/deadlines.hpp"

#include <limits>

namespace gateway::net {

namespace {

using steady_timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

class when_due {
 public:
  explicit when_due(steady_timer& timer) : timer_(timer) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    timer_.async_wait([waiting](const boost::system::error_code&) { waiting.resume(); });
  }
  void await_resume() const noexcept {}

 private:
  steady_timer& timer_;
};

}  // namespace

task<void> pause(event_loop& loop, std::chrono::milliseconds time) {
  steady_timer timer(loop.get_executor());
  timer.expires_after(time);
  co_await when_due(timer);
}

void deadlines::entry::link(entry*& slot) {
  next_ = slot;
  if (next_ != nullptr) next_->previous_ = &next_;
  previous_ = &slot;
  slot = this;
  ++wheel_.linked_;
}

void deadlines::entry::unlink() {
  if (previous_ == nullptr) return;
  *previous_ = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  next_ = nullptr;
  previous_ = nullptr;
  --wheel_.linked_;
}

void deadlines::entry::arm(std::chrono::milliseconds timeout) {
  // One turn more: the current one has already begun.
  const auto turns =
      static_cast<std::uint64_t>(timeout / tick) + (timeout % tick != timeout.zero() ? 2 : 1);
  expires_at_ = wheel_.now_ + turns;
  if (previous_ == nullptr || looked_at_ > expires_at_) {
    unlink();
    wheel_.put(*this);
  }
  if (!wheel_.running_) wheel_.schedule();
}

void deadlines::put(entry& one) {
  one.looked_at_ = one.expires_at_;
  one.link(wheel_[one.expires_at_ % slots]);
}

void deadlines::schedule() {
  if (stopped_) return;
  timer_.expires_after(tick);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    running_ = false;
    if (ec || stopped_) return;
    turn();
    if (linked_ != 0 && !running_) schedule();
  });
  running_ = true;
}

void deadlines::turn() {
  ++now_;
  empty_slot(now_ % slots, now_);
}

// Expires what is due by `until`; what isn't goes to the slot of its time.
void deadlines::empty_slot(std::size_t slot, std::uint64_t until) {
  // Taken off the wheel as a whole, so that what expire() links or unlinks can't disturb the walk.
  entry* rest = wheel_[slot];
  wheel_[slot] = nullptr;
  if (rest != nullptr) rest->previous_ = &rest;
  while (rest != nullptr) {
    entry* current = rest;
    current->unlink();
    if (current->expires_at_ == 0) continue;
    if (current->expires_at_ > until) {
      put(*current);
      continue;
    }
    current->expires_at_ = 0;
    current->expire();
  }
}

void deadlines::expire_all() {
  for (std::size_t slot = 0; slot < slots; ++slot)
    empty_slot(slot, std::numeric_limits<std::uint64_t>::max());
}

void deadlines::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace gateway::net
