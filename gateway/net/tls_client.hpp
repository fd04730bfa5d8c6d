// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the endpoints of one upstream are spoken to over TLS: whom the gateway trusts, and what it
// shows of itself. Immutable and shared by all workers.

#include <memory>
#include <string>
#include <string_view>

#include "core/config/model.hpp"
#include "gateway/net/tls_object.hpp"

struct ssl_session_st;

namespace gateway::net {

/// What an endpoint handed out, to agree with it sooner the next time. Of one worker.
class tls_session {
 public:
  tls_session() = default;
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;
  ~tls_session();

  /// From now on it is this one, which is ours to free.
  void keep(ssl_session_st* handed_out);
  [[nodiscard]] ssl_session_st* get() const { return kept_; }

 private:
  ssl_session_st* kept_ = nullptr;
};

class tls_client {
 public:
  /// Throws std::runtime_error with a sentence for the operator.
  explicit tls_client(const core::config::upstream_tls& settings);
  tls_client(const tls_client&) = delete;
  tls_client& operator=(const tls_client&) = delete;

  /// For a connection to `host`, a name or an IP address: the certificate must be for it, or for
  /// `server_name` where the configuration has one. Throws std::bad_alloc.
  [[nodiscard]] tls_object begin(const std::string& host, const tls_session& kept) const;

  /// What is agreed on by other settings has another one.
  [[nodiscard]] const std::string& mark() const { return mark_; }

 private:
  tls_context context_;
  std::string server_name_;  ///< empty: each endpoint's own
  std::string mark_;
};

}  // namespace gateway::net
