// SPDX-License-Identifier: Apache-2.0
#pragma once

// One connection to the target, kept alive, with at most one request under way.

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/load/composer.hpp"
#include "bench/load/target.hpp"
#include "bench/wire/message_reader.hpp"
#include "gateway/net/tls_object.hpp"
#include "gateway/sys/descriptor.hpp"

namespace bench::load {

struct connection {
  gateway::sys::descriptor socket;
  gateway::net::tls_object secured;  ///< null: plain
  request next;                ///< made ahead while nothing is under way, else the one under way
  bool prepared = false;       ///< `next` was made and not yet begun
  bool busy = false;           ///< a request is under way
  std::size_t sent = 0;        ///< how much of it has left
  bool waits_to_send = false;  ///< is epoll asked about room for more?
  std::int64_t meant_ns = 0;   ///< when it was meant to be sent: what latency counts from
  std::int64_t begun_ns = 0;   ///< when it was: what the deadline counts from
  wire::message_reader answer;
  unsigned refusals = 0;  ///< connects that failed since the last that did not

  void close();
};

/// Connects within `timeout` seconds; non-blocking from then on.
/// @return an empty descriptor if it can't be done.
gateway::sys::descriptor connect_to(const target& to, double timeout);

}  // namespace bench::load
