// SPDX-License-Identifier: Apache-2.0
#pragma once

// An event loop of one test's own, and TCP connections whose other end is a plain descriptor that
// the test drives by itself. Ports are the kernel's choice; nothing waits without an end.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/net/deadlines.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/readiness.hpp"
#include "gateway/net/socket_address.hpp"
#include "gateway/net/task.hpp"
#include "gateway/sys/descriptor.hpp"

namespace tests {

namespace io = gateway::net;  // suites are namespaces too, and one of them is named net

/// What a descriptor of ours says and hears, blocking, at most 10 s at a time.
class peer {
 public:
  explicit peer(int descriptor) : descriptor_(descriptor) {
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  peer(peer&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  peer& operator=(peer&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~peer() { close(); }

  void send(std::string_view bytes) const {
    BOOST_REQUIRE_EQUAL(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                        static_cast<ssize_t>(bytes.size()));
  }
  void send_urgent(char byte) const {
    BOOST_REQUIRE_EQUAL(::send(descriptor_, &byte, 1, MSG_NOSIGNAL | MSG_OOB), 1);
  }
  /// As much as the kernel takes.
  void send_now(std::string_view bytes) const {
    (void)::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  /// Exactly so many bytes, or fewer if the other side ended before.
  [[nodiscard]] std::string receive(std::size_t count) const {
    std::string got(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const ssize_t n = ::recv(descriptor_, got.data() + have, count - have, 0);
      if (n <= 0) break;
      have += static_cast<std::size_t>(n);
    }
    got.resize(have);
    return got;
  }
  /// Everything to the end.
  [[nodiscard]] std::string receive_all() const {
    std::string got;
    std::array<char, 4096> piece;
    for (ssize_t n = 0; (n = ::recv(descriptor_, piece.data(), piece.size(), 0)) > 0;)
      got.append(piece.data(), static_cast<std::size_t>(n));
    return got;
  }
  /// What is there now.
  [[nodiscard]] std::string receive_now() const {
    std::string got;
    std::array<char, 4096> piece;
    for (ssize_t n = 0; (n = ::recv(descriptor_, piece.data(), piece.size(), MSG_DONTWAIT)) > 0;)
      got.append(piece.data(), static_cast<std::size_t>(n));
    return got;
  }
  /// True when the other side has closed and all of what it sent was received.
  [[nodiscard]] bool at_end() const {
    char byte = 0;
    const ssize_t n = ::recv(descriptor_, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return n == 0 || (n < 0 && errno == ECONNRESET);
  }
  void finish() const { ::shutdown(descriptor_, SHUT_WR); }
  void reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  /// For whoever waits for several.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// A listening socket of the test's own.
class listening {
 public:
  explicit listening(int backlog = 16) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where = loopback(0);
    BOOST_REQUIRE_EQUAL(::bind(descriptor_, generic(where), sizeof where), 0);
    BOOST_REQUIRE_EQUAL(::listen(descriptor_, backlog), 0);
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    socklen_t size = sizeof where;
    BOOST_REQUIRE_EQUAL(::getsockname(descriptor_, generic(where), &size), 0);
    port_ = ntohs(where.sin_port);
  }
  listening(const listening&) = delete;
  listening& operator=(const listening&) = delete;
  ~listening() { close(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] io::tcp_endpoint address() const {
    return {boost::asio::ip::address_v4::loopback(), port_};
  }
  [[nodiscard]] peer accept() const {
    const int taken = ::accept(descriptor_, nullptr, nullptr);
    BOOST_REQUIRE(taken >= 0);
    return peer(taken);
  }
  /// Nobody waits to be accepted.
  [[nodiscard]] bool empty() const {
    pollfd one{descriptor_, POLLIN, 0};
    return ::poll(&one, 1, 0) == 0;
  }
  /// From here on its port refuses.
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(port);
    return where;
  }
  static sockaddr* generic(sockaddr_in& where) {
    return static_cast<sockaddr*>(static_cast<void*>(&where));
  }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

inline peer connect_to(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where = listening::loopback(port);
  BOOST_REQUIRE_EQUAL(::connect(descriptor, listening::generic(where), sizeof where), 0);
  return peer(descriptor);
}

/// What a task came to, told once it has ended. What it throws is told too.
template <class T>
io::task<void> told(io::task<T> work, std::function<void(std::exception_ptr, T)> done) {
  std::optional<T> value;
  std::exception_ptr thrown;
  try {
    value.emplace(co_await work);
  } catch (...) {
    thrown = std::current_exception();
    value.emplace();
  }
  done(thrown, std::move(*value));
}

inline io::task<void> told(io::task<void> work, std::function<void(std::exception_ptr)> done) {
  std::exception_ptr thrown;
  try {
    co_await work;
  } catch (...) {
    thrown = std::current_exception();
  }
  done(thrown);
}

template <class T>
io::task<T> whole(io::eventual<T> what) {
  co_return co_await what;
}

/// The loop, its sockets and its wheel; run() gives a task's result.
struct event_loop {
  io::event_loop context{1};
  io::readiness sockets{context};
  io::deadlines wheel{context};

  /// Begins with the loop's next turn.
  template <class T, class Done>
  void start(io::task<T> work, Done done) {
    io::spawn(context, told(std::move(work), {std::move(done)}));
  }
  template <class T>
  T run(io::task<T> work) {
    std::optional<T> out;
    std::exception_ptr thrown;
    start(std::move(work), [&](std::exception_ptr e, T value) {
      thrown = e;
      out.emplace(std::move(value));
    });
    until([&] { return out.has_value(); });
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*out);
  }
  template <class T>
  T run(io::eventual<T> what) {
    return run(whole(std::move(what)));
  }
  void run(io::task<void> work) {
    bool done = false;
    std::exception_ptr thrown;
    start(std::move(work), [&](std::exception_ptr e) {
      thrown = e;
      done = true;
    });
    until([&] { return done; });
    if (thrown) std::rethrow_exception(thrown);
  }
  /// Turns the loop until this is so.
  void until(const std::function<bool()>& done) {
    context.restart();
    while (!done() && context.run_one() != 0) {
    }
    BOOST_REQUIRE_MESSAGE(done(), "the loop ran out of work before that");
  }
  /// Whatever can run without waiting.
  void settle() {
    context.restart();
    while (context.poll() != 0) {
    }
  }
  /// To the end of all work: nothing is heard or expires from now on.
  void end() {
    sockets.stop();
    wheel.stop();
    context.restart();
    context.run();
  }

  /// One side for the product, one for the test.
  static std::pair<gateway::sys::descriptor, peer> connection() {
    const listening door;
    peer other = connect_to(door.port());
    const int taken = ::accept4(door.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    BOOST_REQUIRE(taken >= 0);
    return {gateway::sys::descriptor(taken), std::move(other)};
  }
};

}  // namespace tests
