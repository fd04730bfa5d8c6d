// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the service manager that started this process is told: systemd's notifications
// (sd_notify(3)). The protocol is one datagram and promised to stay, so that libsystemd, with the
// compression libraries that it brings along, is left out of the process that holds the secrets.

#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string_view>

#include "gateway/sys/descriptor.hpp"

namespace gateway::sys {

class service_manager {
 public:
  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. Where nobody wants to be told, telling
  /// does nothing.
  service_manager();

  // @return false if somebody wants to be told and could not be.
  bool ready(std::string_view status) const;
  /// To be followed by ready().
  bool reloading() const;
  bool stopping(std::string_view status) const;
  bool alive() const;

  /// Within this time alive() must come again and again; nothing: nobody waits for it.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  [[nodiscard]] bool tell(std::string_view assignments) const;

  sockaddr_un to_{};
  socklen_t length_ = 0;  ///< 0: nobody listens
  descriptor socket_;     ///< kept: there must be one when descriptors have run out
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace gateway::sys
