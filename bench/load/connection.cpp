// SPDX-License-Identifier: Apache-2.0
#include "bench/load/connection.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "bench/load/channel.hpp"

namespace bench::load {

void connection::close() {
  if (secured && socket) say_end(secured.get());
  secured.reset();
  socket.close();
}

gateway::sys::descriptor connect_to(const target& to, double timeout) {
  gateway::sys::descriptor socket(
      ::socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket) return {};
  // On Linux a send timeout bounds connect() as well.
  timeval limit{};
  limit.tv_sec = static_cast<time_t>(timeout);
  limit.tv_usec = static_cast<suseconds_t>((timeout - static_cast<double>(limit.tv_sec)) * 1e6) + 1;
  if (limit.tv_usec >= 1'000'000) limit.tv_usec = 999'999;
  const int on = 1;
  const bool ready =
      ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to.address), to.address_size) ==
          0 &&
      ::fcntl(socket.get(), F_SETFL, O_NONBLOCK) == 0;
  if (!ready) return {};
  return socket;
}

}  // namespace bench::load
