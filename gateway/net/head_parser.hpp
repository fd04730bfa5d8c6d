// SPDX-License-Identifier: Apache-2.0
#pragma once

// Heads of messages, parsed by Beast's parser into views of the buffer they stand in. Where the
// body ends is not decided here: core/http/framing.hpp is stricter than Beast.

#include <cstddef>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/http/head.hpp"

namespace gateway::net {

struct parsed_head {
  bool complete = false;  ///< false: more bytes are needed
  std::size_t size = 0;   ///< bytes of the head, its empty line included
};

/// `bytes` begins with the head. Give it all of the buffer again when there is more. Views in
/// `head` point into `bytes`.
/// @return bad_http, http_version, headers_too_large or bad_framing.
core::base::result<parsed_head> parse_request_head(std::string_view bytes, std::size_t limit,
                                                   core::http::request_head& head);

/// @return upstream_invalid.
core::base::result<parsed_head> parse_response_head(std::string_view bytes, std::size_t limit,
                                                    core::http::response_head& head);

}  // namespace gateway::net
