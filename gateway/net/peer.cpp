// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/peer.hpp"

#include "gateway/net/socket_address.hpp"

namespace gateway::net {

std::string peer_address(int socket) {
  const auto peer = address_of_peer(socket);
  const auto tcp = peer ? tcp_of(*peer) : std::nullopt;
  return tcp ? tcp->address().to_string() : std::string();
}

}  // namespace gateway::net
