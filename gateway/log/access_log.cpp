// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/access_log.hpp"

namespace gateway::log {

using std::chrono::milliseconds;

void access_log::worker_sink::append(const core::observe::record& r,
                                     const core::observe::names& n) {
  if (!whole_.destination_) return;
  if (!core::observe::is_written(r, whole_.style_.sample)) {
    sampled_out_.store(sampled_out_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return;
  }
  bool enough = false;
  {
    const std::lock_guard lock(guard_);
    if (waiting_.size() >= most) {
      whole_.dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    core::observe::append_line(waiting_, whole_.style_, r, n);
    enough = waiting_.size() >= hasty;
  }
  if (enough) whole_.wake();
}

access_log::access_log(const std::string& path, unsigned workers, core::observe::line_style style)
    : style_(style) {
  if (path != "off") destination_ = std::make_unique<destination>(path);
  for (unsigned i = 0; i < workers; ++i) sinks_.push_back(std::make_unique<worker_sink>(*this));
}

access_log::~access_log() {
  hurry();
  flush();
}

std::uint64_t access_log::sampled_out() const {
  std::uint64_t all = 0;
  for (const auto& sink : sinks_) all += sink->sampled_out_.load(std::memory_order_relaxed);
  return all;
}

void access_log::flush() {
  const std::lock_guard one_writer(writing_);
  if (!destination_) return;
  for (const auto& sink : sinks_) {
    spare_.clear();
    {
      const std::lock_guard lock(sink->guard_);
      spare_.swap(sink->waiting_);
    }
    dropped_.fetch_add(destination_->write(spare_), std::memory_order_relaxed);
  }
}

std::optional<std::string> access_log::reopen() {
  // Lines that were written before the call belong into the file that was moved away.
  flush();
  const std::lock_guard one_writer(writing_);
  return destination_ ? destination_->reopen() : std::nullopt;
}

void access_log::wake() {
  if (!rung_.exchange(true, std::memory_order_relaxed)) bell_.notify_one();
}

void access_log::wait(milliseconds longest) {
  // The bell is rung without its lock, so that no worker waits for it. A ring that falls between
  // the look and the wait is heard when the time is up.
  std::unique_lock lock(bell_guard_);
  bell_.wait_for(lock, longest, [this] { return rung_.load(std::memory_order_relaxed); });
  rung_.store(false, std::memory_order_relaxed);
}

void access_log::hurry() {
  if (destination_) destination_->hurry();
  wake();
}

access_log_writer::access_log_writer(access_log& log, logger& diagnostics)
    : log_(log),
      diagnostics_(diagnostics),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

access_log_writer::~access_log_writer() {
  thread_.request_stop();
  log_.hurry();
}

void access_log_writer::run(const std::stop_token& stop) {
  constexpr milliseconds tick{100};
  constexpr int ticks_between_reports = 100;
  for (int quiet = ticks_between_reports; !stop.stop_requested(); ++quiet) {
    log_.wait(tick);
    log_.flush();
    if (quiet >= ticks_between_reports && report()) quiet = 0;
  }
  log_.flush();
  report();
}

bool access_log_writer::report() {
  const auto dropped = log_.dropped();
  if (dropped == reported_) return false;
  diagnostics_.warning("access log: {} more lines lost, {} since the start", dropped - reported_,
                       dropped);
  reported_ = dropped;
  return true;
}

}  // namespace gateway::log
