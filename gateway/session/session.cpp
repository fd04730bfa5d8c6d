// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/session.hpp"

#include <algorithm>
#include <cstring>

#include "core/http/forwarded.hpp"
#include "core/http/proxy_header.hpp"
#include "gateway/net/head_parser.hpp"
#include "gateway/session/exchange.hpp"
#include "gateway/session/turn_away.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::session {

using core::base::errc;
using core::base::result;
using milliseconds = std::chrono::milliseconds;

namespace {

// A client that was accepted while we drain has connected before it could know; its request is on
// its way.
constexpr milliseconds first_word{1000};
// Room for the beginning of a body behind a head of the largest size.
constexpr std::size_t body_room = 4096;
constexpr milliseconds linger_time{1000};
constexpr std::uint64_t linger_bytes = 256 * 1024;

}  // namespace

session::session(worker& w, sys::descriptor socket, const entrance& by)
    : worker_(w),
      client_{{std::move(socket), w.sockets, w.deadlines}, {}, {}, w.draining || by.closing},
      listener_(by.listener),
      introduced_(by.introduces),
      secured_by_(by.secured_by) {
  client_.peer = client_.stream.peer_address();
  if (!introduced_ && secured_by_) client_.stream.secure(std::move(secured_by_));
  worker_.sessions.insert(this);
  worker_.watch.connection_opened();
}

session::~session() {
  worker_.sessions.erase(this);
  worker_.watch.connection_closed();
}

void session::move_to_front() {
  inbox& in = client_.in;
  if (in.begin == 0) return;
  std::memmove(in.memory.data(), in.memory.data() + in.begin, in.end - in.begin);
  in.end -= in.begin;
  in.begin = 0;
}

milliseconds session::patience() const {
  const milliseconds usual = worker_.limits().idle_timeout;
  // What was sent before we said that we close is answered still.
  return client_.leaving ? std::min(usual, first_word) : usual;
}

void session::leave() {
  client_.leaving = true;
  if (!idle_ || !client_.stream.quiet()) return;
  // Not closed: a request may have been read of which the session does not know yet.
  if (spoke_)
    client_.stream.interrupt();
  else
    client_.stream.hurry(first_word);
}

session::head_outcome session::parse_head(scratch& space) {
  inbox& in = client_.in;
  // Empty lines before a request are skipped, as old clients send them after a body (RFC 9112,
  // section 2.2).
  // Not one of them keeps its room: a body is read into what is left behind the head.
  while (in.unread().starts_with("\r\n")) in.begin += 2;
  move_to_front();
  space.request.method = {};
  // A segment may end within one.
  if (!in.unread().empty() && in.unread() != "\r") {
    const auto parsed =
        net::parse_request_head(in.unread(), worker_.limits().header_bytes, space.request);
    if (!parsed) return parsed.error();
    if (parsed->complete) return parsed->size;
  }
  if (in.end == in.memory.size()) return errc::headers_too_large;
  return std::nullopt;
}

session::head_outcome session::received(const net::io_result& got, scratch& space) {
  inbox& in = client_.in;
  in.end += got.bytes;
  if (got.error == net::io_error::timeout)
    return in.unread().empty() ? errc::client_closed : errc::header_timeout;
  if (got.error != net::io_error::none) return errc::client_closed;
  return parse_head(space);
}

net::task<bool> session::be_introduced() {
  const bool trusted =
      core::http::is_trusted(client_.peer, worker_.current().rules->model.trusted_proxies);
  const std::int64_t until =
      sys::coarse_steady_us() + std::chrono::microseconds(worker_.limits().header_timeout).count();
  net::buffer memory = worker_.buffers.borrow(core::http::most_proxy_header);
  std::size_t size = 0;
  while (trusted) {
    const std::string_view here(memory.data(), size);
    const auto header = core::http::parse_proxy_header(here);
    if (!header) break;
    if (*header) {
      // A client whose address the balancer doesn't know is not the balancer.
      if (!(*header)->local)
        client_.peer = (*header)->source.empty() ? "unknown" : (*header)->source;
      if (secured_by_) client_.stream.secure(std::move(secured_by_));
      co_return true;
    }
    // Not a byte of what follows: that may be TLS.
    const auto room = memory.bytes().subspan(size, core::http::left_of_proxy_header(here));
    const auto left =
        std::chrono::ceil<milliseconds>(std::chrono::microseconds(until - sys::coarse_steady_us()));
    if (left <= milliseconds(0)) break;
    const auto got = co_await client_.stream.read_some(room, left);
    size += got.bytes;
    // Who only asks whether somebody is there has not failed, nor who was sent away.
    if (got.error != net::io_error::none && size == 0 &&
        (got.error != net::io_error::timeout || client_.leaving))
      co_return false;
    if (got.error != net::io_error::none) break;
  }
  turn_away(worker_, client_.stream, client_.peer, errc::bad_proxy_header);
  co_return false;
}

net::task<bool> session::enter() {
  // As for a head: whoever says nothing must not hold on for longer.
  const milliseconds patience = worker_.limits().header_timeout;
  const auto ended = co_await client_.stream.handshake(patience);
  if (ended == net::io_error::none) {
    worker_.watch.handshake_done(client_.stream.tls()->established());
    co_return true;
  }
  // Who was sent away before it began has not failed.
  const bool sent_away = ended == net::io_error::timeout && client_.leaving;
  if (sent_away || !client_.stream.is_open()) co_return false;
  const net::handshake_problem why = client_.stream.tls()->problem();
  worker_.watch.handshake_failed(why, client_.peer);
  if (why.reason == core::observe::handshake_failure::plain_http) {
    client_.stream.speak_plainly();
    turn_away(worker_, client_.stream, client_.peer, errc::bad_http);
    co_await linger();
  }
  co_return false;
}

// What is seldom needed has a coroutine of its own; this one waits for what each request waits for.
net::task<void> session::run() {
  inbox& in = client_.in;
  bool keep = true;
  if (introduced_) keep = co_await be_introduced();
  if (keep && client_.stream.secured()) keep = co_await enter();
  while (keep) {
    idle_ = true;
    client_.settled = false;
    move_to_front();  // what is left of the last message: nothing views it any more
    if (in.end == 0) {
      in.memory.give_back();
      if (co_await client_.stream.wait_readable(patience()) != net::io_error::none) break;
    }
    idle_ = false;
    // Large things are borrowed while a request is at work and given back before waiting.
    auto space = worker_.borrow_scratch();
    // Limits may be other ones after each wait.
    if (!in.memory) in.memory = worker_.buffers.borrow(worker_.limits().header_bytes + body_room);
    head_outcome head = parse_head(*space);
    const std::int64_t until = sys::coarse_steady_us() +
                               std::chrono::microseconds(worker_.limits().header_timeout).count();
    while (!head) {
      const std::int64_t left_us = until - sys::coarse_steady_us();
      const auto left = std::chrono::ceil<milliseconds>(std::chrono::microseconds(left_us));
      const std::span<char> room = in.memory.bytes().subspan(in.end);
      if (left_us <= 0)
        head = errc::header_timeout;
      else
        head = received(co_await client_.stream.read_some(room, left), *space);
    }
    spoke_ = true;
    if (*head || head->error() != errc::client_closed)
      keep = co_await serve(&worker_, &client_, space.get(), *head);
    else
      keep = spoke_ = false;
    worker_.give_back(std::move(space));
  }
  client_.settled = true;
  if (spoke_) co_await linger();
}

net::task<void> session::linger() {
  if (!client_.stream.is_open()) co_return;
  client_.stream.finish_sending();
  net::buffer sink = worker_.buffers.borrow(16 * 1024);
  std::uint64_t read = 0;
  const std::int64_t until =
      sys::coarse_steady_us() + std::chrono::microseconds(linger_time).count();
  while (read < linger_bytes && sys::coarse_steady_us() < until) {
    const auto got = co_await client_.stream.read_some(sink.bytes(), linger_time);
    if (got.error != net::io_error::none) co_return;
    read += got.bytes;
  }
}

void end_sessions_soon(worker& w) {
  w.draining = true;
  for (session* s : w.sessions) s->leave_after_next();
}

bool sessions_end_soon(const worker& w) {
  return std::ranges::any_of(w.sessions, [](const session* s) { return s->leaves_after_next(); });
}

void drain_sessions(worker& w) {
  w.draining = true;
  for (session* s : w.sessions) s->leave();
}

void drain_sessions(worker& w, std::uint32_t listener) {
  for (session* s : w.sessions)
    if (s->listener() == listener) s->leave();
}

bool sessions_are_settled(const worker& w) {
  return std::ranges::all_of(w.sessions, [](const session* s) { return s->settled(); });
}

net::task<void> run_session(worker* w, sys::descriptor socket, entrance by) {
  if (w->ending) co_return;
  session one(*w, std::move(socket), by);
  co_await one.run();
}

}  // namespace gateway::session
