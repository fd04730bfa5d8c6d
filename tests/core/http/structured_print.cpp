// SPDX-License-Identifier: Apache-2.0
#include "core/http/structured_print.hpp"

#include <boost/test/unit_test.hpp>

namespace sf = core::http::structured;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(structured_print)

BOOST_AUTO_TEST_CASE(a_string_is_quoted_and_read_back) {
  std::string out = "x=";
  BOOST_TEST(sf::print_string(out, R"(a "b" \c ~)"));
  BOOST_TEST(out == R"(x="a \"b\" \\c ~")");
  BOOST_TEST(sf::unescaped(R"(a \"b\" \\c ~)") == R"(a "b" \c ~)");
  BOOST_TEST(sf::unescaped("").empty());
}

BOOST_AUTO_TEST_CASE(what_a_string_cannot_hold_is_not_written) {
  std::string out;
  for (const std::string_view text : {"\t", "\x7F", "\xC3\xA4", "a\n", "\x1F"})
    BOOST_TEST(!sf::print_string(out, text));
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(bytes_are_padded_base64_between_colons) {
  std::string out;
  sf::print_byte_sequence(out, "A");
  sf::print_byte_sequence(out, "");
  BOOST_TEST(out == ":QQ==:::");
}

BOOST_AUTO_TEST_CASE(a_members_value_is_written_without_its_key) {
  sf::field f;
  BOOST_REQUIRE(f.parse_dictionary("a=1, b=2;x=1;y=2,   c=(a   b   c), d;e"));
  const auto value = [&f](std::string_view key) {
    std::string out;
    sf::print_member_value(out, f, *f.find(key));
    return out;
  };
  BOOST_TEST(value("a") == "1");
  BOOST_TEST(value("b") == "2;x=1;y=2");
  BOOST_TEST(value("c") == "(a b c)");
  BOOST_TEST(value("d") == "?1;e");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
