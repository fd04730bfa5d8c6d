// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/session.hpp"

#include <algorithm>
#include <cstring>

#include "gateway/net/head_parser.hpp"
#include "gateway/session/exchange.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::session {

using core::base::errc;
using core::base::result;
using milliseconds = std::chrono::milliseconds;

namespace {

// A connection that was just answered keeps its buffer this long: under load the next request is
// there at once, and waiting without a buffer costs a system call more.
constexpr milliseconds warm{100};
// Room for the beginning of a body behind a head of the largest size.
constexpr std::size_t body_room = 4096;
constexpr milliseconds linger_time{1000};
constexpr std::uint64_t linger_bytes = 256 * 1024;

}  // namespace

session::session(worker& w, net::tcp_socket socket)
    : worker_(w), client_{{std::move(socket), w.deadlines}, {}, {}} {
  client_.peer = client_.stream.peer_address();
  worker_.sessions.insert(this);
  worker_.watch.connection_opened();
}

session::~session() {
  worker_.sessions.erase(this);
  worker_.watch.connection_closed();
}

net::task<session::outcome> session::await_request() {
  inbox& in = client_.in;
  // What is left of the last message moves to the front; nothing views it any more.
  if (in.begin != 0) {
    std::memmove(in.memory.data(), in.memory.data() + in.begin, in.end - in.begin);
    in.end -= in.begin;
    in.begin = 0;
  }
  if (in.end != 0) co_return outcome();
  if (in.memory) {
    const auto got = co_await client_.stream.read_some(in.memory.bytes(), warm);
    in.end = got.bytes;
    if (got.error == net::io_error::none) co_return outcome();
    if (got.error != net::io_error::timeout) co_return errc::client_closed;
    in.memory.give_back();
  }
  if (worker_.draining) co_return errc::client_closed;
  if (co_await client_.stream.wait_readable(worker_.rules->model.limits.idle_timeout) !=
      net::io_error::none)
    co_return errc::client_closed;
  co_return outcome();
}

net::task<result<std::size_t>> session::read_head(scratch* space) {
  inbox& in = client_.in;
  const core::config::limits& limits = worker_.rules->model.limits;
  if (!in.memory) in.memory = worker_.buffers.borrow(limits.header_bytes + body_room);
  std::int64_t deadline_us = 0;
  for (;;) {
    // Empty lines before a request are skipped, as old clients send them after a body (RFC 9112,
    // section 2.2).
    while (in.unread().starts_with("\r\n")) in.begin += 2;
    space->request.method = {};
    if (!in.unread().empty()) {
      const auto parsed = net::parse_request_head(in.unread(), limits.header_bytes, space->request);
      if (!parsed) co_return parsed.error();
      if (parsed->complete) co_return parsed->size;
    }
    if (in.end == in.memory.size()) co_return errc::headers_too_large;
    const std::int64_t now = sys::steady_us();
    if (deadline_us == 0)
      deadline_us = now + std::chrono::microseconds(limits.header_timeout).count();
    if (now >= deadline_us) co_return errc::header_timeout;
    const auto left = std::chrono::ceil<milliseconds>(std::chrono::microseconds(deadline_us - now));
    const auto got = co_await client_.stream.read_some(in.memory.bytes().subspan(in.end), left);
    in.end += got.bytes;
    if (got.error == net::io_error::timeout)
      co_return in.unread().empty() ? errc::client_closed : errc::header_timeout;
    if (got.error != net::io_error::none) co_return errc::client_closed;
  }
}

net::task<void> session::run() {
  bool spoke = false;
  for (bool keep = true; keep;) {
    idle_ = true;
    const auto begun = co_await await_request();
    if (!begun) break;
    idle_ = false;
    // Large things are borrowed while a request is at work and given back before waiting.
    auto space = worker_.borrow_scratch();
    const auto head = co_await read_head(space.get());
    spoke = true;
    if (head) {
      exchange one(worker_, client_, *space);
      keep = co_await one.run(*head);
    } else if (head.error() == errc::client_closed) {
      keep = spoke = false;
    } else {
      exchange one(worker_, client_, *space);
      co_await one.refuse_head(head.error());
      keep = false;
    }
    worker_.give_back(std::move(space));
  }
  if (spoke) co_await linger();
}

net::task<void> session::linger() {
  if (!client_.stream.is_open()) co_return;
  client_.stream.finish_sending();
  net::buffer sink = worker_.buffers.borrow(16 * 1024);
  std::uint64_t read = 0;
  const std::int64_t until = sys::steady_us() + std::chrono::microseconds(linger_time).count();
  while (read < linger_bytes && sys::steady_us() < until) {
    const auto got = co_await client_.stream.read_some(sink.bytes(), linger_time);
    if (got.error != net::io_error::none) co_return;
    read += got.bytes;
  }
}

net::task<void> run_session(worker* w, net::tcp_socket socket) {
  session one(*w, std::move(socket));
  co_await one.run();
}

}  // namespace gateway::session
