// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who is at the other end of a connection.

#include <string>

namespace gateway::net {

/// The address without port; empty where there is none.
std::string peer_address(int socket);

}  // namespace gateway::net
