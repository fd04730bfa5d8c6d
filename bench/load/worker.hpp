// SPDX-License-Identifier: Apache-2.0
#pragma once

// One thread of the load: its connections, an epoll loop over them, its share of the requests.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "bench/load/composer.hpp"
#include "bench/load/connection.hpp"
#include "bench/load/inspection.hpp"
#include "bench/load/options.hpp"
#include "bench/load/pace.hpp"
#include "bench/load/subject.hpp"
#include "bench/load/tally.hpp"

namespace bench::load {

/// Nanoseconds that only count up.
std::int64_t steady_ns();

class worker {
 public:
  /// Thread `number` of o.threads. Connects and seals ahead, which is no part of anybody's latency.
  /// Throws std::system_error.
  worker(const options& o, const subject& s, unsigned number);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Returns when its share is done, or the time is over and what was under way has ended.
  /// `start_ns` is the same for all threads.
  tally run(std::int64_t start_ns);

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  [[nodiscard]] bool may_begin() const;
  void begin_closed();
  void begin_due(std::int64_t now);
  void begin(std::uint32_t number, std::int64_t meant_ns);
  bool ensure_connected(std::uint32_t number);
  bool connect(connection& c);
  void prepare(connection& c);

  void wait();
  void arm_timer();
  void on_event(std::uint32_t number, std::uint32_t events);
  void send_more(std::uint32_t number);
  void read_more(std::uint32_t number);
  void complete(std::uint32_t number);
  void end_with(std::uint32_t number, failure why);
  void release(std::uint32_t number);
  void watch(std::uint32_t number, bool add);
  void end_the_late(std::int64_t now);
  void close_the_account(std::int64_t now);

  const options& options_;
  composer composer_;
  inspection inspection_;
  std::optional<pace> pace_;  ///< nothing: closed loop
  unsigned number_;
  std::int64_t start_ns_ = 0;
  std::int64_t end_ns_ = 0;  ///< nothing is begun that was not due before
  std::int64_t timeout_ns_;
  std::uint64_t share_;            ///< how many requests this thread begins at most
  std::uint64_t begun_ = 0;        ///< how many it has
  gateway::net::tls_context tls_;  ///< null: plain
  gateway::sys::descriptor epoll_;
  gateway::sys::descriptor timer_;
  std::int64_t armed_for_ = 0;  ///< what the timer is set to; 0: it is not
  std::vector<connection> connections_;
  std::deque<std::uint32_t> idle_;
  std::uint32_t busy_ = 0;
  std::uint32_t given_up_ = 0;  ///< connections that can't be had
  std::int64_t swept_ns_ = 0;
  std::vector<char> memory_;  ///< what arrives is read here first
  tally tally_;
};

}  // namespace bench::load
