// SPDX-License-Identifier: Apache-2.0
#pragma once

// The access log: a line for each exchange, or for a part of them.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/observe/line.hpp"
#include "gateway/log/lines.hpp"

namespace gateway::log {

class access_log : public lines {
 public:
  class worker_sink {
   public:
    worker_sink(access_log& whole, buffer& to) : whole_(whole), to_(to) {}
    /// By the worker alone.
    void append(const core::observe::record& r, const core::observe::names& n);

   private:
    friend class access_log;
    access_log& whole_;
    buffer& to_;
    std::atomic<std::uint64_t> sampled_out_{0};  // the worker alone writes it
  };

  /// As for lines.
  access_log(const std::string& path, unsigned workers, core::observe::line_style style = {});

  [[nodiscard]] worker_sink& sink(unsigned worker) { return *sinks_[worker]; }
  /// Exchanges that have no line because of `sample`. Thread-safe.
  [[nodiscard]] std::uint64_t sampled_out() const;

 private:
  core::observe::line_style style_;
  std::vector<std::unique_ptr<worker_sink>> sinks_;
};

}  // namespace gateway::log
