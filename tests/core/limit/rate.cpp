// SPDX-License-Identifier: Apache-2.0
#include "core/limit/rate.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace core::limit;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t t0 = 5'000'000'000'000;

std::int64_t ns(std::chrono::nanoseconds d) { return d.count(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(limit)
BOOST_AUTO_TEST_SUITE(rate_)

BOOST_AUTO_TEST_CASE(a_burst_passes_and_then_one_at_a_time) {
  const rate limit{10, 1s, 3};
  rate_state state = 0;
  for (std::uint64_t left : {2U, 1U, 0U}) {
    const auto a = take(limit, state, t0);
    BOOST_TEST(a.allowed);
    BOOST_TEST(a.left == left);
    state = a.next;
  }
  const auto refused = take(limit, state, t0);
  BOOST_TEST(!refused.allowed);
  BOOST_TEST(refused.next == state);
  BOOST_TEST(ns(refused.wait) == ns(100ms));
  BOOST_TEST(ns(refused.full) == ns(300ms));
  BOOST_TEST(!take(limit, state, t0 + ns(100ms) - 1).allowed);
  const auto next = take(limit, state, t0 + ns(100ms));
  BOOST_TEST(next.allowed);
  BOOST_TEST(next.left == 0U);
  BOOST_TEST(ns(next.wait) == ns(100ms));
}

BOOST_AUTO_TEST_CASE(looking_takes_nothing) {
  const rate limit{1, 1s, 1};
  const auto seen = look(limit, 0, t0);
  BOOST_TEST(seen.allowed);
  BOOST_TEST(seen.left == 1U);
  BOOST_TEST(seen.next == 0);
  const auto taken = take(limit, seen.next, t0);
  BOOST_TEST(taken.allowed);
  BOOST_TEST(!look(limit, taken.next, t0).allowed);
}

BOOST_AUTO_TEST_CASE(who_was_away_for_long_gets_no_more_than_the_burst) {
  const rate limit{100, 1s, 5};
  rate_state state = take(limit, 0, t0).next;
  int passed = 0;
  for (int i = 0; i < 50; ++i) {
    const auto a = take(limit, state, t0 + ns(1h));
    state = a.next;
    passed += a.allowed ? 1 : 0;
  }
  BOOST_TEST(passed == 5);
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_gives_nothing_away) {
  const rate limit{1, 1s, 1};
  const rate_state state = take(limit, 0, t0).next;
  BOOST_TEST(!take(limit, state, t0 - ns(1h)).allowed);
  BOOST_TEST(take(limit, state, t0 + ns(1s)).allowed);
}

// Whatever comes when: in the long run the rate, and the burst once. Without a burst whoever comes
// late has lost what passed meanwhile.
BOOST_AUTO_TEST_CASE(three_times_the_rate_gets_the_rate) {
  std::mt19937_64 random(3);
  for (const rate limit : {rate{100, 1s, 200}, rate{3, 1s, 4}, rate{300'000, 1s, 300'000},
                           rate{7, 60s, 7}, rate{1, 24h, 4}}) {
    const std::int64_t each = ns(limit.per) / static_cast<std::int64_t>(limit.requests);
    const std::uint64_t offered = 30'000 + 3 * limit.burst;
    rate_state state = 0;
    std::int64_t now = t0;
    std::uint64_t passed = 0;
    for (std::uint64_t i = 0; i < offered; ++i) {
      const auto a = take(limit, state, now);
      state = a.next;
      passed += a.allowed ? 1U : 0U;
      now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(each * 2 / 3 + 1));
    }
    const double expected = static_cast<double>(limit.burst) +
                            static_cast<double>(now - t0) / static_cast<double>(each);
    BOOST_TEST(static_cast<double>(passed) >= expected * 0.98 - 1);
    BOOST_TEST(static_cast<double>(passed) <= expected + 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
