// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/accept.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "gateway/sys/last_error.hpp"

namespace gateway::net {

accepted accept_now(stream_acceptor& from) {
  for (;;) {
    const int client =
        ::accept4(from.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client >= 0) return {sys::descriptor(client)};
    // One that left before it was accepted is nobody's loss.
    if (errno == EINTR || errno == ECONNABORTED) continue;
    return {{}, !sys::would_block(errno)};
  }
}

}  // namespace gateway::net
