// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/task.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/gateway/net/gate.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

using io::task;

task<int> just(int value) { co_return value; }

task<int> after(gate* opened, int value) {
  co_await *opened;
  co_return value;
}

task<std::unique_ptr<std::string>> make(std::string text) {
  co_return std::make_unique<std::string>(std::move(text));
}

task<std::string> unpack(std::string text) {
  const auto made = co_await make(std::move(text));
  co_return *made;
}

// So many tasks, each within the one before; the innermost waits if there is something to wait for.
task<int> count_down(int depth, gate* opened, witness held) {
  const witness local = held;
  if (depth == 0) {
    if (opened != nullptr) co_await *opened;
    co_return 0;
  }
  co_return 1 + co_await count_down(depth - 1, opened, std::move(held));
}

task<int> fail(int depth, gate* opened, std::vector<int>* left) {
  struct leaving {
    std::vector<int>& left;
    int depth;
    ~leaving() { left.push_back(depth); }
  };
  const leaving guard{*left, depth};
  if (depth == 0) {
    if (opened != nullptr) co_await *opened;
    throw std::runtime_error("from below");
  }
  co_return co_await fail(depth - 1, opened, left);
}

task<void> fail_without_result(std::vector<int>* left) { co_await fail(1, nullptr, left); }

task<int> recover(std::vector<int>* left) {
  for (int i = 0; i < 2; ++i) {
    try {
      co_await fail_without_result(left);
    } catch (const std::runtime_error&) {
      left->push_back(100);
    }
  }
  co_return 7;
}

task<int> await_moved(task<int> work) {
  task<int> mine = std::move(work);
  task<int> other = just(1);
  other = std::move(mine);
  co_return co_await other;
}

task<void> note(witness held, bool* begun) {
  *begun = true;
  *held = 1;
  co_return;
}

io::eventual<std::unique_ptr<std::string>> made_or_making(bool now, std::string text) {
  if (now) return std::make_unique<std::string>(std::move(text));
  return make(std::move(text));
}

io::eventual<int> perhaps(bool now, gate* opened, int value) {
  if (now) return value;
  return after(opened, value);
}

io::eventual<int> failing(std::vector<int>* left) { return fail(1, nullptr, left); }

task<std::string> unpack_both() {
  const auto first = co_await made_or_making(true, "there, ");
  const auto second = co_await made_or_making(false, "made");
  co_return *first + *second;
}

task<int> add(gate* opened) {
  const int first = co_await perhaps(true, opened, 1);
  const int second = co_await perhaps(false, opened, 10);
  co_return first + second;
}

task<int> await_failing(std::vector<int>* left) { co_return co_await failing(left); }

struct stack_use {
  std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
  std::uintptr_t highest = 0;

  [[gnu::noinline]] void look() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
  }
  [[nodiscard]] std::uintptr_t bytes() const { return highest - lowest; }
};

task<void> look(stack_use* seen, gate* opened) {
  if (opened != nullptr) co_await *opened;
  seen->look();
}

task<void> look_through(stack_use* seen, gate* opened) { co_await look(seen, opened); }

// Every so many wait.
task<void> look_often(stack_use* seen, gate* opened, int times, int wait_every) {
  for (int i = 0; i < times; ++i)
    co_await look_through(seen, i % wait_every == 0 ? opened : nullptr);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(task)

BOOST_AUTO_TEST_CASE(a_result_comes_back_through_every_level) {
  event_loop loop;
  const witness seen = make_witness();
  BOOST_TEST(loop.run(count_down(20, nullptr, seen)) == 20);
  BOOST_TEST(held(seen) == 0);
  BOOST_TEST(loop.run(unpack("moved, not copied")) == "moved, not copied");
}

BOOST_AUTO_TEST_CASE(it_comes_back_after_a_wait_too) {
  event_loop loop;
  gate opened;
  const witness seen = make_witness();
  std::optional<int> result;
  loop.start(count_down(20, &opened, seen), [&](std::exception_ptr, int value) { result = value; });
  loop.settle();
  BOOST_TEST(!result.has_value());
  BOOST_REQUIRE(opened);
  opened.open();
  BOOST_TEST(result.value_or(0) == 20);
  BOOST_TEST(held(seen) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_thrown_goes_up_through_every_level) {
  event_loop loop;
  std::vector<int> left;
  BOOST_CHECK_THROW(loop.run(fail(3, nullptr, &left)), std::runtime_error);
  BOOST_TEST(left == (std::vector{0, 1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_thrown_after_a_wait_does_too) {
  event_loop loop;
  gate opened;
  std::vector<int> left;
  std::string said;
  loop.start(fail(3, &opened, &left), [&](std::exception_ptr thrown, int) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::runtime_error& e) {
      said = e.what();
    }
  });
  loop.settle();
  BOOST_TEST(left.empty());
  BOOST_REQUIRE(opened);
  opened.open();
  BOOST_TEST(said == "from below");
  BOOST_TEST(left == (std::vector{0, 1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whoever_catches_goes_on) {
  event_loop loop;
  std::vector<int> left;
  BOOST_TEST(loop.run(recover(&left)) == 7);
  BOOST_TEST(left == (std::vector{0, 1, 100, 0, 1, 100}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_can_be_moved_before_it_begins) {
  event_loop loop;
  gate opened;
  BOOST_TEST(loop.run(await_moved(just(42))) == 42);
  std::optional<int> result;
  loop.start(await_moved(after(&opened, 43)), [&](std::exception_ptr, int v) { result = v; });
  loop.settle();
  BOOST_REQUIRE(opened);
  opened.open();
  BOOST_TEST(result.value_or(0) == 43);
}

BOOST_AUTO_TEST_CASE(one_that_never_begins_frees_what_it_was_given) {
  const witness seen = make_witness();
  bool begun = false;
  {
    const io::task<void> unused = note(seen, &begun);
    BOOST_TEST(held(seen) == 1);
    io::task<void> first = note(seen, &begun);
    io::task<void> second(std::move(first));
    first = note(seen, &begun);
    BOOST_TEST(held(seen) == 3);
  }
  BOOST_TEST(held(seen) == 0);
  BOOST_TEST(!begun);
}

BOOST_AUTO_TEST_CASE(one_that_waits_frees_all_its_levels) {
  const witness seen = make_witness();
  gate opened;
  {
    event_loop loop;
    loop.start(count_down(20, &opened, seen), [](std::exception_ptr, int) {});
    loop.settle();
    BOOST_TEST(static_cast<bool>(opened));
    BOOST_TEST(held(seen) > 20);
  }
  BOOST_TEST(held(seen) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_there_already_is_not_waited_for) {
  event_loop loop;
  BOOST_TEST(loop.run(unpack_both()) == "there, made");
  gate opened;
  std::optional<int> result;
  loop.start(add(&opened), [&](std::exception_ptr, int value) { result = value; });
  loop.settle();
  BOOST_TEST(!result.has_value());
  BOOST_REQUIRE(opened);
  opened.open();
  BOOST_TEST(result.value_or(0) == 11);
  std::vector<int> left;
  BOOST_CHECK_THROW(loop.run(await_failing(&left)), std::runtime_error);
  BOOST_TEST(left == (std::vector{0, 1}), boost::test_tools::per_element());
}

// As many as a connection that never waits has in a second.
BOOST_AUTO_TEST_CASE(many_in_a_row_take_no_more_of_the_stack_than_one) {
  event_loop loop;
  stack_use seen;
  loop.run(look_often(&seen, nullptr, 200'000, 1));
  // All of them are called from one place.
  BOOST_TEST(seen.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(those_that_follow_a_wait_stand_on_one_another_no_more) {
  event_loop loop;
  stack_use seen;
  gate opened;
  bool over = false;
  loop.start(look_often(&seen, &opened, 10'000, 7), [&](std::exception_ptr) { over = true; });
  loop.settle();
  while (opened) opened.open();
  BOOST_TEST(over);
  // Whoever is resumed is called from elsewhere; on top of that stand two levels, and nothing
  // grows.
  BOOST_TEST(seen.bytes() < 16U * 1024U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
