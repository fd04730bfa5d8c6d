// SPDX-License-Identifier: Apache-2.0
#pragma once

// Refused requests on their way into files. Workers hand them over and go on; a thread of its own
// writes them. What it can't keep up with, or can't write, is lost and counted.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "core/config/model.hpp"
#include "core/observe/captured.hpp"
#include "gateway/log/captured_files.hpp"
#include "gateway/log/logger.hpp"

namespace gateway::log {

class capture {
 public:
  static constexpr std::size_t most_waiting = 64;
  static constexpr std::size_t most_bytes = 4 * 1024 * 1024;  ///< of all that wait

  /// Throws std::runtime_error with a sentence for the operator, as captured_files does.
  capture(const core::config::capture& settings, const std::filesystem::path& folder);

  // All of these are thread-safe.

  /// Is there anything to capture at this time? Unix seconds.
  [[nodiscard]] bool takes(std::int64_t now) const { return !until_ || now < *until_; }
  /// Copies the request and does not wait.
  void put(std::string_view request_id, const core::observe::captured& request);
  /// One is lost that put() can't be given.
  void lose() { dropped_.fetch_add(1, std::memory_order_relaxed); }
  /// Files that were written, and requests that were lost, since the start.
  [[nodiscard]] std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  // The writer's.

  /// Writes all that waits.
  void write();
  /// Until something waits, a second has passed, or the end has come. @return false at the end.
  bool wait(const std::stop_token& stop);
  /// A sentence about what was lost since the last one; at most one in ten seconds.
  std::optional<std::string> loss(std::int64_t now_us);

 private:
  struct waiting {
    std::string request_id, text;
  };

  [[nodiscard]] bool has_room(std::size_t size) const;
  bool store(const waiting& one);

  std::optional<std::int64_t> until_;
  captured_files files_;
  std::string problem_;  ///< why could the last one not be written, of which nobody was told yet?
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::uint64_t told_ = 0;                  ///< of those that were dropped
  std::optional<std::int64_t> told_at_us_;  ///< when was the operator told of some?
  std::mutex guard_;                        ///< of all below
  std::condition_variable_any bell_;
  std::deque<waiting> waiting_;  ///< the first stays until it is written
  std::size_t bytes_ = 0;        ///< in their texts
};

/// The thread that writes. Must die before the capture does, which it leaves empty.
class capture_writer {
 public:
  capture_writer(capture& requests, logger& diagnostics);

 private:
  void run(const std::stop_token& stop);
  void report(std::int64_t now_us);

  capture& requests_;
  logger& diagnostics_;
  std::jthread thread_;
};

}  // namespace gateway::log
