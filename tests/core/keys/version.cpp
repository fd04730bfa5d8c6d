// SPDX-License-Identifier: Apache-2.0
#include "core/keys/version.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace {

using namespace core::keys;

bool less(std::string_view a, std::string_view b) {
  return compare_versions(a, b) < 0 && compare_versions(b, a) > 0;
}
bool same(std::string_view a, std::string_view b) {
  return compare_versions(a, b) == 0 && compare_versions(b, a) == 0;
}
bool holds(std::string_view range, std::string_view version) {
  return version_range::parse(range).value().contains(version);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(keys)
BOOST_AUTO_TEST_SUITE(version)

BOOST_AUTO_TEST_CASE(versions_have_a_closed_alphabet_and_length) {
  for (const std::string_view text :
       {"1", "1.0.0", "v1_2+b-7", "A.z", "-", "12345678901234567890123456789012"})
    BOOST_TEST(is_version(text), text);
  for (const std::string_view text : {"", " ", "1 0", "1.0 ", "1/0", "1,0", "1:0", "1~0", "\x7f",
                                      "1.0\n", "\xc3\xa9", "123456789012345678901234567890123"})
    BOOST_TEST(!is_version(text), text);
  BOOST_TEST(!is_version(std::string_view("1\0", 2)));
}

BOOST_AUTO_TEST_CASE(numbers_are_compared_by_value) {
  BOOST_TEST(less("1.0.0", "2.0.0"));
  BOOST_TEST(less("2.0.0", "2.1.0"));
  BOOST_TEST(less("2.1.0", "2.1.1"));
  BOOST_TEST(less("1.9.0", "1.10.0"));
  BOOST_TEST(less("9", "10"));
  BOOST_TEST(same("1.02", "1.2"));
  BOOST_TEST(less("18446744073709551615", "18446744073709551616"));
  BOOST_TEST(less("99999999999999999999999999999998", "99999999999999999999999999999999"));
}

BOOST_AUTO_TEST_CASE(parts_left_out_are_zero) {
  BOOST_TEST(same("1.2", "1.2.0"));
  BOOST_TEST(same("1", "1.0.0.0.0"));
  BOOST_TEST(less("1.2", "1.2.0.1"));
  BOOST_TEST(same("1.2-rc.1", "1.2.0-rc.1"));
}

// SemVer 2.0, section 11.4.4, and what surrounds its example.
BOOST_AUTO_TEST_CASE(pre_releases_come_before_their_release) {
  const std::vector<std::string> ascending{
      "0.9",          "1.0.0-1",       "1.0.0-2",          "1.0.0-11",
      "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
      "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",       "1.0.0",
      "1.0.1-alpha",  "1.0.1"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    BOOST_TEST(same(ascending[i], ascending[i]));
    for (std::size_t j = i + 1; j < ascending.size(); ++j)
      BOOST_TEST(less(ascending[i], ascending[j]), ascending[i] + " < " + ascending[j]);
  }
}

BOOST_AUTO_TEST_CASE(an_identifier_of_nothing_is_a_word) {
  BOOST_TEST(less("1-a.1", "1-a..b"));
  BOOST_TEST(less("1-a..b", "1-a.b"));
}

BOOST_AUTO_TEST_CASE(build_metadata_does_not_count) {
  BOOST_TEST(same("1.0.0+1", "1.0.0+2"));
  BOOST_TEST(same("1.0.0+1", "1.0.0"));
  BOOST_TEST(same("1.0.0-rc.1+x-y", "1.0.0-rc.1"));
  BOOST_TEST(less("1.0.0-rc+zzz", "1.0.0+a"));
}

BOOST_AUTO_TEST_CASE(what_is_glued_to_a_number_is_a_pre_release) {
  BOOST_TEST(less("1.2beta", "1.2"));
  BOOST_TEST(less("1.1", "1.2beta"));
  BOOST_TEST(same("1.2beta", "1.2-beta"));
  BOOST_TEST(less("1.2_1", "1.2"));
  BOOST_TEST(less("1..2", "1"));
}

BOOST_AUTO_TEST_CASE(what_does_not_begin_with_a_number_is_below_every_number) {
  for (const std::string_view text : {"v2.0.0", "latest", "-1", "_", "", "+1", ".5"}) {
    BOOST_TEST(less(text, "0"), text);
    BOOST_TEST(less(text, "0-0"), text);
    BOOST_TEST(same(text, text), text);
  }
  BOOST_TEST(less("alpha", "beta"));
}

BOOST_AUTO_TEST_CASE(the_order_is_a_total_one) {
  const std::vector<std::string> many{
      "",     "-",    "a",    "v1",    "0",    "0-0",  "0.0",  "1",       "1-",  "1.",
      "1..2", "1-a",  "1-a.", "1-a.1", "1-1",  "1-01", "1-1a", "1.0-a.b", "1+x", "1.0.1",
      "1.2b", "1.2_", "2",    "10",    "1.-2", "1--",  "1-.",  "1-a..b",  "00"};
  for (const auto& a : many) {
    for (const auto& b : many) {
      BOOST_TEST(((compare_versions(a, b) < 0) == (compare_versions(b, a) > 0)), a + " and " + b);
      for (const auto& c : many) {
        if (compare_versions(a, b) <= 0 && compare_versions(b, c) <= 0)
          BOOST_TEST((compare_versions(a, c) <= 0), a + " and " + b + " and " + c);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(ranges_hold_what_meets_every_condition) {
  BOOST_TEST(holds(">=2.0.0", "2.0.0"));
  BOOST_TEST(holds(">=2.0.0", "2.0"));
  BOOST_TEST(!holds(">=2.0.0", "1.99"));
  BOOST_TEST(!holds(">=2.0.0", "2.0.0-rc.1"));
  BOOST_TEST(!holds(">2.0.0", "2.0.0"));
  BOOST_TEST(holds(">2.0.0", "2.0.1"));
  BOOST_TEST(holds("<=2.0.0", "2.0.0"));
  BOOST_TEST(!holds("<=2.0.0", "2.0.1"));
  BOOST_TEST(!holds("<2.0.0", "2.0.0"));
  BOOST_TEST(holds("<2.0.0", "1.9"));
  BOOST_TEST(holds("=2", "2.0.0+build"));
  BOOST_TEST(!holds("=2", "2.0.1"));
  BOOST_TEST(holds(">=1.0.0 <2.0.0", "1.5"));
  BOOST_TEST(!holds(">=1.0.0 <2.0.0", "0.9"));
  BOOST_TEST(!holds(">=1.0.0 <2.0.0", "2.0"));
  BOOST_TEST(holds("  >=1.0.0   <2.0.0 ", "1.0"));
  BOOST_TEST(!holds(">=0", "latest"));
}

BOOST_AUTO_TEST_CASE(ranges_keep_their_text) {
  BOOST_TEST(version_range::parse(">=1.0.0 <2.0.0").value().text() == ">=1.0.0 <2.0.0");
}

BOOST_AUTO_TEST_CASE(nonsense_is_no_range) {
  for (const std::string_view text : {"",
                                      " ",
                                      "1.0.0",
                                      ">=",
                                      ">= 1.0.0",
                                      "=>1.0.0",
                                      "==1.0",
                                      "!=1.0",
                                      "~1.0",
                                      "^1.0",
                                      ">=v1.0",
                                      ">=latest",
                                      ">=1.0.0,<2.0.0",
                                      ">=1.0.0 and <2.0.0",
                                      ">=1.0.0<2.0.0",
                                      ">=-1",
                                      "*",
                                      ">=1.*",
                                      ">=1.0.0\t<2",
                                      ">=123456789012345678901234567890123"})
    BOOST_TEST(!version_range::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_range_that_no_version_meets_is_no_range) {
  for (const std::string_view text :
       {">2 <1", ">=2 <2.0", ">2 <=2", "=1 =2", "=1 >1", "=1 <1.0", "<1 >=2 <5"})
    BOOST_TEST(!version_range::parse(text).has_value(), text);
  for (const std::string_view text :
       {">=2 <=2", "=1 =1.0", "=1 >=1 <=1", ">1 <1.0.1", ">1 >2", "<1 <2", ">=1 >=2", "<=1 <=2"})
    BOOST_TEST(version_range::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
