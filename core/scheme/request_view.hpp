// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request as its signature may cover it: what stands in the head, and what the client addressed.

#include <string_view>

#include "core/http/head.hpp"
#include "core/http/target.hpp"

namespace core::scheme {

struct request_view {
  const http::request_head& head;
  http::target target;
  std::string_view authority;  ///< as addressed, lower case, without the scheme's own port
  std::string_view scheme;     ///< "https" or "http"
};

}  // namespace core::scheme
