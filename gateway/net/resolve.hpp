// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names to addresses, once, at start.

#include <string>

#include "core/config/model.hpp"
#include "gateway/net/asio_types.hpp"

namespace gateway::net {

/// The first address of a host (an IP address is itself). Blocks. Throws std::runtime_error with a
/// sentence for the operator.
tcp_endpoint resolve(const core::config::address& a);

/// "127.0.0.1:8080", "[::1]:8080".
std::string format_endpoint(const tcp_endpoint& e);

}  // namespace gateway::net
