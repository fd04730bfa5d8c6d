// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where one task waits until the test lets it go on, and things that tell whether they are alive.

#include <coroutine>
#include <memory>
#include <utility>

namespace tests {

class gate {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  void await_resume() const noexcept {}

  void open() { std::exchange(waiting_, nullptr).resume(); }
  /// Does somebody wait?
  explicit operator bool() const { return static_cast<bool>(waiting_); }

 private:
  std::coroutine_handle<> waiting_;
};

/// Copies of it can be counted.
using witness = std::shared_ptr<int>;
inline witness make_witness() { return std::make_shared<int>(0); }
/// So many others hold one.
inline long held(const witness& w) { return w.use_count() - 1; }

}  // namespace tests
