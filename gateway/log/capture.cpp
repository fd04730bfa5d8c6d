// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/capture.hpp"

#include <chrono>
#include <exception>
#include <limits>
#include <new>
#include <utility>

#include "gateway/sys/clock.hpp"

namespace gateway::log {

namespace {

constexpr std::int64_t quiet_us = 10'000'000;  // between two sentences
// For our own field; a chunked body's length takes no more than Transfer-Encoding did.
constexpr std::size_t added_bytes = 128;

}  // namespace

capture::capture(const core::config::capture& settings, const std::filesystem::path& folder)
    : until_(settings.until), files_(folder, settings.requests) {}

bool capture::has_room(std::size_t size) const {
  return waiting_.size() < most_waiting && size <= most_bytes - bytes_;
}

void capture::put(std::string_view request_id, const core::observe::captured& request) try {
  const std::size_t size = request.head.size() + request.body.size() + added_bytes;
  {
    // Where there is none, nothing is copied.
    const std::lock_guard lock(guard_);
    if (!has_room(size)) return lose();
  }
  waiting one{std::string(request_id), {}};
  one.text.reserve(size);
  core::observe::append_captured(one.text, request);
  {
    const std::lock_guard lock(guard_);
    if (!has_room(one.text.size())) return lose();
    bytes_ += one.text.size();
    waiting_.push_back(std::move(one));
  }
  bell_.notify_one();
} catch (const std::bad_alloc&) {
  lose();
}

bool capture::store(const waiting& one) try {
  auto why = files_.store(one.request_id, one.text);
  if (why) problem_ = std::move(*why);
  return !why;
} catch (const std::exception& e) {
  problem_ = e.what();
  return false;
}

void capture::write() {
  for (;;) {
    const waiting* next = nullptr;
    {
      const std::lock_guard lock(guard_);
      if (waiting_.empty()) return;
      next = &waiting_.front();  // stays where it is: others are only put behind it
    }
    (store(*next) ? written_ : dropped_).fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(guard_);
    bytes_ -= next->text.size();
    waiting_.pop_front();
  }
}

bool capture::wait(const std::stop_token& stop) {
  std::unique_lock lock(guard_);
  bell_.wait_for(lock, stop, std::chrono::seconds(1), [this] { return !waiting_.empty(); });
  return !stop.stop_requested();
}

std::optional<std::string> capture::loss(std::int64_t now_us) {
  const std::uint64_t all = dropped();
  if (all == told_ || (told_at_us_ && now_us - *told_at_us_ < quiet_us)) return std::nullopt;
  std::string said = "capture: " + std::to_string(all - std::exchange(told_, all)) +
                     " more requests lost, " + std::to_string(all) + " since the start";
  if (!problem_.empty()) said += ": " + std::exchange(problem_, {});
  told_at_us_ = now_us;
  return said;
}

capture_writer::capture_writer(capture& requests, logger& diagnostics)
    : requests_(requests),
      diagnostics_(diagnostics),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void capture_writer::run(const std::stop_token& stop) {
  while (requests_.wait(stop)) {
    requests_.write();
    report(sys::steady_us());
  }
  requests_.write();
  report(std::numeric_limits<std::int64_t>::max());  // there is no later
}

void capture_writer::report(std::int64_t now_us) {
  if (const auto said = requests_.loss(now_us)) diagnostics_.warning("{}", *said);
}

}  // namespace gateway::log
