// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/socket_address.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace gateway::net {

namespace {

constexpr std::size_t path_begins = offsetof(sockaddr_un, sun_path);

using ask_kernel = int (*)(int, sockaddr*, socklen_t*) noexcept;

std::optional<socket_address> ask(ask_kernel question, int socket) {
  socket_address found;
  auto size = static_cast<socklen_t>(found.capacity());
  if (question(socket, found.data(), &size) != 0) return std::nullopt;
  found.resize(size);
  return found;
}

int family_of(const socket_address& a) { return a.data()->sa_family; }

}  // namespace

socket_address at_path(std::string_view path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  const std::size_t taken = path.copy(at.sun_path, sizeof at.sun_path - 1);
  // With the zero behind it, which the kernel counts too.
  return {&at, path_begins + taken + 1};
}

std::optional<socket_address> own_address(int socket) { return ask(::getsockname, socket); }

std::optional<socket_address> address_of_peer(int socket) { return ask(::getpeername, socket); }

std::optional<tcp_endpoint> tcp_of(const socket_address& a) {
  if (family_of(a) != AF_INET && family_of(a) != AF_INET6) return std::nullopt;
  tcp_endpoint out;
  std::memcpy(out.data(), a.data(), std::min(a.size(), out.capacity()));
  out.resize(std::min(a.size(), out.capacity()));
  return out;
}

std::string path_of(const socket_address& a) {
  if (family_of(a) != AF_UNIX || a.size() <= path_begins) return {};
  const char* bytes = static_cast<const char*>(static_cast<const void*>(a.data()));
  const std::string_view path(bytes + path_begins, a.size() - path_begins);
  return std::string(path.substr(0, path.find('\0')));
}

std::uint16_t port_of(const socket_address& a) {
  const auto tcp = tcp_of(a);
  return tcp ? tcp->port() : std::uint16_t{0};
}

std::string host_of(const socket_address& a) {
  const auto tcp = tcp_of(a);
  return tcp && !tcp->address().is_unspecified() ? tcp->address().to_string() : std::string();
}

bool is_local(const socket_address& a) {
  const auto tcp = tcp_of(a);
  return !tcp || tcp->address().is_loopback();
}

std::string format_address(const socket_address& a) {
  const auto tcp = tcp_of(a);
  if (!tcp) return "unix:" + path_of(a);
  const std::string host = tcp->address().to_string();
  return (tcp->address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(tcp->port());
}

}  // namespace gateway::net
