// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a message ends, decided strictly for both directions (RFC 9112, section 6): what two
// parsers could read in two ways is refused. Beast alone lets several of these through.

#include <array>
#include <cstdint>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/http/connection.hpp"
#include "core/http/head.hpp"

namespace core::http {

/// Every method the gateway takes, case-sensitive. No CONNECT (a tunnel proves nothing) and no
/// TRACE (it echoes credentials).
inline constexpr std::array<std::string_view, 7> known_methods = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
bool is_known_method(std::string_view method);

enum class body_kind {
  none,
  length,       ///< Content-Length
  chunked,      ///< Transfer-Encoding: chunked
  until_close,  ///< answers only: ends with the connection
};

struct request_framing {
  body_kind body = body_kind::none;
  std::uint64_t length = 0;       ///< for body_kind::length
  bool keep_alive = true;         ///< what version and Connection say
  bool expect_continue = false;   ///< the client waits for a 100 before it sends the body
  std::string_view host;          ///< the one Host, as sent; HTTP/1.0 may have none
  connection_options connection;  ///< which fields end here
};

/// Checks in this order: @return http_version (neither 1.0 nor 1.1), bad_http, bad_framing,
/// bad_host, unknown_method or expectation_failed. After the first three the connection can't be
/// used any more.
base::result<request_framing> frame_request(const request_head& head);

struct response_framing {
  body_kind body = body_kind::none;
  std::uint64_t length = 0;
  bool keep_alive = true;
  bool length_declared =
      false;  ///< `length` is Content-Length, also where HEAD or 304 name it without a body
  connection_options connection;  ///< which fields end here
};

/// Of a 101, behind whose head another protocol begins: it has no body and announces none.
/// @return upstream_invalid.
base::result<response_framing> frame_switching(const response_head& head);

/// `method` is the request's. 1xx must have been skipped by the caller. @return upstream_invalid.
base::result<response_framing> frame_response(const response_head& head, std::string_view method);

}  // namespace core::http
