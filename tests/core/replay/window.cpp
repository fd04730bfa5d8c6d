// SPDX-License-Identifier: Apache-2.0
#include "core/replay/window.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

using core::base::errc;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(window_)

BOOST_AUTO_TEST_CASE(both_edges_are_inside) {
  const core::replay::window w;
  constexpr std::int64_t now = 1700000000;
  BOOST_TEST(w.check(now, now).has_value());
  BOOST_TEST(w.check(now - 300, now).has_value());
  BOOST_TEST(w.check(now + 60, now).has_value());
  BOOST_TEST((w.check(now - 301, now).error() == errc::stale));
  BOOST_TEST((w.check(now + 61, now).error() == errc::future));
}

BOOST_AUTO_TEST_CASE(the_widest_stamps_do_not_overflow) {
  const core::replay::window w;
  constexpr std::int64_t now = 1700000000;
  BOOST_TEST((w.check(0, now).error() == errc::stale));
  BOOST_TEST((w.check(99'999'999'999, now).error() == errc::future));
  BOOST_TEST((w.check(std::numeric_limits<std::int64_t>::max(), now).error() == errc::future));
  BOOST_TEST((w.check(std::numeric_limits<std::int64_t>::min(), now).error() == errc::stale));
}

BOOST_AUTO_TEST_CASE(a_window_of_nothing_takes_this_second_alone) {
  const core::replay::window w{0, 0};
  BOOST_TEST(w.check(5, 5).has_value());
  BOOST_TEST((w.check(4, 5).error() == errc::stale));
  BOOST_TEST((w.check(6, 5).error() == errc::future));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
