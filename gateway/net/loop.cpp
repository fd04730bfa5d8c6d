// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/loop.hpp"

#include <list>

namespace gateway::net {

namespace asio = boost::asio;

namespace {

// A task at the top: it awaits the spawned one and destroys itself at its end.
class root {
 public:
  class promise_type : public recycled_frame {
   public:
    root get_return_object() {
      return root(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const { std::terminate(); }
  };

  explicit root(std::coroutine_handle<promise_type> begun) : frame(begun) {}
  std::coroutine_handle<promise_type> frame;
};

/// The loop's tasks that have not ended.
class unfinished_tasks final : public asio::execution_context::service {
 public:
  using key_type = unfinished_tasks;
  using list = std::list<std::coroutine_handle<>>;

  static asio::execution_context::id id;  // NOLINT(readability-identifier-naming): Asio asks for it

  explicit unfinished_tasks(asio::execution_context& loop) : service(loop) {}

  list::iterator add() { return frames_.emplace(frames_.end()); }
  void remove(list::iterator one) { frames_.erase(one); }

 private:
  void shutdown() override {
    // Each takes itself off the list.
    while (!frames_.empty()) frames_.front().destroy();
  }

  list frames_;
};

asio::execution_context::id unfinished_tasks::id;

class membership {
 public:
  explicit membership(unfinished_tasks& all) : all_(all), mine_(all.add()) {}
  membership(const membership&) = delete;
  membership& operator=(const membership&) = delete;
  ~membership() { all_.remove(mine_); }

  void is(std::coroutine_handle<> frame) { *mine_ = frame; }

 private:
  unfinished_tasks& all_;
  unfinished_tasks::list::iterator mine_;
};

struct begin_next_turn {
  event_loop& loop;
  membership& listed;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) const {
    listed.is(frame);
    post(loop, [frame] { frame.resume(); });
  }
  void await_resume() const noexcept {}
};

root run_to_its_end(event_loop* loop, task<void> work) {
  membership listed(asio::use_service<unfinished_tasks>(*loop));
  co_await begin_next_turn{*loop, listed};
  co_await work;
}

}  // namespace

void spawn(event_loop& loop, task<void> work) {
  run_to_its_end(&loop, std::move(work)).frame.resume();
}

}  // namespace gateway::net
