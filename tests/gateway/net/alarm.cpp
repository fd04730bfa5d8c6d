// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/alarm.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>

#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds late{3'600'000};

io::task<bool> wait_for(io::alarm* on, milliseconds time) {
  co_await on->wait(time);
  co_return true;
}

struct fixture : event_loop {
  io::alarm alarm{context};
  bool awake = false;

  void wait_on(milliseconds time) {
    awake = false;
    start(wait_for(&alarm, time), [this](std::exception_ptr, bool done) { awake = done; });
    settle();
  }
  ~fixture() { end(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(alarm)

BOOST_AUTO_TEST_CASE(it_wakes_again_and_again) {
  fixture f;
  for (int i = 0; i < 3; ++i) {
    f.wait_on(milliseconds(1));
    f.until([&f] { return f.awake; });
    BOOST_TEST(f.awake);
  }
}

BOOST_AUTO_TEST_CASE(one_that_is_turned_off_holds_nobody) {
  fixture f;
  f.wait_on(late);
  BOOST_TEST(!f.awake);
  f.alarm.turn_off();
  BOOST_TEST(!f.awake);  // not in the midst of the other's work
  f.settle();
  BOOST_TEST(f.awake);
  f.wait_on(late);
  BOOST_TEST(f.awake);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
