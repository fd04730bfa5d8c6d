// SPDX-License-Identifier: Apache-2.0
#pragma once

// A small HTTP server as Beast's examples write it, for what carries no load: the admin listener
// and the demo's service. Whole messages, one handler; not the gateway's own data path
// (gateway/session).

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/net/asio_types.hpp"
#include "gateway/net/task.hpp"

namespace gateway::net {

using plain_fields = std::vector<std::pair<std::string, std::string>>;

struct plain_request {
  std::string method;
  std::string target;
  plain_fields fields;
  std::string body;
  std::string peer{};  ///< as peer_address() tells it

  /// The first field of this name, case ignored; empty if there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
};

struct plain_response {
  unsigned status = 200;
  plain_fields fields;
  std::string body;
};

using plain_handler = std::function<plain_response(const plain_request&)>;

/// Serves until the acceptor is closed. At most `most_connections` at once; a connection is cut
/// after 15 s of silence; request bodies up to `body_limit` bytes.
task<void> serve_plain(stream_acceptor* acceptor, const plain_handler* handler,
                       std::size_t most_connections = 64, std::size_t body_limit = 8u << 20);

/// Opens, binds and listens. At a path, a file that nobody listens at is replaced, and who may
/// connect is the new one's owner and group (mode 0660). Throws boost::system::system_error, or
/// std::system_error because of that file.
stream_acceptor listen_on(boost::asio::io_context& context, const socket_address& address);

}  // namespace gateway::net
