// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the load goes: an address of this machine, and nowhere else.

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <variant>

namespace bench::load {

struct target {
  sockaddr_storage address{};
  socklen_t address_size = 0;
  bool tls = false;
  std::string authority;  ///< for Host: as it was written
  std::string path;       ///< with the query
};

/// http://ADDRESS[:PORT][/PATH], or https://, with a loopback IP address. @return it, or a sentence
/// that says why not.
std::variant<target, std::string> parse_target(std::string_view url);

}  // namespace bench::load
