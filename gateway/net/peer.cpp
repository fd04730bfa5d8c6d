// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/peer.hpp"

#include "core/http/forwarded.hpp"
#include "gateway/net/socket_address.hpp"

namespace gateway::net {

std::string peer_address(int socket) {
  const auto peer = address_of_peer(socket);
  if (!peer) return {};
  const auto tcp = tcp_of(*peer);
  return tcp ? tcp->address().to_string() : std::string(core::http::local_peer);
}

}  // namespace gateway::net
