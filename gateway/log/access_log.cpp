// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/access_log.hpp"

namespace gateway::log {

void access_log::worker_sink::append(const core::observe::record& r,
                                     const core::observe::names& n) {
  if (!core::observe::is_written(r, whole_.style_.sample)) {
    sampled_out_.store(sampled_out_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return;
  }
  to_.append([&](std::string& out) { core::observe::append_line(out, whole_.style_, r, n); });
}

access_log::access_log(const std::string& path, unsigned workers, core::observe::line_style style)
    : lines(path, workers), style_(style) {
  for (unsigned i = 0; i < workers; ++i)
    sinks_.push_back(std::make_unique<worker_sink>(*this, of(i)));
}

std::uint64_t access_log::sampled_out() const {
  std::uint64_t all = 0;
  for (const auto& sink : sinks_) all += sink->sampled_out_.load(std::memory_order_relaxed);
  return all;
}

}  // namespace gateway::log
