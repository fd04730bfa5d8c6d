// SPDX-License-Identifier: Apache-2.0
#include "bench/load/channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "gateway/sys/clock.hpp"

namespace bench::load {

namespace {

/// -1 with errno, where there is nothing; 0 at the end.
ssize_t outcome(SSL* over, int result, std::size_t size) {
  if (result == 1) return static_cast<ssize_t>(size);
  switch (SSL_get_error(over, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: errno = ECONNRESET; return -1;
  }
}

}  // namespace

gateway::net::tls_context client_context() {
  gateway::net::tls_context made = gateway::net::new_tls_context(false);
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  // So that SSL_pending() tells of all that is here.
  SSL_CTX_set_read_ahead(made.get(), 0);
  return made;
}

gateway::net::tls_object agree(SSL_CTX* by, int socket, double timeout) {
  gateway::net::tls_object made(SSL_new(by));
  if (!made || SSL_set_fd(made.get(), socket) != 1) return nullptr;
  const std::int64_t until = gateway::sys::steady_us() + static_cast<std::int64_t>(timeout * 1e6);
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(made.get());
    if (result == 1) return made;
    const int wants = SSL_get_error(made.get(), result);
    const std::int64_t left_ms = (until - gateway::sys::steady_us()) / 1000;
    if ((wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) || left_ms <= 0)
      return nullptr;
    pollfd one{socket, static_cast<short>(wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
    ::poll(&one, 1, static_cast<int>(left_ms));
  }
}

ssize_t send_secured(SSL* over, std::string_view bytes) {
  ERR_clear_error();
  std::size_t sent = 0;
  const int result = SSL_write_ex(over, bytes.data(), bytes.size(), &sent);
  return outcome(over, result, sent);
}

ssize_t receive_secured(SSL* over, std::span<char> into) {
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(over, into.data(), into.size(), &got);
  return outcome(over, result, got);
}

bool holds_bytes(const SSL* over) { return SSL_pending(over) > 0; }

void say_end(SSL* over) {
  ERR_clear_error();
  SSL_shutdown(over);
  ERR_clear_error();
}

}  // namespace bench::load
