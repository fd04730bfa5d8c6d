// SPDX-License-Identifier: Apache-2.0
#include "bench/upstream/workshop.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <vector>

namespace {

using bench::upstream::workshop;

/// When each of these, begun at its instant, is finished.
std::vector<std::int64_t> ends(std::size_t slots, const std::vector<std::int64_t>& begun) {
  workshop w(slots, 10);
  for (const std::int64_t at : begun) w.begin({}, at);
  std::vector<std::int64_t> out;
  while (const std::int64_t next = w.next_end()) {
    BOOST_TEST(!w.finish(next - 1).has_value());
    BOOST_TEST(w.finish(next).has_value());
    out.push_back(next);
  }
  return out;
}

using times = std::vector<std::int64_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(bench)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(workshops)

BOOST_AUTO_TEST_CASE(without_a_limit_each_takes_its_time) {
  BOOST_TEST(ends(0, {1, 1, 1, 5}) == (times{11, 11, 11, 15}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(with_one_hand_one_follows_the_other) {
  BOOST_TEST(ends(1, {1, 1, 50, 55}) == (times{11, 21, 60, 70}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(with_two_hands_two_are_done_at_once) {
  BOOST_TEST(ends(2, {1, 4, 5, 6, 7}) == (times{11, 14, 21, 24, 31}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_looked_at_late_still_ended_in_time) {
  workshop w(1, 10);
  for (std::uint64_t serial = 1; serial <= 3; ++serial) w.begin({1, serial, {}, false}, 1);
  BOOST_TEST(w.size() == 3U);
  // Nobody came before 25: by then the second was done as well.
  BOOST_TEST(w.finish(25).value().serial == 1U);
  BOOST_TEST(w.finish(25).value().serial == 2U);
  BOOST_TEST(!w.finish(25).has_value());
  BOOST_TEST(w.next_end() == 31);
  BOOST_TEST(w.finish(31).value().serial == 3U);
  BOOST_TEST(w.size() == 0U);
  BOOST_TEST(w.next_end() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
