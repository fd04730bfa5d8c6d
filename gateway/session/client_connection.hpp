// SPDX-License-Identifier: Apache-2.0
#pragma once

// One client's connection and what has arrived on it.

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/net/buffers.hpp"
#include "gateway/net/transport.hpp"

namespace gateway::session {

/// Bytes that have arrived and are not yet used up.
struct inbox {
  net::buffer memory;
  std::size_t begin = 0;  ///< where the current message starts
  std::size_t end = 0;    ///< behind the last byte that arrived

  [[nodiscard]] std::string_view unread() const { return {memory.data() + begin, end - begin}; }
};

struct client_connection {
  net::transport stream;
  inbox in;
  std::string peer;      ///< the client's address, without port
  bool leaving = false;  ///< no request after the one that is at work
  bool settled = false;  ///< will the replay store not be asked again for what has begun?

  /// What it speaks.
  [[nodiscard]] std::string_view scheme() const { return stream.secured() ? "https" : "http"; }
};

}  // namespace gateway::session
