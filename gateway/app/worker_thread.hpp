// SPDX-License-Identifier: Apache-2.0
#pragma once

// One worker: a thread, its io_context, its listeners and what its sessions share. It is told from
// outside to go by another configuration, to drain and to stop.

#include <atomic>
#include <future>
#include <list>
#include <memory>
#include <thread>
#include <vector>

#include "gateway/app/heartbeat.hpp"
#include "gateway/app/listeners.hpp"
#include "gateway/log/logger.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/session/listener.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::app {

struct shared_parts {
  std::shared_ptr<const session::generation> first;
  replay::store& marks;
  session::connection_count& connections;
  net::event_loop& steward;  ///< destroys what no request needs any more
  log::capture* captures = nullptr;
  upstream::teller tell{};  ///< hears of endpoints that are ejected, and return
};

class worker_thread {
 public:
  worker_thread(const shared_parts& parts, std::vector<door> doors, metrics::shard& counters,
                session::observer& watcher);
  ~worker_thread();
  worker_thread(const worker_thread&) = delete;
  worker_thread& operator=(const worker_thread&) = delete;

  void start();
  /// Thread-safe. New requests go by `next`; accepts on `opened` too; what waits at listeners that
  /// are `closed` is still served. @return ready once that is so.
  std::future<void> take_up(std::shared_ptr<const session::generation> next,
                            std::vector<door> opened, std::vector<std::uint32_t> closed);
  /// Thread-safe. Takes what is already queued on the listeners, then no more; ends idle
  /// connections; lets the others finish.
  void drain();
  /// Thread-safe. As drain(), but what is queued on the listeners stays there, for another process,
  /// and connections that were in use of late have a moment to be told.
  void leave_doors();
  /// Thread-safe: has leave_doors() taken effect, and each message that had begun got its mark?
  [[nodiscard]] bool settled() const { return settled_.load(std::memory_order_acquire); }
  /// Thread-safe. Takes leave_doors() back: accepts on these.
  void return_to(std::vector<door> doors);
  /// Thread-safe. Ends whatever still runs.
  void stop();
  void join();
  /// Thread-safe: has drain() taken effect?
  [[nodiscard]] bool drained() const { return drained_.load(std::memory_order_acquire); }
  [[nodiscard]] heartbeat& pulse() { return pulse_; }

 private:
  struct doorway {
    std::uint32_t listener = 0;
    net::stream_acceptor acceptor;
  };

  void open(door one);
  void close(std::uint32_t listener);
  /// Accepts until it is closed, and forgets it.
  static net::task<void> attend(worker_thread* self, std::list<doorway>::iterator at);
  static net::task<void> end_sessions(worker_thread* self);
  static net::task<void> leave(worker_thread* self);

  net::event_loop context_{1};
  heartbeat pulse_{context_};
  net::work_guard work_;
  session::connection_count& connections_;
  session::worker worker_;
  std::list<doorway> doorways_;
  std::atomic<bool> drained_{false};
  std::atomic<bool> settled_{false};
  std::thread thread_;
};

}  // namespace gateway::app
