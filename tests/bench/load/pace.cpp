// SPDX-License-Identifier: Apache-2.0
#include "bench/load/pace.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <vector>

BOOST_AUTO_TEST_SUITE(bench)
BOOST_AUTO_TEST_SUITE(load)
BOOST_AUTO_TEST_SUITE(paces)

BOOST_AUTO_TEST_CASE(requests_are_evenly_spaced) {
  const bench::load::pace p(1'000, 4'000, 0, 1);
  BOOST_TEST(p.due(0) == 1'000);
  BOOST_TEST(p.due(1) == 251'000);
  BOOST_TEST(p.due(4'000) == 1'000'001'000);
}

BOOST_AUTO_TEST_CASE(a_rate_that_divides_no_second_does_not_drift) {
  const bench::load::pace p(0, 3, 0, 1);
  BOOST_TEST(p.due(3'000'000) == 1'000'000'000'000'000);
}

BOOST_AUTO_TEST_CASE(threads_together_make_the_rate_of_one) {
  const bench::load::pace one(0, 1'000, 0, 1);
  std::vector<std::int64_t> expected;
  std::vector<std::int64_t> all;
  for (std::uint64_t n = 0; n < 30; ++n) expected.push_back(one.due(n));
  for (unsigned thread = 0; thread < 3; ++thread)
    for (std::uint64_t n = 0; n < 10; ++n)
      all.push_back(bench::load::pace(0, 1'000, thread, 3).due(n));
  std::sort(all.begin(), all.end());
  BOOST_TEST(all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
