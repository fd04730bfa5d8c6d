// SPDX-License-Identifier: Apache-2.0
#pragma once

// The handshake by which HTTP becomes a WebSocket (RFC 6455, section 4). Both sides of it are
// checked: behind a 101 nobody looks at anything any more, so that it must be the answer to what
// was asked.

#include <optional>
#include <string_view>

#include "core/admission/stages.hpp"
#include "core/http/head.hpp"

namespace core::admission {

/// The key of a handshake on a route that takes them: GET, HTTP/1.1, no body, `Connection:
/// upgrade`, `Upgrade: websocket`, version 13, one key of 16 bytes. Nothing for any other request,
/// which then goes on as it would elsewhere, without what belongs to the hop.
std::optional<std::string_view> websocket_key(const routed& request);

/// Does this 101, whose framing is known, say yes to the handshake with that key (section 4.2.2)?
bool accepts_websocket(const http::response_head& head, const http::response_framing& framing,
                       std::string_view key);

}  // namespace core::admission
