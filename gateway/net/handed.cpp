// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/handed.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "gateway/net/resolve.hpp"

namespace gateway::net {

namespace {

int option(int socket, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

std::optional<tcp_endpoint> listening_address(const sys::descriptor& handed) {
  const int socket = handed.get();
  if (option(socket, SO_TYPE) != SOCK_STREAM || option(socket, SO_ACCEPTCONN) != 1)
    return std::nullopt;
  tcp_endpoint address;
  auto size = static_cast<socklen_t>(address.capacity());
  if (::getsockname(socket, address.data(), &size) != 0) return std::nullopt;
  const int family = address.data()->sa_family;
  if (family != AF_INET && family != AF_INET6) return std::nullopt;
  address.resize(size);
  return address;
}

}  // namespace

std::optional<tcp_acceptor> take_listening(event_loop& loop, const tcp_endpoint& address,
                                           std::vector<sys::descriptor>& handed) {
  // Port 0 asks for one that nobody has.
  if (address.port() == 0) return std::nullopt;
  const auto found = std::ranges::find(handed, std::optional(address), listening_address);
  if (found == handed.end()) return std::nullopt;
  sys::descriptor taken = std::move(*found);
  handed.erase(found);
  tcp_acceptor acceptor(loop);
  acceptor.assign(address.protocol(), taken.release());
  acceptor.non_blocking(true);
  return acceptor;
}

std::string describe(const sys::descriptor& handed) {
  const auto address = listening_address(handed);
  return address ? format_endpoint(*address) : "a descriptor that doesn't listen for TCP";
}

}  // namespace gateway::net
