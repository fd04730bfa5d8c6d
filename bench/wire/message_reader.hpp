// SPDX-License-Identifier: Apache-2.0
#pragma once

// One HTTP message after the other, read a piece at a time and strictly: the product's own head
// parser and framing decide where each ends. Knows no socket.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/http/chunked.hpp"
#include "core/http/framing.hpp"
#include "core/http/head.hpp"

namespace bench::wire {

enum class progress {
  need_more,  ///< everything given was consumed
  done,       ///< the message is complete; what `input` still holds belongs to the next
  broken,     ///< not a message that can be read in one way only
};

class message_reader {
 public:
  /// Heads beyond this are broken.
  static constexpr std::size_t head_limit = 32 * 1024;

  /// Forgets the last message. `keep_body`: body() will be asked for.
  void start(bool keep_body);
  /// Consumes what it takes from the front of `input`. To be started again after done or broken.
  progress read_request(std::string_view& input);
  /// As the answer to a POST. Interim answers are broken (nothing here asks for one), and so is an
  /// answer that ends with its connection.
  progress read_response(std::string_view& input);

  /// The rest is about a complete message.
  [[nodiscard]] const core::http::request_head& request() const { return request_; }
  [[nodiscard]] const core::http::response_head& response() const { return response_; }
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  [[nodiscard]] std::uint64_t body_size() const { return body_size_; }
  /// Of the body as it was sent, if it was to be kept.
  [[nodiscard]] std::string& body() { return body_; }
  /// False before the first byte of a message.
  [[nodiscard]] bool begun() const { return !head_.empty(); }

 private:
  enum class state { head, body, done, broken };
  enum class side { request, response };

  progress read(std::string_view& input, side which);
  /// @return true once the head is complete.
  bool take_head(std::string_view& input, side which);
  bool frame(side which);
  void take_body(std::string_view& input);
  void take_chunk(std::string_view& input);
  void add_body(std::string_view piece);

  state state_ = state::head;
  bool keep_body_ = false;
  std::string head_;  ///< what the heads' views point into
  core::http::request_head request_;
  core::http::response_head response_;
  core::http::body_kind kind_ = core::http::body_kind::none;
  std::uint64_t left_ = 0;  ///< of a body with a length
  core::http::chunked_decoder chunks_;
  bool keep_alive_ = true;
  std::uint64_t body_size_ = 0;
  std::string body_;
};

}  // namespace bench::wire
