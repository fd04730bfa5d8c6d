// SPDX-License-Identifier: Apache-2.0
#include "core/http/name_set.hpp"

#include <boost/test/unit_test.hpp>
#include <string_view>

namespace {

core::http::name_set some() {
  core::http::name_set names;
  names.add("X-Client-Id");
  names.add_prefix("Sec-");
  return names;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(name_set)

BOOST_AUTO_TEST_CASE(names_are_held_without_case) {
  const auto names = some();
  for (const char* name : {"X-Client-Id", "x-client-id", "SEC-", "sec-fetch-mode"})
    BOOST_TEST(names.contains(name), name);
  for (const char* name : {"X-Client-I", "X-Client-Id2", "X_Client_Id", "Sec", "Sec_Fetch", "-"})
    BOOST_TEST(!names.contains(name), name);
}

BOOST_AUTO_TEST_CASE(lookalikes_differ_in_punctuation_alone) {
  const auto names = some();
  for (const char* name : {"X-Client-Id", "x_client.id", "X!CLIENT~ID", "sec_fetch", "SEC.x"})
    BOOST_TEST(names.contains_lookalike(name), name);
  for (const char* name : {"XClientId", "X-Client-Ib", "X-Client-Id-", "Sec", "Secx", "-"})
    BOOST_TEST(!names.contains_lookalike(name), name);
}

BOOST_AUTO_TEST_CASE(a_name_of_nothing_is_in_no_set) {
  auto names = some();
  names.add("");
  names.add_prefix("");
  for (const std::string_view nothing : {std::string_view(), std::string_view("")}) {
    BOOST_TEST(!names.contains(nothing));
    BOOST_TEST(!names.contains_lookalike(nothing));
  }
  BOOST_TEST(!names.contains("Other"));
  BOOST_TEST(!names.contains_lookalike("Other"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
