// SPDX-License-Identifier: Apache-2.0
#pragma once

// How TLS handshakes with clients ended, as metrics and log call it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::observe {

enum class handshake_failure : std::uint8_t {
  timeout,          ///< not complete within `limits.header_timeout`
  closed,           ///< the client hung up
  plain_http,       ///< it spoke HTTP without TLS
  protocol,         ///< it knows neither TLS 1.2 nor 1.3
  parameters,       ///< no cipher, group or signature algorithm in common
  alpn,             ///< it asks for protocols, and HTTP/1.1 is none of them
  no_certificate,   ///< it shows no certificate, and must
  bad_certificate,  ///< its certificate isn't one that `client_ca` signed, or not in force
  refused,          ///< it ended the handshake with an alert: mostly it doesn't trust the gateway
  malformed,        ///< what it sent is no TLS
};

inline constexpr std::array<std::string_view, 10> handshake_failure_names{
    "timeout", "closed",         "plain_http",      "protocol", "parameters",
    "alpn",    "no_certificate", "bad_certificate", "refused",  "malformed"};

inline std::string_view name(handshake_failure f) {
  return handshake_failure_names[static_cast<std::size_t>(f)];
}

/// One that succeeded.
struct handshake {
  bool tls_1_3 = false;  ///< else TLS 1.2
  bool resumed = false;  ///< with what the client kept of an earlier one
};

}  // namespace core::observe
