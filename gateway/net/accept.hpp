// SPDX-License-Identifier: Apache-2.0
#pragma once

// Clients as plain sockets: Asio would watch each of them itself (gateway/net/readiness does).

#include "gateway/net/asio_types.hpp"
#include "gateway/sys/descriptor.hpp"

namespace gateway::net {

struct accepted {
  sys::descriptor socket;  ///< non-blocking; empty if there was none, or it could not be had
  bool failed = false;     ///< the kernel had one, but e.g. no descriptor for it
};

/// Takes one client that waits, without waiting for one.
accepted accept_now(stream_acceptor& from);

}  // namespace gateway::net
