// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/growing.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

using gateway::metrics::lazy_array;

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(metrics)
BOOST_AUTO_TEST_SUITE(growing)

BOOST_AUTO_TEST_CASE(what_is_there_stays_where_it_is_when_it_grows) {
  lazy_array<int> all(2);
  int& first = all.at(1, 7);
  BOOST_TEST(all.find(2) == nullptr);
  all.grow(1);
  BOOST_TEST(all.size() == 2U);
  all.grow(3);
  BOOST_TEST(all.size() >= 3U);
  BOOST_TEST(&all.at(1) == &first);
  BOOST_TEST(all.find(1) == &first);
  BOOST_TEST(all.find(0) == nullptr);
  BOOST_TEST(all.find(2) == nullptr);
  all.at(2, 9);
  BOOST_TEST(*all.find(2) == 9);
  BOOST_TEST(all.find(1'000'000) == nullptr);
}

BOOST_AUTO_TEST_CASE(readers_see_whole_values_while_it_grows) {
  lazy_array<std::atomic<int>> all(1);
  std::atomic<bool> over{false};
  std::jthread reader([&] {
    int last = 0;
    while (!over.load()) {
      int seen = 0;
      while (const std::atomic<int>* one = all.find(static_cast<std::size_t>(seen))) {
        BOOST_REQUIRE(one->load() == seen + 1);
        ++seen;
      }
      BOOST_REQUIRE(seen >= last);
      last = seen;
    }
  });
  for (int i = 0; i < 5000; ++i) {
    all.grow(static_cast<std::size_t>(i) + 1);
    all.at(static_cast<std::size_t>(i), i + 1);
  }
  over.store(true);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
