// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/charset.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using core::scheme::charset;

namespace {

charset parsed(std::string_view text) { return std::get<charset>(charset::parse(text)); }

std::string problem(std::string_view text) {
  const auto result = charset::parse(text);
  const auto* why = std::get_if<std::string>(&result);
  return why != nullptr ? *why : "";
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(charset)

BOOST_AUTO_TEST_CASE(a_class_holds_its_members_and_ranges_and_nothing_else) {
  const auto set = parsed("[A-Cx0-9._~-]{1,1}");
  std::string taken;
  for (int c = 0; c < 256; ++c)
    if (const char one = static_cast<char>(c); set.fits({&one, 1})) taken += one;
  BOOST_TEST(taken == "-.0123456789ABC_x~");
}

BOOST_AUTO_TEST_CASE(what_has_a_meaning_is_written_with_a_backslash) {
  const auto set = parsed(R"([\]\[\\\^\-a]{1,6})");
  BOOST_TEST(set.fits(R"(][\^-a)"));
  BOOST_TEST(!set.fits("b"));
  BOOST_TEST(parsed("[-a]{2}").fits("-a"));
  BOOST_TEST(parsed("[a-]{2}").fits("-a"));
  BOOST_TEST(parsed("[a ]{3}").fits("a a"));
  BOOST_TEST(parsed("[a^]{1}").fits("^"));
}

BOOST_AUTO_TEST_CASE(both_ends_of_the_size_count) {
  const auto set = parsed("[a]{2,4}");
  BOOST_TEST(!set.fits("a"));
  BOOST_TEST(set.fits("aa"));
  BOOST_TEST(set.fits("aaaa"));
  BOOST_TEST(!set.fits("aaaaa"));
  BOOST_TEST(!set.fixed_size());
  BOOST_TEST(parsed("[a]{4}").fixed_size());
  BOOST_TEST(parsed("[a]{4}").fits("aaaa"));
  BOOST_TEST(!parsed("[a]{4}").fits("aaa"));
  BOOST_TEST(parsed("[a]{0,1}").fits(""));
  BOOST_TEST(parsed("[a]{1,4096}").fits(std::string(4096, 'a')));
}

BOOST_AUTO_TEST_CASE(left_out_it_is_visible_ascii) {
  const ::core::scheme::charset usual;
  BOOST_TEST(usual.fits("!~"));
  BOOST_TEST(!usual.fits(""));
  BOOST_TEST(!usual.fits("a b"));
  BOOST_TEST(!usual.fits("\x7f"));
  BOOST_TEST(!usual.fits("\xe4"));
  BOOST_TEST(usual.fits(std::string(128, 'a')));
  BOOST_TEST(!usual.fits(std::string(129, 'a')));
}

BOOST_AUTO_TEST_CASE(what_is_no_class_and_size_is_told) {
  BOOST_TEST(problem("").starts_with("must be a class and a size"));
  BOOST_TEST(problem("a{1}").starts_with("must be a class and a size"));
  BOOST_TEST(problem("[^a]{1}").ends_with("no [^"));
  BOOST_TEST(problem("[a").starts_with("has no ]"));
  BOOST_TEST(problem("[]{1}") == "has an empty class");
  BOOST_TEST(problem("[a[b]{1}").starts_with("has a [ within"));
  BOOST_TEST(problem(R"([\d]{1})").starts_with(R"(has a \ in its class)"));
  BOOST_TEST(problem(R"([a\)").starts_with(R"(has a \ in its class)"));
  BOOST_TEST(problem("[a\tb]{1}").starts_with("has something else in its class"));
  BOOST_TEST(problem("[\xc3\xa4]{1}").starts_with("has something else in its class"));
  for (const char* range : {"[z-a]{1}", "[A-z]{1}", "[+-9]{1}", "[a-Z]{1}", "[0-a]{1}", "[a-~]{1}",
                            "[A-^]{1}", "[0-:]{1}", "[ -a]{1}", "[@-Z]{1}"})
    BOOST_TEST(problem(range).starts_with("has a range"), range);
  BOOST_TEST(problem("[--9]{1}").starts_with("has a - where"));
  BOOST_TEST(problem("[a-c-e]{1}").starts_with("has a - where"));
  for (const char* size : {"[a]", "[a]+", "[a]*", "[a]{}", "[a]{,2}", "[a]{1,}", "[a]{1", "[a]{1}x",
                           "[a]{1,4097}", "[a]{100000}", "[a]{1;2}", "[a]{-1}", "[a]{1,2,3}"})
    BOOST_TEST(problem(size).starts_with("must end with a size"), size);
  BOOST_TEST(problem("[a]{0}") == "allows no text at all");
  BOOST_TEST(problem("[a]{0,0}") == "allows no text at all");
  BOOST_TEST(problem("[a]{3,2}") == "allows no text at all");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
