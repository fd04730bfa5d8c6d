// SPDX-License-Identifier: Apache-2.0
#pragma once

// The coroutines of a worker's data path. A task begins when it is awaited, runs on one thread, and
// costs its frame and nothing else: Asio's awaitable keeps an executor, a thread of its own kind
// and cancellation for each, which is a tenth of what a request costs us.
//
// Coroutines are named functions with parameters by value (GCC 12 double-frees captured lambdas in
// co_await expressions).

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "gateway/net/frame_memory.hpp"

namespace gateway::net {

template <class T = void>
class task;

namespace detail {

/// What the promises of all tasks share.
class task_promise : public recycled_frame {
 public:
  /// Resumes whoever awaits the task that has just ended.
  struct final_awaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      const std::coroutine_handle<> caller = ended.promise().caller_;
      return caller ? caller : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] final_awaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

  void continue_with(std::coroutine_handle<> caller) { caller_ = caller; }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  std::coroutine_handle<> caller_;
  std::exception_ptr thrown_;
};

template <class T>
class task_result : public task_promise {
 public:
  task<T> get_return_object();
  template <class U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    rethrow();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class task_result<void> : public task_promise {
 public:
  task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const { rethrow(); }
};

}  // namespace detail

template <class T>
class [[nodiscard]] task {
 public:
  using promise_type = detail::task_result<T>;

  explicit task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  // Called, not transferred to: most tasks end without waiting, and then the caller just goes on.
  bool await_suspend(std::coroutine_handle<> caller) const {
    frame_.resume();
    if (frame_.done()) return false;
    frame_.promise().continue_with(caller);
    return true;
  }
  T await_resume() const { return frame_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
task<T> task_result<T>::get_return_object() {
  return task<T>(std::coroutine_handle<task_result>::from_promise(*this));
}

inline task<void> task_result<void>::get_return_object() {
  return task<void>(std::coroutine_handle<task_result>::from_promise(*this));
}

}  // namespace detail

/// What is there already, or a task that gives it: co_await waits for the latter only. For what
/// seldom has to wait and should not cost a frame each time.
template <class T>
class [[nodiscard]] eventual {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a function returns the one or the other
  eventual(T value) : value_(std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  eventual(task<T> work) : work_(std::move(work)) {}

  [[nodiscard]] bool await_ready() const noexcept { return value_.has_value(); }
  bool await_suspend(std::coroutine_handle<> caller) const { return work_->await_suspend(caller); }
  T await_resume() { return value_ ? std::move(*value_) : work_->await_resume(); }

 private:
  std::optional<T> value_;
  std::optional<task<T>> work_;
};

}  // namespace gateway::net
