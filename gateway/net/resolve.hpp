// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names to addresses.

#include <string>
#include <string_view>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/net/asio_types.hpp"

namespace gateway::net {

/// Is it an IP address, which needs no looking up?
bool is_address(std::string_view host);

/// The first address of a host (an IP address is itself). Blocks. Throws std::runtime_error with a
/// sentence for the operator.
tcp_endpoint resolve(const core::config::address& a);

/// All of them, each once, in the resolver's order; else the same.
std::vector<tcp_endpoint> resolve_all(const core::config::address& a);

/// "127.0.0.1:8080", "[::1]:8080".
std::string format_endpoint(const tcp_endpoint& e);

}  // namespace gateway::net
