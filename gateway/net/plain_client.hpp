// SPDX-License-Identifier: Apache-2.0
#pragma once

// One HTTP request on a connection of its own, for commands: the very bytes given are sent, whole
// answers come back. Not the gateway's way to its upstreams (gateway/upstream).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/net/plain_server.hpp"

namespace gateway::net {

struct plain_answer {
  unsigned status = 0;
  std::string reason;
  plain_fields fields;
  std::string body;
};

struct plain_destination {
  std::string host;  ///< a name or an IP address; every address of a name is tried
  std::uint16_t port = 80;
  std::string path{};  ///< of a Unix-domain socket, instead of both
};

struct plain_call_settings {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds answer_timeout{30'000};  ///< from the connection to the last byte
  std::size_t body_limit = 64u << 20;
};

/// Blocks; plain HTTP only. `head_only`: the answer to HEAD has no body. @return the answer, or a
/// sentence that says why there is none.
std::variant<plain_answer, std::string> call_plain(const plain_destination& to,
                                                   std::string_view request, bool head_only,
                                                   const plain_call_settings& settings = {});

}  // namespace gateway::net
