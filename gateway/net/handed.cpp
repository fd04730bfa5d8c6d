// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/handed.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "gateway/net/socket_address.hpp"

namespace gateway::net {

namespace {

int option(int socket, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

std::optional<socket_address> listening_address(const sys::descriptor& handed) {
  const int socket = handed.get();
  if (option(socket, SO_TYPE) != SOCK_STREAM || option(socket, SO_ACCEPTCONN) != 1)
    return std::nullopt;
  auto address = own_address(socket);
  return address && (tcp_of(*address) || !path_of(*address).empty()) ? address : std::nullopt;
}

}  // namespace

std::optional<stream_acceptor> take_listening(event_loop& loop, const socket_address& address,
                                              std::vector<sys::descriptor>& handed) {
  // Port 0 asks for one that nobody has.
  if (tcp_of(address) && port_of(address) == 0) return std::nullopt;
  const auto found = std::ranges::find(handed, std::optional(address), listening_address);
  if (found == handed.end()) return std::nullopt;
  sys::descriptor taken = std::move(*found);
  handed.erase(found);
  stream_acceptor acceptor(loop);
  acceptor.assign(address.protocol(), taken.release());
  acceptor.non_blocking(true);
  return acceptor;
}

std::string describe(const sys::descriptor& handed) {
  const auto address = listening_address(handed);
  return address ? format_address(*address) : "a descriptor that doesn't listen for streams";
}

}  // namespace gateway::net
