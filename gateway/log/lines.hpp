// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lines on their way to a log: each thread that makes some has a buffer of its own, and someone
// else writes them, a few writes for many lines. Who makes them never waits for the reader of the
// log: what the writer can't keep up with is dropped and counted. What a line says it doesn't know.

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

#include "gateway/log/destination.hpp"
#include "gateway/log/logger.hpp"

namespace gateway::log {

class lines {
 public:
  static constexpr std::size_t hasty = 64 * 1024;       ///< bytes at which the writer is woken
  static constexpr std::size_t most = 4 * 1024 * 1024;  ///< bytes a buffer may have waiting

  class alignas(64) buffer {
   public:
    explicit buffer(lines& whole) : whole_(whole) {}
    /// By one thread alone; the lock is contended only while the writer takes the text away.
    /// `format` appends a whole line to the string that it is given.
    template <class Format>
    void append(const Format& format) {
      if (!whole_.destination_) return;
      bool enough = false;
      {
        const std::lock_guard lock(guard_);
        if (waiting_.size() >= most) {
          whole_.dropped_.fetch_add(1, std::memory_order_relaxed);
          return;
        }
        format(waiting_);
        enough = waiting_.size() >= hasty;
      }
      if (enough) whole_.wake();
    }

   private:
    friend class lines;
    lines& whole_;
    std::mutex guard_;
    std::string waiting_;
  };

  /// "stdout", "stderr", "off" or a file's path. Throws std::runtime_error with a sentence for the
  /// operator when the file can't be opened.
  lines(const std::string& path, unsigned buffers);
  /// Writes what waits, as far as its reader takes it.
  ~lines();
  lines(const lines&) = delete;
  lines& operator=(const lines&) = delete;

  [[nodiscard]] buffer& of(unsigned i) { return *buffers_[i]; }
  /// Lines that were lost since the start. Thread-safe, as all that follows.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  /// Writes what waits; blocks as long as the destination does.
  void flush();
  /// Opens the file anew, after it was moved away. Not for what is no file, whose reader may be
  /// stuck: that doesn't hold up who asks. @return why not.
  std::optional<std::string> reopen();
  /// Waits that long, or until a buffer is full enough or hurry() was called.
  void wait(std::chrono::milliseconds longest);
  /// The end is near: a stuck destination loses its lines instead of holding anyone up.
  void hurry();

 private:
  void wake();

  std::vector<std::unique_ptr<buffer>> buffers_;
  std::mutex writing_;  // one writer at a time: its destination and its spare buffer
  std::unique_ptr<destination> destination_;  // null: off
  std::string spare_;
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex bell_guard_;
  std::condition_variable bell_;
  std::atomic<bool> rung_{false};
};

/// The thread that writes: every tenth of a second, and when a buffer is full enough. Tells the
/// operator of lost lines, at most once in ten seconds. Must die before the lines do.
class lines_writer {
 public:
  /// `name` is what the operator calls the log.
  lines_writer(lines& log, std::string name, logger& diagnostics);
  ~lines_writer();
  lines_writer(const lines_writer&) = delete;
  lines_writer& operator=(const lines_writer&) = delete;

 private:
  void run(const std::stop_token& stop);
  /// @return true if there was something to tell.
  bool report();

  lines& log_;
  std::string name_;
  logger& diagnostics_;
  std::uint64_t reported_ = 0;
  std::jthread thread_;
};

}  // namespace gateway::log
