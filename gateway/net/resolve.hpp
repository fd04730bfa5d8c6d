// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names to addresses.

#include <string>
#include <string_view>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/net/socket_address.hpp"

namespace gateway::net {

/// Is it an IP address, which needs no looking up?
bool is_address(std::string_view host);

/// The first address of a host (an IP address or a path is itself). Blocks. Throws
/// std::runtime_error with a sentence for the operator.
socket_address resolve(const core::config::address& a);

/// All of them, each once, in the resolver's order; else the same.
std::vector<socket_address> resolve_all(const core::config::address& a);

}  // namespace gateway::net
