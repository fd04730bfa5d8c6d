// SPDX-License-Identifier: Apache-2.0
#pragma once

// The service manager's end of its notifications.

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>

#include "gateway/sys/descriptor.hpp"

namespace tests {

class listener_of_notifications {
 public:
  /// `name` as in NOTIFY_SOCKET: a path, or @ and a name.
  explicit listener_of_notifications(const std::string& name)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name.copy(at.sun_path, sizeof at.sun_path - 1);
    if (name.front() == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    BOOST_REQUIRE_EQUAL(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&at), size), 0);
    const timeval patience{10, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  /// The next one, waiting for it; empty if none comes.
  [[nodiscard]] std::string next() const { return receive(0); }
  /// The next one that has come already, or nothing.
  [[nodiscard]] std::string next_now() const { return receive(MSG_DONTWAIT); }

 private:
  [[nodiscard]] std::string receive(int flags) const {
    std::array<char, 4096> text;
    const ssize_t size = ::recv(socket_.get(), text.data(), text.size(), flags);
    return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
  }

  gateway::sys::descriptor socket_;
};

}  // namespace tests
