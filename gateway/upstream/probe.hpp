// SPDX-License-Identifier: Apache-2.0
#pragma once

// One question to an endpoint, whether it is well: a GET on a connection of its own. What the
// answer means for the endpoint is core/upstream's to say.

#include <chrono>
#include <memory>
#include <string>

#include "gateway/net/deadlines.hpp"
#include "gateway/net/readiness.hpp"
#include "gateway/net/task.hpp"
#include "gateway/net/tls_client.hpp"

namespace gateway::upstream {

struct probe_target {
  net::socket_address address;
  std::string authority;  ///< as an endpoint has it
  std::string path;
  std::chrono::milliseconds timeout{};  ///< from the first step to the end of the answer's head
  std::shared_ptr<const net::tls_client> tls{};  ///< null: plain
};

/// @return empty if the answer is good, else why not, for an operator.
net::task<std::string> probe(net::readiness* sockets, net::deadlines* wheel, probe_target what);

}  // namespace gateway::upstream
