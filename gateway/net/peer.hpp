// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who is at the other end of a connection.

#include <string>

namespace gateway::net {

/// The address without port, or core::http::local_peer; empty where there is nobody.
std::string peer_address(int socket);

}  // namespace gateway::net
