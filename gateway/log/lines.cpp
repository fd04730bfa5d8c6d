// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/lines.hpp"

#include <utility>

namespace gateway::log {

using std::chrono::milliseconds;

lines::lines(const std::string& path, unsigned buffers) {
  if (path != "off") destination_ = std::make_unique<destination>(path);
  for (unsigned i = 0; i < buffers; ++i) buffers_.push_back(std::make_unique<buffer>(*this));
}

lines::~lines() {
  hurry();
  flush();
}

void lines::flush() {
  const std::lock_guard one_writer(writing_);
  if (!destination_) return;
  for (const auto& one : buffers_) {
    spare_.clear();
    {
      const std::lock_guard lock(one->guard_);
      spare_.swap(one->waiting_);
    }
    dropped_.fetch_add(destination_->write(spare_), std::memory_order_relaxed);
  }
}

std::optional<std::string> lines::reopen() {
  if (!destination_ || !destination_->renewable()) return std::nullopt;
  // Lines that were written before the call belong into the file that was moved away.
  flush();
  const std::lock_guard one_writer(writing_);
  return destination_->reopen();
}

void lines::wake() {
  if (!rung_.exchange(true, std::memory_order_relaxed)) bell_.notify_one();
}

void lines::wait(milliseconds longest) {
  // The bell is rung without its lock, so that no worker waits for it. A ring that falls between
  // the look and the wait is heard when the time is up.
  std::unique_lock lock(bell_guard_);
  bell_.wait_for(lock, longest, [this] { return rung_.load(std::memory_order_relaxed); });
  rung_.store(false, std::memory_order_relaxed);
}

void lines::hurry() {
  if (destination_) destination_->hurry();
  wake();
}

lines_writer::lines_writer(lines& log, std::string name, logger& diagnostics)
    : log_(log),
      name_(std::move(name)),
      diagnostics_(diagnostics),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

lines_writer::~lines_writer() {
  thread_.request_stop();
  log_.hurry();
}

void lines_writer::run(const std::stop_token& stop) {
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

bool lines_writer::report() {
  const auto dropped = log_.dropped();
  if (dropped == reported_) return false;
  diagnostics_.warning("{}: {} more lines lost, {} since the start", name_, dropped - reported_,
                       dropped);
  reported_ = dropped;
  return true;
}

}  // namespace gateway::log
