// SPDX-License-Identifier: Apache-2.0
#pragma once

// The access log: a line for each exchange, formatted into a buffer of its worker's own and written
// by someone else, a few writes for many lines. A worker never waits for the reader of its log:
// what the writer can't keep up with is dropped and counted.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/observe/line.hpp"
#include "gateway/log/destination.hpp"
#include "gateway/log/logger.hpp"

namespace gateway::log {

class access_log {
 public:
  static constexpr std::size_t hasty = 64 * 1024;       ///< bytes at which the writer is woken
  static constexpr std::size_t most = 4 * 1024 * 1024;  ///< bytes a worker may have waiting

  class alignas(64) worker_sink {
   public:
    explicit worker_sink(access_log& whole) : whole_(whole) {}
    /// By the worker alone; the lock is contended only while the writer takes the buffer away.
    void append(const core::observe::record& r, const core::observe::names& n);

   private:
    friend class access_log;
    access_log& whole_;
    std::mutex guard_;
    std::string waiting_;
    std::atomic<std::uint64_t> sampled_out_{0};  // the worker alone writes it
  };

  /// "stdout", "stderr", "off" or a file's path. Throws std::runtime_error with a sentence for the
  /// operator when the file can't be opened.
  access_log(const std::string& path, unsigned workers, core::observe::line_style style = {});
  /// Writes what waits, as far as its reader takes it.
  ~access_log();
  access_log(const access_log&) = delete;
  access_log& operator=(const access_log&) = delete;

  [[nodiscard]] worker_sink& sink(unsigned worker) { return *sinks_[worker]; }
  /// Lines that were lost since the start. Thread-safe, as all that follows.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  /// Exchanges that have no line because of `sample`.
  [[nodiscard]] std::uint64_t sampled_out() const;
  /// Writes what waits; blocks as long as the destination does.
  void flush();
  /// Opens the file anew, after it was moved away. @return why not.
  std::optional<std::string> reopen();
  /// Waits that long, or until a buffer is full enough or hurry() was called.
  void wait(std::chrono::milliseconds longest);
  /// The end is near: a stuck destination loses its lines instead of holding anyone up.
  void hurry();

 private:
  void wake();

  core::observe::line_style style_;
  std::vector<std::unique_ptr<worker_sink>> sinks_;
  std::mutex writing_;  // one writer at a time: its destination and its spare buffer
  std::unique_ptr<destination> destination_;  // null: off
  std::string spare_;
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex bell_guard_;
  std::condition_variable bell_;
  std::atomic<bool> rung_{false};
};

/// The thread that writes: every tenth of a second, and when a buffer is full enough. Tells the
/// operator of lost lines, at most once in ten seconds. Must die before the log does.
class access_log_writer {
 public:
  access_log_writer(access_log& log, logger& diagnostics);
  ~access_log_writer();
  access_log_writer(const access_log_writer&) = delete;
  access_log_writer& operator=(const access_log_writer&) = delete;

 private:
  void run(const std::stop_token& stop);
  /// @return true if there was something to tell.
  bool report();

  access_log& log_;
  logger& diagnostics_;
  std::uint64_t reported_ = 0;
  std::jthread thread_;
};

}  // namespace gateway::log
