// SPDX-License-Identifier: Apache-2.0
#pragma once

// TLS on a connection of the load's. Nobody's certificate is checked: the load goes to this machine
// alone.

#include <sys/types.h>

#include <span>
#include <string_view>

#include "gateway/net/tls_object.hpp"

namespace bench::load {

/// For all connections; no session is resumed.
gateway::net::tls_context client_context();

/// Agrees on TLS on a socket that does not block, within `timeout` seconds. @return null if that
/// fails.
gateway::net::tls_object agree(ssl_ctx_st* by, int socket, double timeout);

// As send(2) and recv(2), errno included.
ssize_t send_secured(ssl_st* over, std::string_view bytes);
ssize_t receive_secured(ssl_st* over, std::span<char> into);

/// Is there something that the kernel no longer has?
bool holds_bytes(const ssl_st* over);

/// Says that nothing follows.
void say_end(ssl_st* over);

}  // namespace bench::load
