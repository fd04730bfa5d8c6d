// SPDX-License-Identifier: Apache-2.0
#pragma once

// The life of one client connection: wait, read a head, exchange, again. It decides nothing about
// messages.

#include <chrono>
#include <optional>

#include "core/base/errc.hpp"
#include "gateway/session/client_connection.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::session {

/// How a client came in.
struct entrance {
  std::uint32_t listener = 0;  ///< its number
  bool closing = false;        ///< it is no entrance any more: the client is served and leaves
};

class session {
 public:
  session(worker& w, sys::descriptor socket, entrance by);
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  net::task<void> run();

  /// It answers what has begun and no more. Ends it if it waits for a request of which not a byte
  /// has arrived, not even in the kernel.
  void leave();
  /// The listener through which it came.
  [[nodiscard]] std::uint32_t listener() const { return listener_; }
  /// Ends it: whatever it waits for fails.
  void close() { client_.stream.close(); }

 private:
  /// A head's size, or why there is none; nothing while more has to be read.
  using head_outcome = std::optional<core::base::result<std::size_t>>;

  void move_to_front();
  /// For how long to wait for a request's first byte; 0: not at all.
  [[nodiscard]] std::chrono::milliseconds patience() const;
  head_outcome parse_head(scratch& space);
  head_outcome received(const net::io_result& got, scratch& space);
  /// Lets the peer read our last words before the connection goes (RFC 9112, section 9.6).
  net::task<void> linger();

  worker& worker_;
  client_connection client_;
  std::uint32_t listener_;
  bool idle_ = true;    ///< does it wait for a request that has not begun?
  bool spoke_ = false;  ///< has there been a request, of which an answer may be under way?
};

/// Lets all sessions finish what has begun and no more.
void drain_sessions(worker& w);

/// The same for those who came through one listener.
void drain_sessions(worker& w, std::uint32_t listener);

/// Runs a session to its end and frees it.
net::task<void> run_session(worker* w, sys::descriptor socket, entrance by = {});

}  // namespace gateway::session
