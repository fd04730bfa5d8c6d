// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a stream socket listens: an IP address with a port, or a path of the file system (unix(7)).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/asio_types.hpp"

namespace gateway::net {

/// As the kernel names it. `path` has at most 107 bytes.
socket_address at_path(std::string_view path);

/// Where this socket is bound, or who is at its other end; nothing where there is none.
std::optional<socket_address> own_address(int socket);
std::optional<socket_address> address_of_peer(int socket);

/// Nothing of any other family.
std::optional<tcp_endpoint> tcp_of(const socket_address& a);
/// Empty of any other family.
std::string path_of(const socket_address& a);
/// 0 where it has none.
std::uint16_t port_of(const socket_address& a);
/// Its IP address; empty where it has none, or listens on any of this machine's.
std::string host_of(const socket_address& a);
/// Does nobody but this machine get there?
bool is_local(const socket_address& a);

/// "127.0.0.1:8080", "[::1]:8080", "unix:/run/countersign.sock".
std::string format_address(const socket_address& a);

}  // namespace gateway::net
