// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/handed_sockets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>

#include "gateway/sys/environment.hpp"

namespace gateway::sys {

std::vector<descriptor> take_handed_sockets() {
  std::vector<descriptor> out;
  // A process that inherited the variables from its parent isn't meant.
  if (environment_number("LISTEN_PID") != ::getpid()) return out;
  static constexpr int first = 3;  // behind the three standard ones
  const std::int64_t count = environment_number("LISTEN_FDS").value_or(0);
  for (int fd = first; fd - first < count; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags < 0) break;  // it counted more than there are
    ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    out.emplace_back(fd);
  }
  return out;
}

}  // namespace gateway::sys
