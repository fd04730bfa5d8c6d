// SPDX-License-Identifier: Apache-2.0
#include "gateway/limit/address_failures.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using table = ::gateway::limit::address_failures;
using std::chrono::seconds;

namespace tests {

namespace {

constexpr core::limit::rate five_in_ten{5, seconds{10}, 5};
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t noon = 1'000 * second;

/// So many of these addresses are refused.
std::size_t refused(const table& all, std::uint64_t from, std::uint64_t to, std::int64_t now) {
  std::size_t count = 0;
  for (std::uint64_t address = from; address < to; ++address)
    if (all.refuses(address, now)) ++count;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(limit)
BOOST_AUTO_TEST_SUITE(address_failures)

BOOST_AUTO_TEST_CASE(who_fails_too_often_has_to_wait) {
  table all(five_in_ten, 1);
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(!all.refuses(7, noon).has_value());
    all.failed(7, noon);
  }
  const auto standing = all.refuses(7, noon);
  BOOST_TEST_REQUIRE(standing.has_value());
  BOOST_TEST((standing->wait == seconds{2}));
  BOOST_TEST(!all.refuses(8, noon).has_value());
  // One is forgiven every two seconds.
  BOOST_TEST(all.refuses(7, noon + 2 * second - 1).has_value());
  BOOST_TEST(!all.refuses(7, noon + 2 * second).has_value());
  all.failed(7, noon + 2 * second);
  BOOST_TEST(all.refuses(7, noon + 2 * second).has_value());
}

BOOST_AUTO_TEST_CASE(who_is_refused_owes_no_more_for_asking_on) {
  table all(five_in_ten, 1);
  for (int i = 0; i < 100; ++i) all.failed(7, noon);
  BOOST_TEST(!all.refuses(7, noon + 2 * second).has_value());
}

BOOST_AUTO_TEST_CASE(the_table_stays_as_large_as_it_is) {
  table all(five_in_ten, 42);
  constexpr std::uint64_t many = 100'000;
  for (std::uint64_t address = 1; address <= many; ++address)
    for (int i = 0; i < 5; ++i) all.failed(address, noon);
  const std::size_t held = refused(all, 1, many + 1, noon);
  BOOST_TEST(held <= table::capacity);
  BOOST_TEST(held > table::capacity * 9 / 10);
  // Once they are over, all places are there for others.
  const std::int64_t later = noon + 11 * second;
  BOOST_TEST(refused(all, 1, many + 1, later) == 0U);
  for (int i = 0; i < 5; ++i) all.failed(many + 7, later);
  BOOST_TEST(all.refuses(many + 7, later).has_value());
}

BOOST_AUTO_TEST_CASE(who_owes_much_is_not_pushed_out_by_who_failed_once) {
  table all(five_in_ten, 42);
  for (int i = 0; i < 5; ++i) all.failed(1, noon);
  for (std::uint64_t address = 2; address <= 300'000; ++address) all.failed(address, noon);
  BOOST_TEST(all.refuses(1, noon).has_value());
}

BOOST_AUTO_TEST_CASE(all_threads_count_together) {
  constexpr core::limit::rate some{1000, seconds{3600}, 1000};
  table all(some, 7);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&all] {
      for (int i = 0; i < 250; ++i) {
        static_cast<void>(all.refuses(7, noon));
        all.failed(7, noon);
        all.failed(1000 + static_cast<std::uint64_t>(i), noon);
      }
    });
  threads.clear();
  BOOST_TEST(all.refuses(7, noon).has_value());
  BOOST_TEST(!all.refuses(7, noon + 4 * second).has_value());
  BOOST_TEST(!all.refuses(1000, noon).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
