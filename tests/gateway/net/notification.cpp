// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/notification.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds soon{10};
constexpr milliseconds late{3'600'000};

io::task<bool> wait_for(io::notification* told, milliseconds timeout) {
  co_return co_await told->wait(timeout);
}

struct fixture : event_loop {
  io::notification told{context, wheel};
  std::optional<bool> ended;

  void wait(milliseconds timeout) {
    ended.reset();
    start(wait_for(&told, timeout),
          [this](std::exception_ptr, bool notified) { ended = notified; });
    settle();
  }
  void until_ended() {
    until([this] { return ended.has_value(); });
  }
  ~fixture() { end(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(notification)

BOOST_AUTO_TEST_CASE(whoever_waits_is_woken) {
  fixture f;
  f.wait(late);
  BOOST_TEST(!f.ended.has_value());
  f.told.notify();
  BOOST_TEST(!f.ended.has_value());  // not in the midst of the other's work
  f.settle();
  BOOST_TEST(f.ended.value_or(false));
}

BOOST_AUTO_TEST_CASE(whoever_comes_later_does_not_wait) {
  fixture f;
  f.told.notify();
  for (int i = 0; i < 2; ++i) {
    f.wait(late);
    BOOST_TEST(f.ended.value_or(false));
  }
}

BOOST_AUTO_TEST_CASE(the_wait_ends_with_its_time_and_can_begin_again) {
  fixture f;
  f.wait(soon);
  f.until_ended();
  BOOST_REQUIRE(f.ended.has_value());
  BOOST_TEST(!*f.ended);
  f.wait(late);
  BOOST_TEST(!f.ended.has_value());
  f.told.notify();
  f.settle();
  BOOST_TEST(f.ended.value_or(false));
}

BOOST_AUTO_TEST_CASE(a_wait_that_is_over_is_not_woken_twice) {
  fixture f;
  f.wait(late);
  f.wheel.expire_all();
  f.told.notify();  // both before the loop turns
  f.settle();
  BOOST_TEST(f.ended.value_or(false));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_worker_ends_the_wait) {
  fixture f;
  f.wait(late);
  f.wheel.expire_all();
  f.settle();
  BOOST_REQUIRE(f.ended.has_value());
  BOOST_TEST(!*f.ended);
}

BOOST_AUTO_TEST_CASE(another_thread_posts_to_the_loop) {
  fixture f;
  f.wait(late);
  std::jthread other([&] { io::post(f.context, [&] { f.told.notify(); }); });
  f.until_ended();
  BOOST_TEST(f.ended.value_or(false));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
