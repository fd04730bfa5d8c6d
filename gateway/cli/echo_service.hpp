// SPDX-License-Identifier: Apache-2.0
#pragma once

// The demonstration's upstream: a service that knows nothing of message authentication, answers
// with what it was told, and remembers it. On a port of the kernel's choice and a thread of its
// own.

#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "gateway/net/loop.hpp"
#include "gateway/net/plain_server.hpp"

namespace gateway::cli {

class echo_service {
 public:
  /// Binds; throws boost::system::system_error.
  echo_service();
  ~echo_service();
  echo_service(const echo_service&) = delete;
  echo_service& operator=(const echo_service&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Begins to answer. Apart from the constructor, because the thread inherits the signal mask.
  void start();

  /// What came last, if anything has.
  [[nodiscard]] std::optional<net::plain_request> last() const;
  /// Called with each request from now on, on the service's thread.
  void on_request(std::function<void(const net::plain_request&)> listener);

 private:
  [[nodiscard]] net::plain_response answer(const net::plain_request& asked);

  net::event_loop loop_{1};
  net::stream_acceptor acceptor_;
  net::plain_handler handler_;
  mutable std::mutex guard_;
  std::optional<net::plain_request> last_;
  std::function<void(const net::plain_request&)> listener_;
  std::thread thread_;
};

}  // namespace gateway::cli
