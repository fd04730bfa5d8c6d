// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a client writes as the address of a request (RFC 3986), taken apart. The target stays as it
// was written: it is what goes over the wire.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace core::http {

struct url {
  bool tls = false;  ///< https
  std::string host;  ///< to connect to; an IPv6 address without brackets
  std::uint16_t port = 80;
  std::string authority;  ///< for Host: the scheme's own port left out (RFC 9110, section 7.2)
  std::string target;     ///< path and query, percent-encoding untouched; at least "/"
};

/// http and https only. A fragment is dropped, as no client sends it. @return the parts, or a
/// sentence that says what is wrong.
std::variant<url, std::string> parse_url(std::string_view text);

}  // namespace core::http
