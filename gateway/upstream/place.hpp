// SPDX-License-Identifier: Apache-2.0
#pragma once

// One request's place among those that its upstream has at once: from before the connection to the
// end of the answer, given back on every way out.

#include <chrono>

#include "core/base/errc.hpp"
#include "gateway/net/deadlines.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/transport.hpp"
#include "gateway/upstream/slots.hpp"

namespace gateway::upstream {

class place {
 public:
  explicit place(slots& of) : of_(of) {}
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() {
    if (held_) of_.give_back();
  }

  /// Takes a place if that needs no waiting. A plain call: usually this is all.
  bool take_now() { return held_ = of_.try_take(); }

  /// Where and for whom a request waits.
  struct surroundings {
    net::event_loop& loop;
    net::deadlines& wheel;
    net::transport& client;
    std::chrono::milliseconds patience;
  };
  /// Stands in line.
  /// @return upstream_busy (at once), upstream_queue_timeout, client_closed.
  net::task<core::base::result<void>> wait(surroundings where);

 private:
  slots& of_;
  bool held_ = false;
};

}  // namespace gateway::upstream
