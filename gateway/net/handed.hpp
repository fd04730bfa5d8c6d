// SPDX-License-Identifier: Apache-2.0
#pragma once

// Listening sockets that somebody else has opened for this process.

#include <optional>
#include <string>
#include <vector>

#include "gateway/net/socket_address.hpp"
#include "gateway/sys/descriptor.hpp"

namespace gateway::net {

/// The one that listens on exactly this address; it is then no longer among `handed`.
std::optional<stream_acceptor> take_listening(event_loop& loop, const socket_address& address,
                                              std::vector<sys::descriptor>& handed);

/// What it is, for a sentence: "127.0.0.1:8080", or that it is something else.
std::string describe(const sys::descriptor& handed);

}  // namespace gateway::net
