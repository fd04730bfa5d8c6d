// SPDX-License-Identifier: Apache-2.0
#include "core/http/head.hpp"

#include <boost/test/unit_test.hpp>

using core::http::fields;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(head)

BOOST_AUTO_TEST_CASE(a_head_has_room_for_so_many_fields_and_no_more) {
  fields all;
  for (std::size_t i = 0; i < fields::capacity; ++i) BOOST_TEST(all.add("Name", "value"));
  BOOST_TEST(!all.add("More", "x"));
  BOOST_TEST(all.size() == fields::capacity);
  BOOST_TEST(all.find("More").count == 0U);
  all.clear();
  BOOST_TEST(all.add("More", "x"));
  BOOST_TEST(all.size() == 1U);
}

BOOST_AUTO_TEST_CASE(names_are_found_without_case_and_counted) {
  fields all;
  all.add("X-A", "1");
  all.add("x-b", "2");
  all.add("x-a", "3");
  BOOST_TEST(all.find("x-A").count == 2U);
  BOOST_TEST(all.find("x-A").value == "1");
  BOOST_TEST(all.find("X-B").value == "2");
  BOOST_TEST(all.find("X-").count == 0U);
}

// Keys say nothing of what stands between the bytes that they are made of.
BOOST_AUTO_TEST_CASE(another_name_with_the_same_key_is_not_found) {
  static_assert(core::http::key_of("x-abc") == core::http::key_of("x_adc"));
  fields all;
  all.add("x_adc", "1");
  all.add("x-abc", "2");
  all.add("X-ABC", "3");
  BOOST_TEST(all.find("x-abc").count == 2U);
  BOOST_TEST(all.find("x-abc").value == "2");
  all.clear();
  all.add("other", "4");
  BOOST_TEST(all.find("x-abc").count == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
