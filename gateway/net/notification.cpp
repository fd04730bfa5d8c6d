// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/notification.hpp"

#include <utility>

#include "gateway/net/loop.hpp"

namespace gateway::net {

notification::operation notification::wait(std::chrono::milliseconds timeout) {
  if (!notified_) arm(timeout);
  return operation(*this);
}

void notification::notify() {
  notified_ = true;
  wake();
}

// Posted, not called: who wakes it is in the midst of its own work.
void notification::wake() {
  disarm();
  if (!waiting_) return;
  post(loop_, [task = std::exchange(waiting_, nullptr)] { task.resume(); });
}

}  // namespace gateway::net
