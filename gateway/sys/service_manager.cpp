// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/service_manager.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

#include "gateway/sys/clock.hpp"
#include "gateway/sys/environment.hpp"

namespace gateway::sys {

namespace {

/// sd_watchdog_enabled(3): a process that inherited the variables from its parent isn't meant.
std::optional<std::chrono::microseconds> asked_for() {
  const auto us = environment_number("WATCHDOG_USEC");
  if (!us || *us <= 0) return std::nullopt;
  if (!environment("WATCHDOG_PID").empty() && environment_number("WATCHDOG_PID") != ::getpid())
    return std::nullopt;
  return std::chrono::microseconds(*us);
}

}  // namespace

service_manager::service_manager() {
  const std::string path = environment("NOTIFY_SOCKET");
  const bool known = path.starts_with('/') || (path.starts_with('@') && path.size() > 1);
  if (!known || path.size() >= sizeof to_.sun_path) return;
  to_.sun_family = AF_UNIX;
  path.copy(to_.sun_path, path.size());
  // The abstract namespace, whose names begin with NUL and end where the address does.
  if (path.front() == '@') to_.sun_path[0] = '\0';
  length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  socket_ = descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // A service manager that hangs must not take the gateway with it.
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  watchdog_ = asked_for();
}

bool service_manager::ready(std::string_view status) const {
  return tell(std::string("READY=1\nSTATUS=").append(status));
}

bool service_manager::reloading() const {
  return tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(steady_us()));
}

bool service_manager::stopping(std::string_view status) const {
  return tell(std::string("STOPPING=1\nSTATUS=").append(status));
}

bool service_manager::alive() const { return tell("WATCHDOG=1"); }

bool service_manager::tell(std::string_view assignments) const {
  if (length_ == 0) return true;
  for (;;) {
    const ssize_t sent = ::sendto(socket_.get(), assignments.data(), assignments.size(),
                                  MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to_), length_);
    if (sent >= 0) return true;
    if (errno != EINTR) return false;
  }
}

}  // namespace gateway::sys
