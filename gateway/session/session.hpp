// SPDX-License-Identifier: Apache-2.0
#pragma once

// The life of one client connection: wait, read a head, exchange, again. It decides nothing about
// messages.

#include <chrono>
#include <memory>
#include <optional>

#include "core/base/errc.hpp"
#include "gateway/session/client_connection.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::session {

/// How a client came in.
struct entrance {
  std::uint32_t listener = 0;  ///< its number
  bool closing = false;        ///< it is no entrance any more: the client is served and leaves
  // As the listener was when the client was accepted.
  bool introduces = false;                                      ///< does a PROXY header come first?
  std::shared_ptr<const net::tls_server> secured_by = nullptr;  ///< null: plain HTTP is spoken
};

class session {
 public:
  session(worker& w, sys::descriptor socket, const entrance& by);
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  net::task<void> run();

  /// It answers what has begun and no more. Ends it if it waits for another request of which not a
  /// byte has arrived, not even in the kernel; who has just connected has a moment for the first.
  void leave();
  /// Its next answer is its last, and says so. A client that sends a request before it can know
  /// loses nothing.
  void leave_after_next() { client_.leaving = told_ = true; }
  [[nodiscard]] bool leaves_after_next() const { return told_; }
  /// Once it was told to leave: can nothing of it be refused any more for want of replay marks?
  [[nodiscard]] bool settled() const { return client_.settled; }
  /// The listener through which it came.
  [[nodiscard]] std::uint32_t listener() const { return listener_; }
  /// Ends it: whatever it waits for fails.
  void close() { client_.stream.close(); }

 private:
  /// A head's size, or why there is none; nothing while more has to be read.
  using head_outcome = std::optional<core::base::result<std::size_t>>;

  /// Learns from a PROXY header whose connection it is. @return false if none came, which was
  /// reported.
  net::task<bool> be_introduced();
  /// Agrees on TLS with the client. @return false where that failed, and was reported.
  net::task<bool> enter();
  void move_to_front();
  /// For how long to wait for a request's first byte.
  [[nodiscard]] std::chrono::milliseconds patience() const;
  head_outcome parse_head(scratch& space);
  head_outcome received(const net::io_result& got, scratch& space);
  /// Lets the peer read our last words before the connection goes (RFC 9112, section 9.6).
  net::task<void> linger();

  worker& worker_;
  client_connection client_;
  std::uint32_t listener_;
  const bool introduced_;                              ///< does a PROXY header come first?
  std::shared_ptr<const net::tls_server> secured_by_;  ///< how TLS is spoken behind that
  bool told_ = false;   ///< was it told to leave after the next answer?
  bool idle_ = true;    ///< does it wait for a request that has not begun?
  bool spoke_ = false;  ///< has there been a request, of which an answer may be under way?
};

/// Has all sessions end with their next answer, and those that come with their first.
void end_sessions_soon(worker& w);

/// Are there still sessions that were there when it was called?
[[nodiscard]] bool sessions_end_soon(const worker& w);

/// Lets all sessions finish what has begun and no more.
void drain_sessions(worker& w);

/// The same for those who came through one listener.
void drain_sessions(worker& w, std::uint32_t listener);

/// After drain_sessions(): are all that are left settled?
[[nodiscard]] bool sessions_are_settled(const worker& w);

/// Runs a session to its end and frees it.
net::task<void> run_session(worker* w, sys::descriptor socket, entrance by = {});

}  // namespace gateway::session
