// SPDX-License-Identifier: Apache-2.0
#pragma once

// TLS on one socket, for its transport: straight on the descriptor, without waiting. What it does
// with the socket it notes as the transport would: there is nothing to read once a read found less
// than it had room for, and nobody is asked twice.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/observe/handshake.hpp"
#include "gateway/net/tls_object.hpp"

struct bio_st;

namespace gateway::net {

class tls_client;
class tls_server;
class tls_session;

/// Why a handshake failed, for metrics and log.
struct handshake_problem {
  core::observe::handshake_failure reason{};
  std::string detail;  ///< of OpenSSL's; holds nothing that a client wrote; may be empty
};

/// A socket as its transport knows it.
struct tls_socket {
  int descriptor = -1;
  bool& may_read;
  bool& may_write;
  const bool& hung_up;
  const bool& urgent;
};

class tls_stream {
 public:
  enum class step {
    done,
    again,   ///< once the socket can be read or written again
    eof,     ///< the peer has said that it is at its end
    broken,  ///< it hung up without saying so, or what it sent is no TLS
  };
  /// More than this goes in several records.
  static constexpr std::size_t most_at_once = 16 * 1024;

  /// For a client that has connected.
  tls_stream(const tls_socket& socket, std::shared_ptr<const tls_server> by);
  /// To an endpoint at `host`; what it hands out to resume with goes to `kept`.
  tls_stream(const tls_socket& socket, std::shared_ptr<const tls_client> to,
             const std::string& host, std::shared_ptr<tls_session> kept);
  tls_stream(const tls_stream&) = delete;
  tls_stream& operator=(const tls_stream&) = delete;
  ~tls_stream();

  // Each is one attempt.
  step handshake();
  /// At least a byte where it is done; fills `into` as far as there is something.
  step read(std::span<char> into, std::size_t& got);
  /// Where it is not done, the next call must begin with the same bytes.
  step write(std::string_view bytes, std::size_t& taken);

  /// Is there a byte of a message, or an end, that a read would find? What belongs to TLS alone is
  /// dealt with.
  bool has_something();
  /// Nothing was said that has not been read; the kernel is asked.
  bool quiet();
  /// Is anything here that the kernel no longer has?
  [[nodiscard]] bool holds_bytes() const;
  /// Has the peer said that it is at its end, or is the connection of no more use, as far as was
  /// read?
  [[nodiscard]] bool has_heard_end() const;
  /// As transport::ended().
  bool ended();

  /// Tells the peer that nothing follows, if that can be said without waiting.
  void say_end();
  /// From now on no end is said: what was sent is not whole, and must not look so.
  void cut() { said_end_ = true; }

  /// Once handshake() was done.
  [[nodiscard]] core::observe::handshake established() const;
  /// Once it was broken; or why it can't be complete, where time ran out.
  [[nodiscard]] handshake_problem problem() const;
  /// Is there one that the peer, or OpenSSL, has told of? Then also of what came after the
  /// handshake.
  [[nodiscard]] bool has_problem() const { return problem_.has_value(); }

  // For OpenSSL's callbacks.
  static tls_stream& of(const ssl_st* connection);
  [[nodiscard]] const tls_server& server() const { return *server_; }
  /// Null for one that clients made.
  [[nodiscard]] tls_session* kept() const { return kept_.get(); }

 private:
  friend struct tls_socket_io;

  void begin();
  step outcome(int result);
  step peek();
  void note_problem();
  [[nodiscard]] bool goes_on_beyond_certificate() const;
  bool ask_kernel();

  tls_socket socket_;
  std::shared_ptr<const tls_server> server_;  // one of these two
  std::shared_ptr<const tls_client> client_;
  std::shared_ptr<tls_session> kept_;
  tls_object connection_;
  std::optional<handshake_problem> problem_;
  bool established_ = false;
  bool heard_ = false;   ///< has a byte come?
  bool over_ = false;    ///< does nothing come any more?
  bool plain_ = false;   ///< was the first one a letter?
  bool failed_ = false;  ///< of no more use
  bool unsent_ = false;  ///< has OpenSSL bytes that the kernel would not take?
  bool said_end_ = false;
};

}  // namespace gateway::net
