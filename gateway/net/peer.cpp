// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/peer.hpp"

#include <sys/socket.h>

#include "gateway/net/asio_types.hpp"

namespace gateway::net {

std::string peer_address(int socket) {
  tcp_endpoint peer;
  auto size = static_cast<socklen_t>(peer.capacity());
  if (::getpeername(socket, peer.data(), &size) != 0) return {};
  peer.resize(size);
  return peer.address().to_string();
}

}  // namespace gateway::net
