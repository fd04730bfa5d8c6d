// SPDX-License-Identifier: Apache-2.0
#pragma once

// Accepting clients for one worker, on its own duplicate of a listening socket that all workers
// share.

#include <atomic>
#include <cstdint>

#include "gateway/limit/address_connections.hpp"
#include "gateway/net/asio_types.hpp"
#include "gateway/net/task.hpp"
#include "gateway/session/session.hpp"
#include "gateway/session/worker.hpp"
#include "gateway/sys/descriptor.hpp"

namespace gateway::session {

/// Connections of all workers together, against `limits.connections`.
struct connection_count {
  std::atomic<std::uint32_t> open{0};
  limit::address_connections by_address;  ///< against `limits.per_address`
};

/// Serves a client that was accepted; over the limit: 503 and close, where TLS is spoken close
/// alone; over that of its address: close.
void take_client(worker& w, sys::descriptor socket, connection_count& count, entrance by = {});

/// Accepts until the acceptor is closed. Out of descriptors: pauses 100 ms, counts it, goes on (an
/// accept loop must never end by itself).
net::task<void> accept_clients(worker* w, net::stream_acceptor* acceptor, connection_count* count,
                               entrance by = {});

/// Takes the clients that the kernel has accepted already, which would be reset otherwise, and
/// closes the acceptor.
void close_entrance(worker& w, net::stream_acceptor& acceptor, connection_count& count,
                    entrance by);

}  // namespace gateway::session
