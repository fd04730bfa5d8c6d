// SPDX-License-Identifier: Apache-2.0
#include "core/explain/visible.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using core::explain::first_difference;
using core::explain::in_words;
using core::explain::visible_lines;

std::string visible_text(std::string_view bytes, std::size_t most = 4096) {
  return core::explain::visible(bytes, most);
}

}  // namespace

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(explain)
BOOST_AUTO_TEST_SUITE(visible)

BOOST_AUTO_TEST_CASE(what_is_visible_stays) {
  BOOST_TEST(visible_text("POST /a?b=1 {\"x\": 2}~") == "POST /a?b=1 {\"x\": 2}~");
}

BOOST_AUTO_TEST_CASE(what_is_invisible_is_written_out) {
  BOOST_TEST(visible_text(std::string_view("a\0b", 3)) == "a\\x00b");
  BOOST_TEST(visible_text("a\r\n\tb") == "a\\r\\n\\tb");
  BOOST_TEST(visible_text("\\n") == "\\\\n");
  BOOST_TEST(visible_text("\x7F\x1B[31m") == "\\x7f\\x1b[31m");
  BOOST_TEST(visible_text("caf\xC3\xA9") == "caf\\xc3\\xa9");
}

BOOST_AUTO_TEST_CASE(a_blank_shows_where_nothing_follows_it) {
  BOOST_TEST(visible_text("a b ") == "a b\\x20");
  BOOST_TEST(visible_text("a \nb \r\nc") == "a\\x20\\nb\\x20\\r\\nc");
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_counted) {
  BOOST_TEST(visible_text("abcdef", 4) == "abcd… 2 bytes more");
  BOOST_TEST(visible_text("abcd", 4) == "abcd");
  BOOST_TEST(visible_lines("ab\ncdef", "> ", 4) == "> ab\\n\n> c\n> … 3 bytes more\n");
}

BOOST_AUTO_TEST_CASE(each_line_shows_its_end) {
  BOOST_TEST(visible_lines("a\nb", "| ") == "| a\\n\n| b\n");
  BOOST_TEST(visible_lines("a\n", "| ") == "| a\\n\n");
  BOOST_TEST(visible_lines("a\r\n\nb\n", "| ") == "| a\\r\\n\n| \\n\n| b\\n\n");
  BOOST_TEST(visible_lines("", "| ") == "");
}

BOOST_AUTO_TEST_CASE(the_first_byte_that_differs_is_named) {
  BOOST_TEST(!first_difference("same", "same"));
  const auto within = first_difference("abc\ndef", "abc\r\ndef");
  BOOST_REQUIRE(within);
  BOOST_TEST(within->at == 3U);
  BOOST_TEST(within->gateway == "\\ndef");
  BOOST_TEST(within->client == "\\r\\ndef");
  BOOST_TEST(in_words(*within) ==
             "at byte 4: the gateway has \"\\ndef\", the client \"\\r\\ndef\"");
  const auto longer = first_difference("abc", "abc\n");
  BOOST_REQUIRE(longer);
  BOOST_TEST(in_words(*longer) == "at byte 4: the gateway has nothing more, the client \"\\n\"");
  const auto shorter = first_difference("abc", "");
  BOOST_REQUIRE(shorter);
  BOOST_TEST(in_words(*shorter) == "at byte 1: the gateway has \"abc\", the client nothing more");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
