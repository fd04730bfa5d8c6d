// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/readiness.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "gateway/sys/prefetch.hpp"

namespace gateway::net {

namespace {

int new_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return set;
}

// As much as is looked at first of an entry, or of a coroutine's frame.
void fetch(const void* from) { sys::prefetch(from, std::size_t{6} * 64); }

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
  for (std::size_t which = 0; which < all_.lines_.size(); ++which) all_.leave(*this, which);
}

void readiness::entry::unwatch() {
  if (!std::exchange(watched_, false)) return;
  all_.leave(*this, told);
}

bool readiness::give_way(entry& one, step done) {
  if (!several_ || calling_ >= behind(done)) return false;
  join(one, behind(done));
  return true;
}

void readiness::call_later(entry& one) {
  join(one, later);
  if (calls_posted_) return;
  post(loop_, [this] {
    calls_posted_ = false;
    heard_ = {};
    acting_ = true;
    call_all(later);
    acting_ = false;
  });
  calls_posted_ = true;
}

void readiness::join(entry& one, std::size_t which) {
  const unsigned bit = 1U << which;
  if ((one.stands_in_ & bit) != 0) return;
  lines_[which].push_back(&one);
  one.stands_in_ |= bit;
}

void readiness::leave(entry& one, std::size_t which) {
  const unsigned bit = 1U << which;
  if ((one.stands_in_ & bit) == 0) return;
  std::ranges::replace(lines_[which], &one, static_cast<entry*>(nullptr));
  one.stands_in_ &= ~bit;
}

void readiness::call_all(std::size_t which) {
  line& all = lines_[which];
  // Whoever joins meanwhile has its turn in the next round.
  const std::size_t count = all.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (const entry* next = i + 1 < count ? all[i + 1] : nullptr) {
      fetch(next);
      fetch(next->waiting.address());
    }
    entry* const one = std::exchange(all[i], nullptr);
    if (one == nullptr) continue;
    one->stands_in_ &= ~(1U << which);
    one->ready();
  }
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
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
  note_what_is_new();
  const std::size_t heard = lines_[told].size();
  several_ = heard > 1;
  acting_ = true;
  for (calling_ = told; calling_ <= steps; ++calling_) call_all(calling_);
  acting_ = several_ = false;
  return heard;
}

// All of it is noted before anybody acts on it: who takes a kept connection must know what was said
// of that one too.
void readiness::note_what_is_new() {
  std::array<epoll_event, batch> events;
  const int told_of = ::epoll_wait(set_.native_handle(), events.data(), batch, 0);
  const std::size_t count = told_of > 0 ? static_cast<std::size_t>(told_of) : 0;
  if (count != 0) heard_ = {};
  if (told_of >= 0 && count < batch) ++turns_;
  static constexpr std::size_t ahead = 8;
  for (std::size_t i = 0; i < std::min(ahead, count); ++i) fetch(events[i].data.ptr);
  for (std::size_t i = 0; i < count; ++i) {
    if (i + ahead < count) fetch(events[i + ahead].data.ptr);
    entry& one = *static_cast<entry*>(events[i].data.ptr);
    const std::uint32_t what = events[i].events;
    const bool broken = (what & (EPOLLERR | EPOLLHUP)) != 0;
    one.hung_up = one.hung_up || broken || (what & EPOLLRDHUP) != 0;
    one.urgent = one.urgent || (what & EPOLLPRI) != 0;
    one.may_read = one.may_read || one.hung_up || (what & EPOLLIN) != 0;
    one.may_write = one.may_write || broken || (what & EPOLLOUT) != 0;
    join(one, told);
  }
}

void readiness::stop() {
  stopped_ = true;
  boost::system::error_code ignored;
  set_.cancel(ignored);
}

}  // namespace gateway::net
