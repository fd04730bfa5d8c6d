// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a load balancer that passes bytes on says before them of where they come from: the PROXY
// protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt). Who may say so is for others.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"

namespace core::http {

/// A version 1 line has 107 bytes at most, CR LF included. Of version 2 more is refused than any
/// balancer sends, though the length would allow 65,551.
inline constexpr std::size_t most_proxy_header = 4096;

struct proxy_header {
  std::size_t size = 0;  ///< bytes of it; what follows is the client's
  bool local = false;    ///< is the connection the balancer's own, a health check?
  std::string source;    ///< else the client's address, without port; empty: it isn't known
};

/// From the beginning of what has arrived. Nothing while it may be the beginning of one: there is
/// none of more than most_proxy_header bytes.
/// @return bad_proxy_header
base::result<std::optional<proxy_header>> parse_proxy_header(std::string_view bytes);

/// How many bytes may be read beside these, at least one, without taking any of what follows the
/// header. For what parse_proxy_header() has not seen the end of.
std::size_t left_of_proxy_header(std::string_view bytes);

}  // namespace core::http
