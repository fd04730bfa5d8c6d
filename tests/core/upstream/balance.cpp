// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/balance.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace core::upstream;
using namespace std::chrono_literals;

namespace {

/// The next so many, as letters.
std::string turns(const std::vector<share>& among, std::vector<std::int64_t>& credit, int count) {
  std::string picked;
  for (int i = 0; i < count; ++i) {
    const std::size_t one = pick_in_turn(among, credit);
    picked += one == nobody ? '-' : static_cast<char>('a' + one);
  }
  return picked;
}

std::size_t least(std::vector<share> among, std::vector<std::int64_t>& credit) {
  return pick_least_busy(among, credit);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(balance)

BOOST_AUTO_TEST_CASE(equals_take_turns) {
  std::vector<std::int64_t> credit(3);
  BOOST_TEST(turns({{1}, {1}, {1}}, credit, 7) == "abcabca");
}

// The example in nginx's change of 2012 that brought it.
BOOST_AUTO_TEST_CASE(the_heavy_one_is_not_picked_in_a_row) {
  std::vector<std::int64_t> credit(3);
  BOOST_TEST(turns({{5}, {1}, {1}}, credit, 14) == "aabacaaaabacaa");
}

BOOST_AUTO_TEST_CASE(each_gets_its_share_however_weights_lie) {
  for (std::uint32_t a = 1; a < 8; ++a) {
    for (std::uint32_t b = 1; b < 8; ++b) {
      std::vector<std::int64_t> credit(2);
      const std::string all = turns({{a}, {b}}, credit, static_cast<int>(a + b) * 10);
      BOOST_TEST(std::ranges::count(all, 'a') == a * 10);
      BOOST_TEST(credit[0] == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_without_weight_gets_nothing_and_the_others_go_on) {
  std::vector<std::int64_t> credit(3);
  BOOST_TEST(turns({{1}, {0}, {1}}, credit, 4) == "acac");
  BOOST_TEST(turns({{0}, {0}, {0}}, credit, 2) == "--");
  BOOST_TEST(turns({{0}, {7}, {0}}, credit, 2) == "bb");
}

BOOST_AUTO_TEST_CASE(nobody_comes_back_to_a_burst) {
  std::vector<std::int64_t> credit(2);
  turns({{1}, {1}}, credit, 3);
  turns({{1}, {0}}, credit, 1000);
  const std::string after = turns({{1}, {1}}, credit, 6);
  BOOST_TEST(after.find("bbb") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_least_busy_one_is_picked) {
  std::vector<std::int64_t> credit(3);
  BOOST_TEST(least({{1, 3}, {1, 1}, {1, 2}}, credit) == 1U);
  BOOST_TEST(least({{1, 3}, {0, 0}, {1, 2}}, credit) == 2U);
  BOOST_TEST(least({{0, 0}, {0, 0}}, credit) == nobody);
}

BOOST_AUTO_TEST_CASE(weight_counts_in_how_busy_one_is) {
  std::vector<std::int64_t> credit(2);
  BOOST_TEST(least({{1, 1}, {3, 2}}, credit) == 1U);
  BOOST_TEST(least({{1, 1}, {3, 4}}, credit) == 0U);
}

BOOST_AUTO_TEST_CASE(those_that_are_equally_busy_take_turns) {
  std::vector<std::int64_t> credit(3);
  std::string picked;
  for (int i = 0; i < 8; ++i)
    picked += static_cast<char>('a' + least({{3, 3}, {1, 1}, {1, 9}}, credit));
  BOOST_TEST(picked == "aabaaaba");
}

BOOST_AUTO_TEST_CASE(one_that_came_back_begins_small_and_grows) {
  BOOST_TEST(effective_weight(2, 10s, 0s) == 32U);
  BOOST_TEST(effective_weight(2, 10s, 100ms) == 32U);
  BOOST_TEST(effective_weight(2, 10s, 5s) == 256U);
  BOOST_TEST(effective_weight(2, 10s, 9'999ms) == 510U);
  BOOST_TEST(effective_weight(2, 10s, 10s) == 512U);
  BOOST_TEST(effective_weight(2, 10s, 1h) == 512U);
  BOOST_TEST(effective_weight(2, 10s, -1s) == 32U);
  BOOST_TEST(effective_weight(2, 0s, 0s) == 512U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
