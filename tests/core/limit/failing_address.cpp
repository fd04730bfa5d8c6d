// SPDX-License-Identifier: Apache-2.0
#include "core/limit/failing_address.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <set>

using core::limit::address_key;
using core::limit::failing_address;
using core::limit::find_failing;
using core::limit::key_of_address;
using core::limit::place_for;

namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(limit)
BOOST_AUTO_TEST_SUITE(failing_addresses)

BOOST_AUTO_TEST_CASE(one_of_ipv4_counts_alone_and_one_of_ipv6_by_its_64_bits) {
  BOOST_TEST((key_of_address("192.0.2.1") != key_of_address("192.0.2.2")));
  BOOST_TEST((key_of_address("192.0.2.1") == key_of_address("::ffff:192.0.2.1")));
  BOOST_TEST((key_of_address("2001:db8::1") == key_of_address("2001:db8::ffff:2:3:4")));
  BOOST_TEST((key_of_address("2001:db8::1") != key_of_address("2001:db8:0:1::1")));
  // None of the two families is taken for one of the other.
  BOOST_TEST((key_of_address("192.0.2.1") != key_of_address("0:ffff:c000:201::")));
  BOOST_TEST((key_of_address("0.0.0.0") != key_of_address("::1")));
}

BOOST_AUTO_TEST_CASE(what_is_no_address_has_no_key) {
  for (const char* text : {"", "unknown", "192.0.2.1:80", "[::1]", "192.0.2.256"})
    BOOST_TEST(!key_of_address(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(an_address_is_found_if_it_has_failed) {
  const std::array<failing_address, 3> among{{{7, 100}, {8, 0}, {0, 200}}};
  BOOST_TEST(find_failing(among, 7) == &among[0]);
  BOOST_TEST(find_failing(among, 0) == &among[2]);  // one that is number 0, as ::1
  BOOST_TEST(find_failing(among, 8) == nullptr);    // left there by somebody who is forgotten
  BOOST_TEST(find_failing(among, 9) == nullptr);
}

BOOST_AUTO_TEST_CASE(it_keeps_its_place_or_gets_the_one_that_says_least) {
  const std::array<failing_address, 4> among{{{1, 500}, {2, 300}, {3, 900}, {4, 400}}};
  BOOST_TEST(place_for(among, 3, 250) == 2U);
  // Nobody's failures are over: those that are over first are forgotten.
  BOOST_TEST(place_for(among, 9, 250) == 1U);
  // All that are over are the same: the first of them.
  BOOST_TEST(place_for(among, 9, 450) == 1U);
  BOOST_TEST(place_for(among, 9, 2000) == 0U);
  const std::array<failing_address, 3> with_room{{{1, 500}, {2, 0}, {3, 400}}};
  BOOST_TEST(place_for(with_room, 9, 250) == 1U);
  BOOST_TEST(place_for(with_room, 3, 250) == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
