// SPDX-License-Identifier: Apache-2.0
#pragma once

// The life of one client connection: wait, read a head, exchange, again. It decides nothing about
// messages.

#include "core/base/errc.hpp"
#include "gateway/session/client_connection.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::session {

class session {
 public:
  session(worker& w, sys::descriptor socket);
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  net::task<void> run();

  /// The worker drains: ends it if it waits for a request of which not a byte has arrived, not even
  /// in the kernel.
  void end_if_idle();
  /// Ends it: whatever it waits for fails.
  void close() { client_.stream.close(); }

 private:
  using outcome = core::base::result<void>;

  void move_to_front();
  /// Waits for a request's first byte. @return client_closed when none comes.
  net::task<outcome> await_request();
  /// Reads until the head is whole. @return its size.
  net::task<core::base::result<std::size_t>> read_head(scratch* space);
  /// Lets the peer read our last words before the connection goes (RFC 9112, section 9.6).
  net::task<void> linger();

  worker& worker_;
  client_connection client_;
  bool idle_ = true;    ///< does it wait for a request that has not begun?
  bool spoke_ = false;  ///< has there been a request, of which an answer may be under way?
};

/// Lets all sessions finish what has begun and no more.
void drain_sessions(worker& w);

/// Runs a session to its end and frees it.
net::task<void> run_session(worker* w, sys::descriptor socket);

}  // namespace gateway::session
