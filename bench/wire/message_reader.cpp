// SPDX-License-Identifier: Apache-2.0
#include "bench/wire/message_reader.hpp"

#include <algorithm>

#include "gateway/net/head_parser.hpp"

namespace bench::wire {

using core::http::body_kind;
using core::http::chunked_decoder;

void message_reader::start(bool keep_body) {
  state_ = state::head;
  keep_body_ = keep_body;
  head_.clear();
  chunks_ = {};
  keep_alive_ = true;
  body_size_ = 0;
  body_.clear();
}

progress message_reader::read_request(std::string_view& input) {
  return read(input, side::request);
}

progress message_reader::read_response(std::string_view& input) {
  return read(input, side::response);
}

progress message_reader::read(std::string_view& input, side which) {
  if (state_ == state::head && take_head(input, which)) {
    state_ = !frame(which) ? state::broken
             : kind_ == body_kind::none || (kind_ == body_kind::length && left_ == 0) ? state::done
                                                                                      : state::body;
  }
  while (state_ == state::body && !input.empty()) {
    if (kind_ == body_kind::chunked)
      take_chunk(input);
    else
      take_body(input);
  }
  if (state_ == state::broken) return progress::broken;
  return state_ == state::done ? progress::done : progress::need_more;
}

bool message_reader::take_head(std::string_view& input, side which) {
  // The head is copied, because the memory it arrives in is used again before it is looked at; the
  // body behind it, where it came in the same piece, is not.
  const std::size_t before = head_.size();
  const std::string_view piece = input.substr(0, head_limit + 1 - before);
  const std::size_t end = before == 0 ? piece.find("\r\n\r\n") : std::string_view::npos;
  head_.append(piece.substr(0, end == std::string_view::npos ? end : end + 4));
  if (before != 0) {
    const std::size_t late = head_.find("\r\n\r\n", before - std::min<std::size_t>(before, 3));
    if (late != std::string::npos) head_.resize(late + 4);
  }
  input.remove_prefix(head_.size() - before);

  const auto parsed = which == side::request
                          ? gateway::net::parse_request_head(head_, head_limit, request_)
                          : gateway::net::parse_response_head(head_, head_limit, response_);
  if (!parsed || (parsed->complete && parsed->size != head_.size())) {
    state_ = state::broken;
    return false;
  }
  return parsed->complete;
}

bool message_reader::frame(side which) {
  if (which == side::request) {
    const auto framing = core::http::frame_request(request_);
    if (!framing) return false;
    kind_ = framing->body;
    left_ = framing->length;
    keep_alive_ = framing->keep_alive;
    return true;
  }
  const auto framing = core::http::frame_response(response_, "POST");
  if (!framing || framing->body == body_kind::until_close) return false;
  kind_ = framing->body;
  left_ = framing->length;
  keep_alive_ = framing->keep_alive;
  return true;
}

void message_reader::take_body(std::string_view& input) {
  const auto mine = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  add_body(input.substr(0, mine));
  input.remove_prefix(mine);
  left_ -= mine;
  if (left_ == 0) state_ = state::done;
}

void message_reader::take_chunk(std::string_view& input) {
  const auto step = chunks_.resume(input);
  if (step.what == chunked_decoder::status::data) add_body(step.data);
  if (step.what == chunked_decoder::status::done) state_ = state::done;
  if (step.what == chunked_decoder::status::invalid) state_ = state::broken;
  input.remove_prefix(step.consumed);
}

void message_reader::add_body(std::string_view piece) {
  body_size_ += piece.size();
  if (keep_body_) body_.append(piece);
}

}  // namespace bench::wire
