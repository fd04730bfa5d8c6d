// SPDX-License-Identifier: Apache-2.0
#include "bench/load/worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>

#include "bench/load/channel.hpp"
#include "core/base/instant.hpp"
#include "gateway/sys/clock.hpp"

namespace bench::load {

namespace {

constexpr std::size_t read_size = 256 * 1024;
constexpr std::int64_t sweep_ns = 100'000'000;
constexpr int longest_wait_ms = 100;
/// Connects that fail in a row before a connection is given up: nobody is there.
constexpr unsigned most_refusals = 3;

std::int64_t nanoseconds(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

std::uint64_t share_of(std::uint64_t all, unsigned number, unsigned threads) {
  return all / threads + (number < all % threads ? 1 : 0);
}

std::int64_t this_second() { return core::base::unix_seconds(gateway::sys::now()); }

}  // namespace

std::int64_t steady_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

worker::worker(const options& o, const subject& s, unsigned number)
    : options_(o),
      composer_(o, s),
      inspection_(o, s),
      number_(number),
      timeout_ns_(nanoseconds(o.timeout)),
      share_(share_of(o.requests, number, o.threads)),
      tls_(o.to.tls ? client_context() : nullptr),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      connections_(share_of(o.connections, number, o.threads)),
      memory_(read_size) {
  if (!epoll_ || !timer_) throw std::system_error(errno, std::generic_category(), "epoll");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = none;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    connection& c = connections_[i];
    // Where nobody is, that shows, and counts, when the first requests are to be sent.
    if (!connect(c)) break;
    watch(i, true);
    prepare(c);
  }
  for (std::uint32_t i = 0; i < connections_.size(); ++i) idle_.push_back(i);
}

tally worker::run(std::int64_t start_ns) {
  start_ns_ = start_ns;
  end_ns_ = start_ns + nanoseconds(options_.seconds);
  if (options_.rate > 0) pace_.emplace(start_ns, options_.rate, number_, options_.threads);
  for (;;) {
    const std::int64_t now = steady_ns();
    if (pace_)
      begin_due(now);
    else
      begin_closed();
    if (busy_ == 0 && !may_begin()) break;
    if (pace_ && now >= end_ns_ + timeout_ns_) break;
    if (now - swept_ns_ >= sweep_ns) end_the_late(now);
    wait();
  }
  close_the_account(steady_ns());
  return tally_;
}

bool worker::may_begin() const {
  if (begun_ == share_ || given_up_ == connections_.size()) return false;
  return pace_ ? pace_->due(begun_) < end_ns_ : steady_ns() < end_ns_;
}

void worker::begin_closed() {
  while (!idle_.empty() && may_begin()) {
    const std::uint32_t number = idle_.front();
    idle_.pop_front();
    begin(number, 0);
  }
}

// What was due before the end is sent even after it: leaving it out would hide the worst latencies.
void worker::begin_due(std::int64_t now) {
  while (!idle_.empty() && may_begin() && pace_->due(begun_) <= now) {
    const std::uint32_t number = idle_.front();
    idle_.pop_front();
    begin(number, pace_->due(begun_));
  }
}

void worker::prepare(connection& c) {
  if (c.prepared) return;
  composer_.compose(c.next, this_second());
  c.prepared = true;
}

void worker::begin(std::uint32_t number, std::int64_t meant_ns) {
  connection& c = connections_[number];
  ++begun_;
  ++tally_.requests;
  if (!ensure_connected(number)) return;
  prepare(c);
  composer_.restamp(c.next, this_second());
  c.prepared = false;
  c.busy = true;
  c.sent = 0;
  ++busy_;
  c.answer.start(inspection_.needs_body());
  c.begun_ns = steady_ns();
  c.meant_ns = meant_ns == 0 ? c.begun_ns : meant_ns;
  send_more(number);
}

bool worker::connect(connection& c) {
  c.socket = connect_to(options_.to, options_.timeout);
  if (!c.socket || !tls_) return static_cast<bool>(c.socket);
  c.secured = agree(tls_.get(), c.socket.get(), options_.timeout);
  if (!c.secured) c.close();
  return static_cast<bool>(c.socket);
}

bool worker::ensure_connected(std::uint32_t number) {
  connection& c = connections_[number];
  if (c.socket) return true;
  if (connect(c)) {
    c.refusals = 0;
    watch(number, true);
    return true;
  }
  tally_.fail(failure::connect);
  if (++c.refusals == most_refusals)
    ++given_up_;
  else
    idle_.push_back(number);
  return false;
}

void worker::watch(std::uint32_t number, bool add) {
  connection& c = connections_[number];
  epoll_event event{};
  event.events = EPOLLIN | (c.waits_to_send ? std::uint32_t{EPOLLOUT} : 0U);
  event.data.u32 = number;
  if (::epoll_ctl(epoll_.get(), add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, c.socket.get(), &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void worker::arm_timer() {
  const std::int64_t due =
      pace_ && !idle_.empty() && may_begin() ? pace_->due(begun_) : std::int64_t{0};
  if (due == 0 || due == armed_for_) return;
  itimerspec when{};
  when.it_value.tv_sec = due / 1'000'000'000;
  when.it_value.tv_nsec = due % 1'000'000'000;
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
  armed_for_ = due;
}

void worker::wait() {
  arm_timer();
  std::array<epoll_event, 256> events;
  const int ready =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), longest_wait_ms);
  if (ready < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "epoll_wait");
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u32 != none) {
      on_event(event.data.u32, event.events);
      continue;
    }
    std::uint64_t expirations = 0;
    if (::read(timer_.get(), &expirations, sizeof expirations) > 0) armed_for_ = 0;
  }
}

void worker::on_event(std::uint32_t number, std::uint32_t events) {
  connection& c = connections_[number];
  if (!c.socket) return;
  if (c.busy && (events & EPOLLOUT) != 0) send_more(number);
  if (c.socket && (events & ~std::uint32_t{EPOLLOUT}) != 0) read_more(number);
  while (c.secured && holds_bytes(c.secured.get())) read_more(number);
}

void worker::send_more(std::uint32_t number) {
  connection& c = connections_[number];
  const std::string_view left = std::string_view(c.next.bytes).substr(c.sent);
  const ssize_t sent = c.secured ? send_secured(c.secured.get(), left)
                                 : ::send(c.socket.get(), left.data(), left.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    end_with(number, failure::send);
    return;
  }
  if (sent > 0) {
    c.sent += static_cast<std::size_t>(sent);
    tally_.bytes_sent += static_cast<std::uint64_t>(sent);
  }
  const bool more = c.sent < c.next.bytes.size();
  if (more == c.waits_to_send) return;
  c.waits_to_send = more;
  watch(number, false);
}

void worker::read_more(std::uint32_t number) {
  connection& c = connections_[number];
  const ssize_t got = c.secured ? receive_secured(c.secured.get(), memory_)
                                : ::recv(c.socket.get(), memory_.data(), memory_.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0 && !c.busy) {
    // A kept connection may be closed whenever nothing is under way.
    c.close();
    ++tally_.reconnects;
    return;
  }
  if (got <= 0) {
    end_with(number, failure::closed);
    return;
  }
  tally_.bytes_received += static_cast<std::uint64_t>(got);
  std::string_view input(memory_.data(), static_cast<std::size_t>(got));
  if (!c.busy) {
    tally_.fail(failure::framing);  // nobody asked for anything
    c.close();
    return;
  }
  switch (c.answer.read_response(input)) {
    case wire::progress::need_more: return;
    case wire::progress::broken: end_with(number, failure::framing); return;
    case wire::progress::done:
      if (!input.empty())
        end_with(number, failure::framing);
      else
        complete(number);
      return;
  }
}

void worker::complete(std::uint32_t number) {
  connection& c = connections_[number];
  const std::int64_t now = steady_ns();
  ++tally_.statuses[c.answer.response().status];
  tally_.last_answer_ns = now;
  const auto latency = static_cast<std::uint64_t>(std::max<std::int64_t>(now - c.meant_ns, 0));
  if (inspection_.refuses(c.answer.response())) {
    tally_.refused_ns.record(latency);
  } else if (const auto wrong = inspection_.check(c.answer, c.next, composer_)) {
    tally_.fail(*wrong);
  } else {
    tally_.answered(now - start_ns_);
    tally_.message_bytes += options_.size;
    tally_.latency_ns.record(latency);
  }
  // An answer that came before its request was whole leaves a connection of no use.
  if (!c.answer.keep_alive() || c.sent < c.next.bytes.size() || options_.reconnect) c.close();
  release(number);
}

void worker::end_with(std::uint32_t number, failure why) {
  tally_.fail(why);
  connections_[number].close();
  release(number);
}

void worker::release(std::uint32_t number) {
  connection& c = connections_[number];
  c.busy = false;
  c.waits_to_send = false;
  --busy_;
  idle_.push_back(number);
  if (c.socket && may_begin()) prepare(c);
}

void worker::end_the_late(std::int64_t now) {
  swept_ns_ = now;
  for (std::uint32_t i = 0; i < connections_.size(); ++i)
    if (connections_[i].busy && now - connections_[i].begun_ns > timeout_ns_)
      end_with(i, failure::timeout);
}

// What is still under way or was due and never sent is a failure, not an absence.
void worker::close_the_account(std::int64_t now) {
  for (std::uint32_t i = 0; i < connections_.size(); ++i)
    if (connections_[i].busy) end_with(i, failure::timeout);
  if (!pace_) return;
  const std::int64_t until = std::min(now, end_ns_ - 1);
  while (begun_ < share_ && pace_->due(begun_) <= until) {
    ++begun_;
    ++tally_.requests;
    tally_.fail(failure::unsent);
  }
}

}  // namespace bench::load
