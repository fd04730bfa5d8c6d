// SPDX-License-Identifier: Apache-2.0
#pragma once

// One worker: a thread, its io_context, its listeners and what its sessions share. It is told from
// outside to drain and to stop.

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gateway/net/loop.hpp"
#include "gateway/session/listener.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::app {

struct shared_parts {
  std::shared_ptr<const core::admission::snapshot> rules;
  const std::vector<upstream::group>& groups;
  replay::store& marks;
  session::connection_count& connections;
  log::capture* captures = nullptr;
};

class worker_thread {
 public:
  /// Accepts on a duplicate of each listening descriptor (they stay the caller's).
  worker_thread(const shared_parts& parts, const std::vector<int>& listening,
                metrics::shard& counters, session::observer& watcher);
  ~worker_thread();
  worker_thread(const worker_thread&) = delete;
  worker_thread& operator=(const worker_thread&) = delete;

  void start();
  /// Thread-safe. Takes what is already queued on the listeners, then no more; ends idle
  /// connections; lets the others finish.
  void drain();
  /// Thread-safe. Ends whatever still runs.
  void stop();
  void join();
  /// Thread-safe: has drain() taken effect?
  [[nodiscard]] bool drained() const { return drained_.load(std::memory_order_acquire); }

 private:
  void close_listeners();
  static net::task<void> end_sessions(worker_thread* self);

  net::event_loop context_{1};
  net::work_guard work_;
  shared_parts parts_;
  session::worker worker_;
  std::vector<std::unique_ptr<net::tcp_acceptor>> acceptors_;
  std::atomic<bool> drained_{false};
  std::thread thread_;
};

}  // namespace gateway::app
