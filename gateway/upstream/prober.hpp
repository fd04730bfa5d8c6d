// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asks endpoints again and again whether they are well, where their upstream says so, and writes
// down what it hears in their conditions. On a thread of its own: a reload that waits for a name
// server holds the steward, and must not make a service look slow.

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/upstream/health.hpp"
#include "gateway/net/alarm.hpp"
#include "gateway/net/deadlines.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/readiness.hpp"
#include "gateway/sys/entropy.hpp"
#include "gateway/upstream/group.hpp"

namespace gateway::upstream {

class prober {
 public:
  explicit prober(teller tell);
  /// Whoever is being asked is asked no further.
  ~prober();
  prober(const prober&) = delete;
  prober& operator=(const prober&) = delete;

  /// Thread-safe. Another configuration is in force: its endpoints are asked from now on, new ones
  /// at once; those that it has as well go on as they were.
  void take_up(const std::vector<group>& groups);

 private:
  /// One endpoint that is asked.
  struct patient {
    std::string upstream;
    endpoint to;
    core::config::health_check by;
    std::shared_ptr<const net::tls_client> tls;  ///< null: plain
    core::upstream::health health;
    std::unique_ptr<net::alarm> next;  ///< when to ask again; off once it is to be asked no more
    bool kept = true;                  ///< does the last configuration have it?
    bool ended = false;
  };

  void exchange(std::vector<std::shared_ptr<patient>> wanted);
  void hear(patient& of, const std::string& why);
  static void end(patient& of);
  static net::task<void> attend(prober* self, std::shared_ptr<patient> one);
  static net::task<void> end_all(prober* self);

  teller tell_;
  net::event_loop loop_{1};
  net::work_guard work_{loop_.get_executor()};
  net::readiness sockets_{loop_};
  net::deadlines wheel_{loop_};
  sys::entropy random_;
  std::vector<std::shared_ptr<patient>> patients_;
  std::uint32_t attended_ = 0;  ///< so many are still attended to
  std::thread thread_;
};

}  // namespace gateway::upstream
