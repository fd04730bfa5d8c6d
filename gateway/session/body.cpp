// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/body.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "gateway/sys/clock.hpp"

namespace gateway::session {

using core::base::errc;
using core::base::result;
using core::http::body_kind;
using core::http::chunked_decoder;

body_reader::body_reader(net::transport& client, net::buffer_pool& buffers, inbox& in,
                         std::size_t head_size, const core::http::request_framing& framing)
    : client_(client),
      buffers_(buffers),
      in_(in),
      framing_(framing),
      head_end_(in.begin + head_size),
      used_(head_end_),
      complete_(framing.body == body_kind::none ||
                (framing.body == body_kind::length && framing.length == 0)),
      awaits_continue_(framing.expect_continue && !complete_) {}

net::task<result<std::size_t>> body_reader::receive(std::span<char> into, milliseconds timeout) {
  if (awaits_continue_) {
    awaits_continue_ = false;
    const std::array<std::string_view, 1> go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
    if ((co_await client_.write(go_on, timeout)).error != net::io_error::none)
      co_return errc::client_closed;
  }
  // One deadline for all of it: a client that sends a byte now and then must not hold on for hours.
  const std::int64_t now = sys::coarse_steady_us();
  if (deadline_us_ == 0) deadline_us_ = now + std::chrono::microseconds(timeout).count();
  if (now >= deadline_us_) co_return errc::body_timeout;
  const auto left = std::chrono::ceil<milliseconds>(std::chrono::microseconds(deadline_us_ - now));
  const auto got = co_await client_.read_some(into, left);
  if (got.error == net::io_error::timeout) co_return errc::body_timeout;
  if (got.error != net::io_error::none) co_return errc::client_closed;
  co_return got.bytes;
}

net::eventual<body_reader::piece> body_reader::gather(std::uint64_t limit, milliseconds timeout) {
  if (complete_) return piece(std::span<char>());
  if (framing_.body != body_kind::length) return gather_chunked(limit, timeout);
  if (framing_.length > limit) return piece(errc::body_too_large);
  const auto length = static_cast<std::size_t>(framing_.length);
  const std::size_t here = std::min(in_.end - used_, length);
  char* body = in_.memory.data() + used_;
  if (length > in_.memory.size() - used_) {
    large_ = buffers_.borrow(length);
    std::memcpy(large_.data(), body, here);
    body = large_.data();
  }
  used_ += here;
  size_ = here;
  if (here < length) return gather_rest({body, length}, timeout);
  complete_ = true;
  return piece(std::span<char>(body, length));
}

net::task<body_reader::piece> body_reader::gather_rest(std::span<char> body, milliseconds timeout) {
  // Not a byte past the body is read: what a client sends ahead stays with the kernel.
  while (size_ < body.size()) {
    const auto got = co_await receive(body.subspan(static_cast<std::size_t>(size_)), timeout);
    if (!got) co_return got.error();
    size_ += *got;
    if (!large_) used_ = in_.end += *got;
  }
  complete_ = true;
  co_return body;
}

// The pieces are moved together in a buffer of their own, which grows by doubling up to the limit.
net::task<body_reader::piece> body_reader::gather_chunked(std::uint64_t limit,
                                                          milliseconds timeout) {
  large_ = buffers_.borrow(std::min<std::uint64_t>(limit, in_.memory.size()));
  for (;;) {
    const auto have = static_cast<std::size_t>(size_);
    const auto fresh = co_await next(timeout);
    if (!fresh) co_return fresh.error();
    if (fresh->empty()) co_return large_.bytes().first(have);
    const std::size_t total = have + fresh->size();
    if (total > limit) co_return errc::body_too_large;
    if (total > large_.size()) {
      net::buffer larger = buffers_.borrow(total);
      std::memcpy(larger.data(), large_.data(), have);
      large_ = std::move(larger);
    }
    std::memcpy(large_.data() + have, fresh->data(), fresh->size());
    decoded_ = total;
  }
}

std::string_view body_reader::gathered() const {
  if (framing_.body == body_kind::chunked) return {large_.data(), decoded_};
  const char* const begin = large_ ? large_.data() : in_.memory.data() + head_end_;
  return {begin, static_cast<std::size_t>(size_)};
}

net::task<body_reader::piece> body_reader::next(milliseconds timeout) {
  while (!complete_) {
    const std::size_t here = in_.end - used_;
    if (here != 0) {
      const auto fresh = take(here);
      if (!fresh || !fresh->empty() || complete_) co_return fresh;
      if (used_ < in_.end) continue;
    }
    used_ = in_.end = head_end_;
    std::span<char> room = in_.memory.bytes().subspan(in_.end);
    if (framing_.body == body_kind::length)
      room = room.first(std::min<std::uint64_t>(room.size(), framing_.length - size_));
    const auto got = co_await receive(room, timeout);
    if (!got) co_return got.error();
    in_.end += *got;
  }
  co_return std::span<char>();
}

// From what stands in the inbox; empty if that was framing only.
body_reader::piece body_reader::take(std::size_t here) {
  char* at = in_.memory.data() + used_;
  if (framing_.body == body_kind::length) {
    const auto mine =
        static_cast<std::size_t>(std::min<std::uint64_t>(here, framing_.length - size_));
    used_ += mine;
    size_ += mine;
    complete_ = size_ == framing_.length;
    return std::span<char>(at, mine);
  }
  const auto step = decoder_.resume({at, here});
  used_ += step.consumed;
  switch (step.what) {
    case chunked_decoder::status::invalid: return errc::bad_framing;
    case chunked_decoder::status::done: complete_ = true; break;
    case chunked_decoder::status::need_more: break;
    case chunked_decoder::status::data:
      size_ += step.data.size();
      return std::span<char>(at + (step.data.data() - at), step.data.size());
  }
  return std::span<char>();
}

bool body_reader::drainable(std::uint64_t most) const {
  if (complete_) return true;
  // Whoever waits for a 100 may send the body or not: nobody can tell where the next request
  // begins.
  if (awaits_continue_) return false;
  return framing_.body != body_kind::length || framing_.length - size_ <= most;
}

net::eventual<bool> body_reader::drain(std::uint64_t most, milliseconds timeout) {
  if (complete_) return true;
  if (!drainable(most)) return false;
  return drain_rest(most, timeout);
}

net::task<bool> body_reader::drain_rest(std::uint64_t most, milliseconds timeout) {
  const std::uint64_t before = size_;
  while (!complete_) {
    const auto fresh = co_await next(timeout);
    if (!fresh || size_ - before > most) co_return false;
  }
  co_return true;
}

}  // namespace gateway::session
