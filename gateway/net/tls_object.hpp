// SPDX-License-Identifier: Apache-2.0
#pragma once

// OpenSSL's objects by their own names, so that only sources include its headers.

#include <memory>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace gateway::net {

struct tls_free {
  void operator()(ssl_st* object) const;
  void operator()(ssl_ctx_st* object) const;
};
using tls_object = std::unique_ptr<ssl_st, tls_free>;
using tls_context = std::unique_ptr<ssl_ctx_st, tls_free>;

/// A context with what both sides of ours agree on: TLS 1.2 and 1.3, forward secrecy and
/// authenticated encryption alone, no compression, no renegotiation, an end that must be said.
/// Throws std::runtime_error when OpenSSL can't.
tls_context new_tls_context(bool server);

/// Throws std::runtime_error: `what`, and what OpenSSL has to say of it.
[[noreturn]] void fail_tls(const std::string& what);

}  // namespace gateway::net
