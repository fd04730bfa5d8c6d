// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/health.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

using core::upstream::health_rule;
using namespace std::chrono_literals;

namespace {

/// What each probe (+ good, - failed) changes: u for up, d for down, . for nothing.
std::string changes(std::string_view probes, const health_rule& by) {
  using change = core::upstream::health::change;
  core::upstream::health one;
  std::string seen;
  for (const char probe : probes) {
    const change what = one.resume(probe == '+', by);
    seen += what == change::none ? '.' : what == change::came_up ? 'u' : 'd';
    BOOST_TEST(one.up() == (seen.find_last_of("ud") == std::string::npos ||
                            seen[seen.find_last_of("ud")] == 'u'));
  }
  return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(health_)

BOOST_AUTO_TEST_CASE(it_takes_so_many_in_a_row_each_way) {
  BOOST_TEST(changes("++---+-+--++", {2, 3}) == "....d......u");
  BOOST_TEST(changes("--+--+---", {2, 3}) == "........d");
  BOOST_TEST(changes("---+-+-++", {2, 3}) == "..d.....u");
}

BOOST_AUTO_TEST_CASE(one_is_enough_where_the_rule_says_so) {
  BOOST_TEST(changes("-+-+", {1, 1}) == "dudu");
  BOOST_TEST(changes("--+", {1, 2}) == ".du");
}

BOOST_AUTO_TEST_CASE(it_is_told_once) {
  BOOST_TEST(changes("-----", {1, 2}) == ".d...");
  BOOST_TEST(changes("+++++", {1, 2}) == ".....");
}

BOOST_AUTO_TEST_CASE(which_answers_are_good) {
  for (const unsigned status : {200U, 204U, 301U, 399U})
    BOOST_TEST(core::upstream::is_good(status), status);
  for (const unsigned status : {0U, 101U, 199U, 400U, 404U, 500U, 503U})
    BOOST_TEST(!core::upstream::is_good(status), status);
}

BOOST_AUTO_TEST_CASE(probes_are_spread_by_a_tenth_either_way) {
  using core::upstream::until_next;
  BOOST_TEST((until_next(5s, 0) == 4'500ms));
  BOOST_TEST((until_next(5s, 500) == 5s));
  BOOST_TEST((until_next(5s, 1000) == 5'500ms));
  BOOST_TEST((until_next(5s, 1001) == 4'500ms));
  BOOST_TEST((until_next(5s, 0xFFFF'FFFF) <= 5'500ms));
  BOOST_TEST((until_next(5ms, 77) == 5ms));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
