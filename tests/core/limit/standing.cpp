// SPDX-License-Identifier: Apache-2.0
#include "core/limit/standing.hpp"

#include <boost/test/unit_test.hpp>

using namespace core::limit;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(limit)
BOOST_AUTO_TEST_SUITE(standing_)

BOOST_AUTO_TEST_CASE(a_policy_is_the_rate_for_as_long_as_the_burst_lasts) {
  BOOST_TEST(policy_field({100, 1s, 100}) == R"("client";q=100;w=1)");
  BOOST_TEST(policy_field({100, 1s, 200}) == R"("client";q=200;w=2)");
  BOOST_TEST(policy_field({100, 1s, 299}) == R"("client";q=200;w=2)");
  BOOST_TEST(policy_field({100, 1s, 10}) == R"("client";q=100;w=1)");
  BOOST_TEST(policy_field({100, 60s, 1}) == R"("client";q=5;w=3)");
  BOOST_TEST(policy_field({3, 60s, 1}) == R"("client";q=1;w=20)");
}

BOOST_AUTO_TEST_CASE(times_are_rounded_up) {
  rate_answer a;
  a.left = 7;
  a.full = 1001ms;
  BOOST_TEST(standing_field({{10, 1s, 20}, a}) == R"("client";r=7;t=2)");
  a.full = 0ms;
  BOOST_TEST(standing_field({{10, 1s, 20}, a}) == R"("client";r=7;t=0)");
  a.wait = 2001ms;
  BOOST_TEST(retry_after(a) == 3U);
  a.wait = 0ms;
  BOOST_TEST(retry_after(a) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
