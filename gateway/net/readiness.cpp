// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/readiness.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

namespace gateway::net {

namespace {

int new_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return set;
}

}  // namespace

readiness::readiness(event_loop& loop) : loop_(loop), set_(loop, new_set()) {}

bool readiness::entry::watch(int socket) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = this;
  watched_ = ::epoll_ctl(all_.set_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0;
  may_read = hung_up = urgent = false;
  may_write = true;
  return watched_;
}

readiness::entry::~entry() {
  unwatch();
  if (called_) std::ranges::replace(all_.called_later_, this, static_cast<entry*>(nullptr));
  if (called_after_) std::ranges::replace(all_.called_after_, this, static_cast<entry*>(nullptr));
}

void readiness::entry::unwatch() {
  if (!watched_) return;
  watched_ = false;
  const std::span<entry*> told = std::span(all_.told_).first(all_.told_count_);
  std::ranges::replace(told, this, static_cast<entry*>(nullptr));
}

void readiness::entry::call_later() {
  if (called_) return;
  all_.called_later_.push_back(this);
  called_ = true;
  if (all_.calls_posted_) return;
  post(all_.loop_, [all = &all_] { all->answer_calls(); });
  all_.calls_posted_ = true;
}

void readiness::entry::call_after_others() {
  if (called_after_) return;
  all_.called_after_.push_back(this);
  called_after_ = true;
}

void readiness::answer_calls() {
  calls_posted_ = false;
  // What is called for meanwhile has its turn in the next round.
  const std::size_t count = called_later_.size();
  for (std::size_t i = 0; i < count; ++i) {
    entry* const one = called_later_[i];
    if (one == nullptr) continue;
    one->called_ = false;
    one->ready();
  }
  called_later_.erase(called_later_.begin(),
                      called_later_.begin() + static_cast<std::ptrdiff_t>(count));
}

void readiness::listen() {
  if (listening_ || stopped_) return;
  set_.async_wait(stream_descriptor::wait_read, [this](const boost::system::error_code& ec) {
    listening_ = false;
    if (!ec) turn();
  });
  listening_ = true;
}

void readiness::turn() {
  // Where much was said, more has been said since: asked again at once, that is heard without a way
  // through Asio's own set. What else the loop has to do waits for a few rounds at most.
  static constexpr std::size_t much = 4;
  static constexpr int most_rounds = 16;
  // Whoever is told and waits anew need not listen: that is done here, once.
  listening_ = true;
  for (int round = 0; !stopped_ && hear() >= much; ++round) {
    if (round < most_rounds) continue;
    post(loop_, [this] { turn(); });
    return;
  }
  listening_ = false;
  listen();
}

std::size_t readiness::hear() {
  std::array<epoll_event, batch> events;
  const int count = ::epoll_wait(set_.native_handle(), events.data(), batch, 0);
  told_count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  if (count >= 0 && told_count_ < batch) ++turns_;
  // All of it is noted before anybody acts on it: who takes a kept connection must know what was
  // said of that one too.
  for (std::size_t i = 0; i < told_count_; ++i) {
    entry& one = *static_cast<entry*>(events[i].data.ptr);
    const std::uint32_t what = events[i].events;
    told_[i] = &one;
    const bool broken = (what & (EPOLLERR | EPOLLHUP)) != 0;
    one.hung_up = one.hung_up || broken || (what & EPOLLRDHUP) != 0;
    one.urgent = one.urgent || (what & EPOLLPRI) != 0;
    one.may_read = one.may_read || one.hung_up || (what & EPOLLIN) != 0;
    one.may_write = one.may_write || broken || (what & EPOLLOUT) != 0;
  }
  const std::size_t heard = told_count_;
  for (std::size_t i = 0; i < heard; ++i) {
    others_wait_ = i + 1 < heard;
    if (told_[i] != nullptr) std::exchange(told_[i], nullptr)->ready();
  }
  told_count_ = 0;
  for (std::size_t i = 0; i < called_after_.size(); ++i) {
    if (called_after_[i] == nullptr) continue;
    entry& one = *std::exchange(called_after_[i], nullptr);
    one.called_after_ = false;
    one.ready();
  }
  called_after_.clear();
  return heard;
}

void readiness::stop() {
  stopped_ = true;
  boost::system::error_code ignored;
  set_.cancel(ignored);
}

}  // namespace gateway::net
