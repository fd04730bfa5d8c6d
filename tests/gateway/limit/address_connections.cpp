// SPDX-License-Identifier: Apache-2.0
#include "gateway/limit/address_connections.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <thread>
#include <vector>

using table = ::gateway::limit::address_connections;
using ::gateway::limit::counted_connection;

namespace tests {

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(limit)
BOOST_AUTO_TEST_SUITE(address_connections)

BOOST_AUTO_TEST_CASE(each_address_has_no_more_than_its_number) {
  table all;
  BOOST_TEST(all.take(7, 2));
  BOOST_TEST(all.take(7, 2));
  BOOST_TEST(!all.take(7, 2));
  BOOST_TEST(all.take(8, 2));
  all.give_back(7);
  BOOST_TEST(all.take(7, 2));
  BOOST_TEST(!all.take(7, 2));
}

BOOST_AUTO_TEST_CASE(who_has_none_takes_no_room) {
  table all;
  for (std::uint64_t address = 0; address < 1000; ++address)
    BOOST_TEST_REQUIRE(all.take(address, 1));
  BOOST_TEST(all.addresses() == 1000U);
  for (std::uint64_t address = 0; address < 1000; ++address) all.give_back(address);
  BOOST_TEST(all.addresses() == 0U);
  BOOST_TEST(!all.take(7, 0));
  BOOST_TEST(all.addresses() == 0U);
}

BOOST_AUTO_TEST_CASE(another_limit_counts_what_is_there) {
  table all;
  for (int i = 0; i < 3; ++i) BOOST_TEST(all.take(7, 3));
  BOOST_TEST(!all.take(7, 2));
  BOOST_TEST(all.take(7, 4));
}

BOOST_AUTO_TEST_CASE(a_counted_connection_is_given_back_once) {
  table all;
  {
    BOOST_TEST(all.take(7, 1));
    counted_connection first(all, 7);
    const counted_connection moved(std::move(first));
    const counted_connection none;
    BOOST_TEST(!all.take(7, 1));
  }
  BOOST_TEST(all.addresses() == 0U);
}

BOOST_AUTO_TEST_CASE(all_threads_count_together) {
  table all;
  std::atomic<int> taken{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i)
        if (all.take(7, 150)) ++taken;
    });
  threads.clear();
  BOOST_TEST(taken == 150);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
