// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request's body, gathered in one piece or drained, bounded before anything is buffered past the
// limit.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/http/chunked.hpp"
#include "core/http/framing.hpp"
#include "gateway/net/buffers.hpp"
#include "gateway/net/transport.hpp"
#include "gateway/session/client_connection.hpp"

namespace gateway::session {

/// Reads one request's body. Views of the head point into the inbox, so what stands there up to the
/// head's end is left alone.
class body_reader {
 public:
  using milliseconds = std::chrono::milliseconds;

  body_reader(net::transport& client, net::buffer_pool& buffers, inbox& in, std::size_t head_size,
              const core::http::request_framing& framing);

  /// The whole body in one piece of memory that may be overwritten. A client that expects a 100
  /// gets it before the first wait. `timeout` is for the body as a whole.
  /// @return body_too_large (nothing past `limit` was buffered), body_timeout, bad_framing,
  /// client_closed.
  net::eventual<core::base::result<std::span<char>>> gather(std::uint64_t limit,
                                                            milliseconds timeout);

  /// False if what is left can't be drained, as far as that is known beforehand.
  [[nodiscard]] bool drainable(std::uint64_t most) const;

  /// Reads and forgets what is left of the body. @return false if that is over `most` bytes, broken
  /// or late: close then.
  net::eventual<bool> drain(std::uint64_t most, milliseconds timeout);

  /// Where the next message begins in the inbox, once the body was read to its end.
  [[nodiscard]] std::size_t used() const { return used_; }
  /// Did anybody have to wait for a part of it?
  [[nodiscard]] bool waited() const { return deadline_us_ != 0; }
  /// Bytes of the body read so far.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Was it read to its end?
  [[nodiscard]] bool complete() const { return complete_; }
  /// What gather() has of it, even where it refused it; not once drain() was called.
  [[nodiscard]] std::string_view gathered() const;

 private:
  using piece = core::base::result<std::span<char>>;

  net::task<piece> gather_rest(std::span<char> body, milliseconds timeout);
  net::task<piece> gather_chunked(std::uint64_t limit, milliseconds timeout);
  net::task<bool> drain_rest(std::uint64_t most, milliseconds timeout);
  /// The next piece of the body, in the inbox; empty at its end.
  net::task<piece> next(milliseconds timeout);
  piece take(std::size_t most);
  net::task<core::base::result<std::size_t>> receive(std::span<char> into, milliseconds timeout);

  net::transport& client_;
  net::buffer_pool& buffers_;
  inbox& in_;
  core::http::request_framing framing_;
  core::http::chunked_decoder decoder_;
  net::buffer large_;        ///< holds the body when the inbox can't
  std::size_t head_end_;     ///< in the inbox; what follows may be overwritten once it is used
  std::size_t used_;         ///< how much of the inbox belongs to this request or an earlier one?
  std::uint64_t size_ = 0;   ///< how much of the body has been read?
  std::size_t decoded_ = 0;  ///< of a chunked body: how much has been moved together?
  bool complete_;            ///< has it been read to its end?
  bool awaits_continue_;     ///< does the client still wait for its 100?
  std::int64_t deadline_us_ =
      0;  ///< when must the body be here, by the steady clock? 0: nobody has waited yet
};

}  // namespace gateway::session
