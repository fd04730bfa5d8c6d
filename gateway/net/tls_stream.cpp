// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <cerrno>
#include <new>
#include <utility>

#include "core/base/ascii.hpp"
#include "gateway/net/tls_client.hpp"
#include "gateway/net/tls_server.hpp"
#include "gateway/sys/last_error.hpp"

namespace gateway::net {

using core::observe::handshake_failure;

namespace {

/// What OpenSSL's reason means here; nothing for one that another says more of.
std::optional<handshake_failure> meaning(unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return std::nullopt;
  const int reason = ERR_GET_REASON(error);
  // The peer's own alerts have numbers from there on.
  if (reason >= SSL_AD_REASON_OFFSET) return handshake_failure::refused;
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST: return handshake_failure::plain_http;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_UNKNOWN_PROTOCOL: return handshake_failure::protocol;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS: return handshake_failure::parameters;
    case SSL_R_NO_APPLICATION_PROTOCOL: return handshake_failure::alpn;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return handshake_failure::no_certificate;
    case SSL_R_CERTIFICATE_VERIFY_FAILED: return handshake_failure::bad_certificate;
    default: return std::nullopt;
  }
}

}  // namespace

/// The socket as OpenSSL sees it. Not its own kind, which raises SIGPIPE and asks the kernel for
/// what is known not to be there.
struct tls_socket_io {
  static tls_stream& stream(BIO* of) { return *static_cast<tls_stream*>(BIO_get_data(of)); }

  static int read(BIO* from, char* into, int room) {
    tls_stream& s = stream(from);
    BIO_clear_retry_flags(from);
    ssize_t got = -1;
    errno = EAGAIN;
    if (s.socket_.may_read) {
      do got = ::recv(s.socket_.descriptor, into, static_cast<std::size_t>(room), 0);
      while (got < 0 && errno == EINTR);
    }
    if (got < 0 && sys::would_block(errno)) {
      s.socket_.may_read = false;
      BIO_set_retry_read(from);
      return -1;
    }
    s.over_ = got == 0;
    if (got <= 0) return static_cast<int>(got);
    // As transport::try_read has it.
    s.socket_.may_read = got == room || s.socket_.hung_up || s.socket_.urgent;
    // No record of TLS begins with a letter; a method of HTTP does.
    if (!std::exchange(s.heard_, true)) s.plain_ = core::base::is_alpha(*into);
    return static_cast<int>(got);
  }

  static int write(BIO* to, const char* bytes, int size) {
    tls_stream& s = stream(to);
    BIO_clear_retry_flags(to);
    ssize_t taken = -1;
    errno = EAGAIN;
    if (s.socket_.may_write) {
      do taken = ::send(s.socket_.descriptor, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
      while (taken < 0 && errno == EINTR);
    }
    if (taken < 0 && sys::would_block(errno)) {
      s.socket_.may_write = false;
      BIO_set_retry_write(to);
    }
    return static_cast<int>(taken);
  }

  static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO* make(tls_stream& of) {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> kind(new_kind(),
                                                                            BIO_meth_free);
    BIO* const made = kind ? BIO_new(kind.get()) : nullptr;
    if (made == nullptr) throw std::bad_alloc();
    BIO_set_data(made, &of);
    BIO_set_init(made, 1);
    return made;
  }

 private:
  static BIO_METHOD* new_kind() {
    BIO_METHOD* const kind = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "transport");
    if (kind == nullptr) return nullptr;
    BIO_meth_set_read(kind, read);
    BIO_meth_set_write(kind, write);
    BIO_meth_set_ctrl(kind, control);
    return kind;
  }
};

tls_stream::tls_stream(const tls_socket& socket, std::shared_ptr<const tls_server> by)
    : socket_(socket), server_(std::move(by)), connection_(server_->begin()) {
  begin();
}

tls_stream::tls_stream(const tls_socket& socket, std::shared_ptr<const tls_client> to,
                       const std::string& host, std::shared_ptr<tls_session> kept)
    : socket_(socket),
      client_(std::move(to)),
      kept_(std::move(kept)),
      connection_(client_->begin(host, *kept_)) {
  begin();
}

void tls_stream::begin() {
  BIO* const io = tls_socket_io::make(*this);
  SSL_set_bio(connection_.get(), io, io);
  SSL_set_app_data(connection_.get(), this);
}

tls_stream::~tls_stream() {
  // A session of a connection that was not ended could not be resumed, by OpenSSL's rule. That is
  // one of SSL 3; now an end that was not said is seen by whoever reads.
  if (established_ && !failed_)
    SSL_set_shutdown(connection_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

tls_stream& tls_stream::of(const SSL* connection) {
  return *static_cast<tls_stream*>(SSL_get_app_data(connection));
}

tls_stream::step tls_stream::outcome(int result) {
  switch (SSL_get_error(connection_.get(), result)) {
    case SSL_ERROR_NONE: return step::done;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return step::again;
    case SSL_ERROR_ZERO_RETURN: return step::eof;
    default: break;
  }
  // Whoever has finished sending without saying so may still be waiting for an answer.
  if (over_ && established_ && ERR_peek_error() == 0) return step::broken;
  failed_ = true;
  if (established_ && ERR_peek_error() != 0) note_problem();
  return step::broken;
}

tls_stream::step tls_stream::handshake() {
  if (failed_) return step::broken;
  ERR_clear_error();
  step came = outcome(SSL_do_handshake(connection_.get()));
  if (came == step::eof) came = step::broken;
  if (came == step::done && goes_on_beyond_certificate()) {
    failed_ = true;
    problem_ = handshake_problem{handshake_failure::bad_certificate,
                                 "the certificate of the resumed session has expired"};
    return step::broken;
  }
  if (came == step::done) established_ = true;
  if (came == step::broken) note_problem();
  ERR_clear_error();
  return came;
}

// OpenSSL asks no more of a session that goes on, and each hands out another ticket: it could go on
// for ever.
bool tls_stream::goes_on_beyond_certificate() const {
  if (SSL_session_reused(connection_.get()) == 0) return false;
  const X509* const shown = SSL_get0_peer_certificate(connection_.get());
  return shown != nullptr && X509_cmp_current_time(X509_get0_notAfter(shown)) <= 0;
}

void tls_stream::note_problem() {
  failed_ = true;
  handshake_problem p{handshake_failure::malformed, {}};
  const unsigned long first = ERR_peek_error();
  // Without an error of OpenSSL's it was the socket's end.
  if (first == 0) p.reason = handshake_failure::closed;
  while (const unsigned long error = ERR_get_error()) {
    const auto meant = meaning(error);
    if (!meant && error != first) continue;
    p.reason = meant.value_or(handshake_failure::malformed);
    if (const char* said = ERR_reason_error_string(error)) p.detail = said;
    if (meant) break;
  }
  if (plain_ && first != 0) p = {handshake_failure::plain_http, {}};
  if (const long why = SSL_get_verify_result(connection_.get());
      p.reason == handshake_failure::bad_certificate && why != X509_V_OK)
    p.detail = X509_verify_cert_error_string(why);
  problem_ = std::move(p);
}

handshake_problem tls_stream::problem() const {
  return problem_.value_or(handshake_problem{handshake_failure::timeout, {}});
}

core::observe::handshake tls_stream::established() const {
  return {SSL_version(connection_.get()) == TLS1_3_VERSION,
          SSL_session_reused(connection_.get()) == 1};
}

tls_stream::step tls_stream::read(std::span<char> into, std::size_t& got) {
  got = 0;
  step came = failed_ ? step::broken : step::done;
  while (came == step::done && got < into.size()) {
    // A record at a time; another call would find nothing.
    if (got != 0 && !socket_.may_read && !holds_bytes()) break;
    std::size_t piece = 0;
    ERR_clear_error();
    came = outcome(SSL_read_ex(connection_.get(), into.data() + got, into.size() - got, &piece));
    got += piece;
  }
  if (failed_) ERR_clear_error();
  // What ended it is found again.
  return got == 0 ? came : step::done;
}

tls_stream::step tls_stream::write(std::string_view bytes, std::size_t& taken) {
  taken = 0;
  if (failed_) return step::broken;
  ERR_clear_error();
  const step came = outcome(SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &taken));
  unsent_ = came == step::again;
  // Who refuses us and hangs up has said why before: that is still there to be read.
  if (came == step::broken && !problem_) {
    socket_.may_read = true;
    peek();
  }
  if (failed_) ERR_clear_error();
  return came;
}

tls_stream::step tls_stream::peek() {
  char byte = 0;
  std::size_t got = 0;
  ERR_clear_error();
  const step came = outcome(SSL_peek_ex(connection_.get(), &byte, 1, &got));
  if (failed_) ERR_clear_error();
  return came;
}

bool tls_stream::has_something() {
  if (failed_) return true;
  if (!socket_.may_read && !holds_bytes()) return has_heard_end();
  return peek() != step::again;
}

bool tls_stream::has_heard_end() const {
  return failed_ || (SSL_get_shutdown(connection_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool tls_stream::holds_bytes() const { return SSL_has_pending(connection_.get()) == 1; }

/// The loop may not have told yet. @return false if the peer has ended and nothing is left.
bool tls_stream::ask_kernel() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.descriptor, &byte, 1, MSG_PEEK);
  if (got >= 0 || !sys::would_block(errno)) socket_.may_read = true;
  return got > 0 || (got < 0 && sys::would_block(errno));
}

bool tls_stream::quiet() {
  ask_kernel();
  if (!established_) return !heard_ && !socket_.may_read && !failed_;
  return !has_something();
}

bool tls_stream::ended() {
  if (failed_) return true;
  const bool open = ask_kernel();
  if (!established_) return !open;
  if (!socket_.may_read && !holds_bytes()) return has_heard_end();
  const step came = peek();
  return came == step::eof || came == step::broken;
}

void tls_stream::say_end() {
  if (!established_ || failed_ || unsent_ || std::exchange(said_end_, true)) return;
  ERR_clear_error();
  SSL_shutdown(connection_.get());
  ERR_clear_error();
}

}  // namespace gateway::net
