// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/query_param.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

std::string value(std::string_view query, std::string_view name) {
  std::string out = "kept:";
  return core::scheme::append_query_param(out, query, name) ? out : "(refused)";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(query_param)

BOOST_AUTO_TEST_CASE(a_value_is_read_as_a_form_and_written_in_one_way) {
  BOOST_TEST(value("a=1&b=2", "b") == "kept:2");
  BOOST_TEST(value("a=x+y%20z", "a") == "kept:x%20y%20z");
  BOOST_TEST(value("a=%7e~*-._!'()", "a") == "kept:%7E%7E*-._%21%27%28%29");
  BOOST_TEST(value("a=%41%62", "a") == "kept:Ab");
  BOOST_TEST(value("a=b=c", "a") == "kept:b%3Dc");
  BOOST_TEST(value("a", "a") == "kept:");
  BOOST_TEST(value("&&a=&", "a") == "kept:");
  BOOST_TEST(value("a=%C3%A7", "a") == "kept:%C3%A7");
}

BOOST_AUTO_TEST_CASE(an_escape_that_is_none_stays_what_it_is) {
  BOOST_TEST(value("a=%", "a") == "kept:%25");
  BOOST_TEST(value("a=%4", "a") == "kept:%254");
  BOOST_TEST(value("a=%4g", "a") == "kept:%254g");
  BOOST_TEST(value("a=%g4", "a") == "kept:%25g4");
}

BOOST_AUTO_TEST_CASE(a_name_is_compared_as_it_is_written_again) {
  BOOST_TEST(value("%61=1", "a") == "kept:1");
  BOOST_TEST(value("a+b=1", "a%20b") == "kept:1");
  BOOST_TEST(value("a+b=1", "a+b") == "(refused)");
  BOOST_TEST(value("%61=1", "%61") == "(refused)");
  BOOST_TEST(value("=1", "") == "kept:1");
}

BOOST_AUTO_TEST_CASE(it_is_there_once_and_no_more) {
  BOOST_TEST(value("a=1&b=2", "c") == "(refused)");
  BOOST_TEST(value("", "a") == "(refused)");
  BOOST_TEST(value("&", "") == "(refused)");
  BOOST_TEST(value("a=1&a=1", "a") == "(refused)");
  BOOST_TEST(value("a=1&%61=2", "a") == "(refused)");
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_is_refused_where_it_is_asked_for) {
  BOOST_TEST(value("a=%FF", "a") == "(refused)");
  BOOST_TEST(value("%FF=1&a=2", "a") == "kept:2");
  BOOST_TEST(value("%FF=1", "%FF") == "(refused)");
  BOOST_TEST(value("%FF=1", "%EF%BF%BD") == "(refused)");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
