// SPDX-License-Identifier: Apache-2.0
#pragma once

// One connection's bytes, with a deadline on every wait. This is all that sessions know of sockets:
// what drives them (today Asio's reactor) can be exchanged behind it.

#include <boost/asio/buffer.hpp>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "gateway/net/deadlines.hpp"
#include "gateway/net/task.hpp"

namespace gateway::net {

enum class io_error {
  none,
  eof,      ///< the peer has finished sending
  timeout,  ///< the deadline passed
  broken,   ///< reset, refused, closed by us, or anything else: the connection is of no more use
};

struct io_result {
  io_error error = io_error::none;
  std::size_t bytes = 0;
};

class transport final : private deadlines::entry {
 public:
  using milliseconds = std::chrono::milliseconds;

  transport(tcp_socket socket, deadlines& wheel);
  transport(transport&&) = delete;

  /// Connects a new socket. @return none, timeout or broken.
  task<io_error> connect(tcp_endpoint to, milliseconds timeout);

  /// Reads what is there, at least a byte, at most into.size().
  task<io_result> read_some(std::span<char> into, milliseconds timeout);

  /// Waits without holding a buffer until there is something to read (or the peer closed).
  task<io_error> wait_readable(milliseconds timeout);

  /// Writes all parts with as few sends as the kernel allows (one, usually). `timeout` is for each
  /// pause in the progress. `bytes` tells how much was accepted by the kernel, also on an error.
  task<io_result> write(std::span<const std::string_view> parts, milliseconds timeout);

  /// As write, but gives up (error none, bytes less than all) as soon as the peer has something to
  /// say: an upstream may answer before it has read the body.
  task<io_result> write_unless_answered(std::span<const std::string_view> parts,
                                        milliseconds timeout);

  /// True if an unused connection is still open and silent. The kernel is asked each time: a read
  /// begun earlier knows only what the loop has turned for, and one request may follow another
  /// without a turn.
  [[nodiscard]] bool quiet();

  /// True if the peer has finished sending and all of it was read, or the connection is of no more
  /// use. For the moments in which nobody reads.
  [[nodiscard]] bool ended();

  /// One attempt to send without waiting; what doesn't fit is lost. For a last word before closing.
  void write_now(std::string_view bytes);

  /// Tells the peer that nothing follows.
  void finish_sending();
  void close();
  /// Lets what waits run out of time now; what was complete already stays complete.
  void interrupt() { expire(); }
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }

  /// The peer's address without port, e.g. "127.0.0.1".
  [[nodiscard]] std::string peer_address() const;

 private:
  void expire() override;
  io_error outcome(const boost::system::error_code& ec);
  task<io_result> write_parts(std::span<const std::string_view> parts, milliseconds timeout,
                              bool yield_to_answer);

  tcp_socket socket_;
  bool timed_out_ = false;  ///< did the deadline end the last operation?
};

}  // namespace gateway::net
