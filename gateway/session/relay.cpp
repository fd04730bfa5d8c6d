// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/relay.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/admission/websocket.hpp"
#include "gateway/net/head_parser.hpp"
#include "gateway/net/tunnel.hpp"

namespace gateway::session {

using core::admission::outgoing;
using core::base::errc;
using core::base::result;
using core::http::body_kind;
using core::http::chunked_decoder;

relay::relay(worker& w, client_connection& client, scratch& space, net::transport& upstream,
             const request_facts& request, const core::admission::envelope_facts& facts)
    : worker_(w),
      client_(client),
      scratch_(space),
      upstream_(upstream),
      request_(request),
      facts_(facts) {}

net::task<relay::outcome> relay::hear() {
  // Nothing is held while the upstream is at work.
  upstream_.on_behalf_of(client_.stream);
  const auto unheard = co_await upstream_.wait_readable(request_.response_timeout);
  const std::int64_t heard_us = std::max(request_.since_us, worker_.sockets.heard().us);
  waited_us_ = heard_us - request_.since_us;
  // What answers now is of now, however long it took.
  const core::base::instant now = request_.started.when(heard_us);
  facts_.now = core::base::unix_seconds(now);
  facts_.date = worker_.date(now);
  if (unheard == net::io_error::timeout) co_return errc::upstream_timeout;
  if (unheard == net::io_error::in_vain) co_return errc::client_closed;
  if (unheard != net::io_error::none) {
    cut_short_ = true;
    co_return errc::upstream_invalid;
  }
  memory_ = worker_.buffers.borrow(request_.limits.header_bytes + 1);
  auto more = received(co_await read_more());
  for (;;) {
    if (!more) co_return more.error();
    const auto whole = take_head();
    if (!whole) co_return whole.error();
    if (*whole) co_return outcome();
    more = co_await fill();
  }
}

net::task<relay::outcome> relay::pass_on() {
  // We may have been told to stop while the upstream was at work.
  facts_.close = facts_.close || client_.leaving;
  if (scratch_.response.status == 101) co_return co_await become_websocket();
  if (request_.gathers) co_return co_await gather();
  const auto came = co_await stream();
  // What breaks off must not look whole.
  if (!came && answering_) client_.stream.cut();
  co_return came;
}

net::transport::operation<net::io_result> relay::read_more() {
  upstream_.on_behalf_of(client_.stream);
  return upstream_.read_some(memory_.bytes().subspan(end_), request_.response_timeout);
}

net::task<relay::outcome> relay::fill() {
  const std::int64_t before = sys::steady_us();
  const auto got = co_await read_more();
  waited_us_ += sys::steady_us() - before;
  co_return received(got);
}

relay::outcome relay::received(const net::io_result& got) {
  end_ += got.bytes;
  heard_ = heard_ || got.bytes != 0;
  switch (got.error) {
    case net::io_error::none: return {};
    case net::io_error::timeout: return errc::upstream_timeout;
    case net::io_error::in_vain: return errc::client_closed;
    case net::io_error::eof:
    case net::io_error::broken: break;
  }
  // Only an answer that ends with the connection may end here.
  if (framing_.body != body_kind::until_close || got.error != net::io_error::eof) {
    cut_short_ = true;
    return errc::upstream_invalid;
  }
  ended_ = true;
  return {};
}

result<bool> relay::take_head() {
  // Interim answers are the hop's own business; more than a few are an attempt to keep us busy.
  static constexpr int most_interim = 7;
  const std::size_t limit = request_.limits.header_bytes;
  for (;;) {
    const auto parsed = net::parse_response_head({memory_.data() + begin_, end_ - begin_}, limit,
                                                 scratch_.response);
    if (!parsed) return parsed.error();
    if (!parsed->complete) {
      if (end_ == memory_.size()) return errc::upstream_invalid;
      return false;
    }
    begin_ += parsed->size;
    if (scratch_.response.status >= 200 || scratch_.response.status == 101) break;
    if (++interim_ > most_interim) return errc::upstream_invalid;
  }
  const auto framing = frame_head();
  if (!framing) return framing.error();
  framing_ = *framing;
  left_ = framing_.length;
  ended_ = framing_.body == body_kind::none || (framing_.body == body_kind::length && left_ == 0);
  return true;
}

result<core::http::response_framing> relay::frame_head() const {
  const core::http::response_head& head = scratch_.response;
  if (head.status != 101) return core::http::frame_response(head, request_.method);
  if (!request_.websocket_key) return errc::upstream_invalid;
  auto framing = core::http::frame_switching(head);
  if (!framing) return framing;
  if (!core::admission::accepts_websocket(head, *framing, *request_.websocket_key))
    return errc::upstream_invalid;
  return framing;
}

outgoing relay::outgoing_framing() const {
  switch (framing_.body) {
    case body_kind::none: return outgoing::none;
    case body_kind::length: return outgoing::length;
    case body_kind::chunked:
    case body_kind::until_close: break;
  }
  return request_.http_1_0 ? outgoing::until_close : outgoing::chunked;
}

// From what stands in memory; empty if that was framing only, or nothing.
result<std::string_view> relay::take() {
  const std::string_view here(memory_.data() + begin_, end_ - begin_);
  if (here.empty() || ended_) return std::string_view();
  if (framing_.body == body_kind::chunked) {
    const auto step = decoder_.resume(here);
    begin_ += step.consumed;
    if (step.what == chunked_decoder::status::invalid) return errc::upstream_invalid;
    ended_ = step.what == chunked_decoder::status::done;
    return step.what == chunked_decoder::status::data ? step.data : std::string_view();
  }
  std::size_t mine = here.size();
  if (framing_.body == body_kind::length) {
    mine = static_cast<std::size_t>(std::min<std::uint64_t>(mine, left_));
    left_ -= mine;
    ended_ = left_ == 0;
  }
  begin_ += mine;
  return here.substr(0, mine);
}

net::task<result<std::string_view>> relay::next() {
  for (;;) {
    const auto piece = take();
    if (!piece || !piece->empty() || ended_) co_return piece;
    if (begin_ < end_) continue;
    begin_ = end_ = 0;
    const auto more = co_await fill();
    if (!more) co_return more.error();
    if (ended_) co_return std::string_view();
  }
}

net::task<relay::outcome> relay::stream() {
  out_ = outgoing_framing();
  facts_.close = facts_.close || out_ == outgoing::until_close;
  core::admission::write_streamed_head(
      scratch_.answer, {scratch_.response, framing_, request_.policy}, out_, facts_);
  // The head's views stood in memory_: it has been written out and may be overwritten now. What is
  // there of the body goes with it.
  auto piece = take();
  if (!piece) co_return piece.error();
  std::string_view head = scratch_.answer;
  for (;;) {
    // Looking one piece ahead tells whether this is the last, so that the end of the coding goes
    // with it in the same send.
    std::string_view ahead;
    if (framing_.body == body_kind::chunked && !ended_ && begin_ < end_) {
      const auto following = take();
      if (!following) co_return following.error();
      ahead = *following;
    }
    const auto sent = co_await send(head, *piece, ended_ && ahead.empty());
    if (sent.error != net::io_error::none) co_return errc::client_closed;
    bytes_out_ += piece->size();
    head = {};
    if (!ahead.empty()) {
      piece = ahead;
      continue;
    }
    if (ended_) break;
    piece = co_await next();
    if (!piece) co_return piece.error();
  }
  reusable_ = framing_.keep_alive && framing_.body != body_kind::until_close && begin_ == end_;
  co_return outcome();
}

net::transport::operation<net::io_result> relay::send(std::string_view head, std::string_view piece,
                                                      bool last) {
  std::string_view before;
  std::string_view after;
  if (out_ == outgoing::chunked) {
    if (!piece.empty()) {
      char* at = std::to_chars(size_line_.data(), size_line_.data() + 16, piece.size(), 16).ptr;
      *at++ = '\r';
      *at++ = '\n';
      before = {size_line_.data(), static_cast<std::size_t>(at - size_line_.data())};
      after = last ? "\r\n0\r\n\r\n" : "\r\n";
    } else if (last) {
      after = "0\r\n\r\n";
    }
  }
  const std::array<std::string_view, 4> parts{head, before, piece, after};
  answering_ = true;
  return client_.stream.write(parts, request_.limits.idle_timeout);
}

net::task<relay::outcome> relay::become_websocket() {
  facts_.close = false;  // there is another word for what follows
  core::admission::write_streamed_head(
      scratch_.answer, {scratch_.response, framing_, request_.policy}, outgoing::websocket, facts_);
  facts_.close = true;
  answering_ = true;
  const std::array<std::string_view, 1> parts{scratch_.answer};
  const auto sent = co_await client_.stream.write(parts, request_.limits.idle_timeout);
  if (sent.error != net::io_error::none) co_return errc::client_closed;
  const std::string_view came_with_it(memory_.data() + begin_, end_ - begin_);
  if (came_with_it.empty()) memory_.give_back();  // many of them wait for long
  net::tunnel both(client_.stream, upstream_, {request_.sent_ahead, came_with_it}, worker_.buffers,
                   request_.policy.settings.websocket_idle);
  // That somebody hung up, or said nothing any more, is how these end as well.
  const std::int64_t before = sys::steady_us();
  if (co_await both.run() != net::io_error::none) client_.stream.cut();
  waited_us_ += sys::steady_us() - before;  // for two others
  bytes_in_ = both.from_client();
  bytes_out_ = both.from_upstream();
  co_return outcome();
}

// The head's views stand in memory_, so the body is gathered elsewhere.
net::task<relay::outcome> relay::gather() {
  const std::uint64_t limit = request_.limits.reply_bytes;
  if (framing_.body == body_kind::length && framing_.length > limit)
    co_return errc::reply_too_large;
  net::buffer head_memory = std::move(memory_);
  const std::size_t here = end_ - begin_;
  memory_ = worker_.buffers.borrow(std::max<std::size_t>(here, 16 * 1024));
  std::memcpy(memory_.data(), head_memory.data() + begin_, here);
  begin_ = 0;
  end_ = here;
  net::buffer body = worker_.buffers.borrow(framing_.body == body_kind::length
                                                ? static_cast<std::size_t>(framing_.length)
                                                : memory_.size());
  std::size_t size = 0;
  while (!ended_) {
    const auto piece = co_await next();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;  // the end alone: no bytes, and no address to copy from
    if (size + piece->size() > limit) co_return errc::reply_too_large;
    if (size + piece->size() > body.size()) {
      net::buffer larger = worker_.buffers.borrow(size + piece->size());
      std::memcpy(larger.data(), body.data(), size);
      body = std::move(larger);
    }
    std::memcpy(body.data() + size, piece->data(), piece->size());
    size += piece->size();
  }
  reusable_ = framing_.keep_alive && framing_.body != body_kind::until_close && begin_ == end_;

  std::array<char, core::admission::random_size> random;
  worker_.random.fill(random);
  core::admission::write_gathered(scratch_.answer, {scratch_.response, framing_, request_.policy},
                                  {body.data(), size}, facts_, {random.data(), random.size()},
                                  worker_.space);
  answering_ = true;
  const std::array<std::string_view, 1> parts{scratch_.answer};
  const auto sent = co_await client_.stream.write(parts, request_.limits.idle_timeout);
  if (sent.error != net::io_error::none) co_return errc::client_closed;
  bytes_out_ = size;
  co_return outcome();
}

}  // namespace gateway::session
