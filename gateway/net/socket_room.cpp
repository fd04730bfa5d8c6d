// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/socket_room.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "gateway/sys/descriptor.hpp"

namespace gateway::net {

bool can_open_sockets() {
  const sys::descriptor one(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  return static_cast<bool>(one);
}

}  // namespace gateway::net
