// SPDX-License-Identifier: Apache-2.0
#pragma once

// A reply as its client checks it: the signature proves the gateway, the seal keeps the content.
// The other side of core/admission/answer.hpp.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/admission/client_request.hpp"
#include "core/http/head.hpp"

namespace core::admission {

struct client_reply {
  std::string body;       ///< opened, if it was sealed
  bool verified = false;  ///< signed for this very request, within the window
  bool opened = false;    ///< it was sealed, and its seal is whole
};

/// Whatever the route's `reply` demands has to be there and right; what it doesn't demand isn't
/// looked at. An array is shown as JSON. @return the reply, or a sentence that says what is wrong
/// with it.
std::variant<client_reply, std::string> open_client_reply(const client_request& asked,
                                                          const http::response_head& head,
                                                          std::string_view body, std::int64_t now,
                                                          const snapshot& rules, workspace& space);

}  // namespace core::admission
