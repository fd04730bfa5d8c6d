// SPDX-License-Identifier: Apache-2.0
#pragma once

// A service that costs little and counts exactly: one thread, epoll, keep-alive, a fixed answer or
// an echo. Listens on 127.0.0.1 alone.

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bench/upstream/workshop.hpp"
#include "bench/wire/message_reader.hpp"
#include "gateway/sys/descriptor.hpp"

namespace bench::upstream {

struct settings {
  std::uint16_t port = 0;     ///< 0: the kernel's choice
  bool echo = false;          ///< answers with the body it got
  std::uint64_t size = 11;    ///< bytes of the fixed answer's body, a JSON object
  bool distinct = false;      ///< remembers each body, to tell those that came before
  std::size_t slots = 0;      ///< works on so many requests at once, the others wait; 0: on all
  std::int64_t delay_ns = 0;  ///< how long it works on each
};

struct counts {
  std::uint64_t requests = 0;
  std::uint64_t repeated = 0;  ///< of these, bodies that had come before (if `distinct`)
  std::uint64_t malformed = 0;
  std::uint64_t connections = 0;
  std::uint64_t most_at_once = 0;  ///< requests that it had and had not answered
  std::uint64_t body_bytes = 0;
};

class server {
 public:
  /// Listens, and takes SIGTERM and SIGINT for itself. Throws std::system_error.
  explicit server(const settings& s);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Serves until SIGTERM or SIGINT.
  counts run();

 private:
  struct peer;

  void accept_all();
  void on_event(int fd, std::uint32_t events);
  bool read_more(peer& p);
  void take(peer& p);
  void answer_finished();
  void arm_timer();
  bool send_more(peer& p);
  void watch(int fd, std::uint32_t events, bool add);

  settings settings_;
  std::string fixed_;  ///< the whole answer
  gateway::sys::descriptor listener_;
  gateway::sys::descriptor epoll_;
  gateway::sys::descriptor signals_;
  gateway::sys::descriptor timer_;
  std::int64_t armed_for_ = 0;  ///< what the timer is set to; 0: it is not
  workshop work_;
  std::uint64_t next_serial_ = 1;
  std::unordered_map<int, std::unique_ptr<peer>> peers_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<char> memory_;  ///< what arrives is read here first
  counts counts_;
};

}  // namespace bench::upstream
