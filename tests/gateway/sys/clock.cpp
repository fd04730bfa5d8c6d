// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/clock.hpp"

#include <boost/test/unit_test.hpp>
#include <ctime>

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(clock)

BOOST_AUTO_TEST_CASE(now_is_unix_time) {
  const auto before = static_cast<std::int64_t>(std::time(nullptr));
  const auto seen = core::base::unix_seconds(::gateway::sys::now());
  const auto after = static_cast<std::int64_t>(std::time(nullptr));
  // time() may lag the precise clock by one tick of the kernel.
  BOOST_TEST(seen >= before);
  BOOST_TEST(seen <= after + 1);
}

BOOST_AUTO_TEST_CASE(steady_counter_never_goes_back) {
  auto last = ::gateway::sys::steady_us();
  for (int i = 0; i < 10'000; ++i) {
    const auto next = ::gateway::sys::steady_us();
    BOOST_REQUIRE(next >= last);
    last = next;
  }
}

BOOST_AUTO_TEST_CASE(the_wall_clock_follows_the_steady_one) {
  const auto then = core::base::from_unix_seconds(1'700'000'000);
  const ::gateway::sys::two_clocks started{then, 5'000'000};
  BOOST_TEST((started.when(5'000'000) == then));
  BOOST_TEST((started.when(7'500'001) == then + std::chrono::microseconds(2'500'001)));
  const ::gateway::sys::two_clocks now;
  BOOST_TEST((now.when(now.us) == now.at));
  BOOST_TEST(now.us <= ::gateway::sys::steady_us());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
