// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/watchdog.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/net/deadlines.hpp"

namespace gateway::app {

net::task<void> feed_watchdog(net::event_loop* steward, const sys::service_manager* told,
                              std::vector<heartbeat*> workers, log::logger* log) {
  using std::chrono::milliseconds;
  if (!told->watchdog()) co_return;
  // systemd asks for a sign of life in half of the time. In half of that, what is slow for once has
  // another chance.
  const milliseconds step =
      std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(*told->watchdog()) / 4);
  bool all_answer = true;
  for (heartbeat* w : workers) w->ask();
  for (;;) {
    co_await net::pause(*steward, step);
    const auto silent = std::ranges::find_if_not(workers, &heartbeat::answered);
    if (silent == workers.end()) {
      all_answer = true;
      told->alive();
      for (heartbeat* w : workers) w->ask();
    } else if (all_answer) {
      all_answer = false;
      log->warning("worker {} does not answer: the service manager gets no sign of life",
                   silent - workers.begin());
    }
  }
}

}  // namespace gateway::app
