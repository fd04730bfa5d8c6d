// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/json_cursor.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>

namespace {

using cursor = core::envelope::json_cursor;

/// The string that `text` begins with, or "refused". `behind` stands after it in memory and is no
/// part of it.
std::string string(std::string text, std::string_view behind = {}) {
  const std::size_t size = text.size();
  text += behind;
  const auto found = cursor(std::span(text).first(size)).string();
  return found ? std::string(found->data(), found->size()) : "refused";
}

/// Is `text` one value, whole?
bool skips(std::string text, std::string_view behind = {}) {
  const std::size_t size = text.size();
  text += behind;
  cursor c{std::span(text).first(size)};
  return c.skip(2) && c.at_end();
}

/// The number that `text` is, whole; -1 if it is none.
std::int64_t natural(std::string text, std::string_view behind = {}) {
  const std::size_t size = text.size();
  text += behind;
  cursor c{std::span(text).first(size)};
  const auto number = c.natural_number();
  return number && c.at_end() ? *number : -1;
}

/// What skip() itself says, whatever is left then.
bool begins_with_value(std::string text) { return cursor(text).skip(2); }

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(envelope)
BOOST_AUTO_TEST_SUITE(json_cursor)

BOOST_AUTO_TEST_CASE(the_end_is_no_character) {
  std::string text = " ";
  cursor c(text);
  BOOST_TEST(c.peek() == '\0');
  BOOST_TEST(!c.take('\0'));
  BOOST_TEST(c.at_end());
}

BOOST_AUTO_TEST_CASE(words_are_taken_whole_and_after_white_space) {
  std::string text = " \r\n\tnull nul";
  cursor c(text);
  BOOST_TEST(!c.take("true"));
  BOOST_TEST(c.take("null"));
  BOOST_TEST(!c.take("null"));
  BOOST_TEST(!c.at_end());
  for (const char* word : {"nulx", "tru?", "fals ", "Null"}) BOOST_TEST(!skips(word), word);
  BOOST_TEST(!skips("nul", "l"));
}

BOOST_AUTO_TEST_CASE(natural_numbers_have_one_text_each) {
  BOOST_TEST(natural("0") == 0);
  BOOST_TEST(natural(" 1700000000\n") == 1'700'000'000);
  BOOST_TEST(natural("9223372036854775807") == 9'223'372'036'854'775'807);
  for (const char* text : {"", " ", "-1", "-0", "+1", "00", "01", "1.0", "0.0", "1e3", "0e0", "1 2",
                           "a", "\"1\"", "0x1", "9223372036854775808", "99999999999999999999"})
    BOOST_TEST(natural(text) == -1, text);
  BOOST_TEST(natural("1", "2") == 1);
  BOOST_TEST(natural("", "2") == -1);
}

BOOST_AUTO_TEST_CASE(surrogates_come_in_pairs) {
  BOOST_TEST(string(R"("\ud83d\ude00")") == "\xF0\x9F\x98\x80");
  for (const char* text :
       {R"("\ud83d")", R"("\ude00")", R"("\ud83d\n")", R"("\ud83dxude00")", R"("\ud83d\xde00")",
        R"("\ud83d\ud83d")", R"("\ud83d\ue000")", R"("\ud83d\uffff")", R"("\ud83d\u0041")",
        R"("\ud83d\ude0g")", R"("\ud83d\ude0")"})
    BOOST_TEST(string(text) == "refused", text);
}

// The first quote within it makes each a string; another one, or a value's end, stands behind.
BOOST_AUTO_TEST_CASE(nothing_behind_the_text_is_read) {
  BOOST_TEST(string(R"("a)", R"(")") == "refused");
  BOOST_TEST(string(R"("\"\)", R"(n")") == "refused");
  BOOST_TEST(string(R"("\"\u00)", R"(41")") == "refused");
  BOOST_TEST(string(R"("\"\ud83d)", R"(\ude00")") == "refused");
  BOOST_TEST(string(R"("\"\ud83d\)", R"(ude00")") == "refused");
  BOOST_TEST(string(R"("\"\ud83d\ud)", R"(e00")") == "refused");
  BOOST_TEST(string("\"\\\"\xC3", "\xA9\"") == "refused");
  BOOST_TEST(!skips("-", "5"));
  BOOST_TEST(!skips("1.", "5"));
  BOOST_TEST(!skips("1e", "5"));
  BOOST_TEST(!skips("[1", "]"));
  BOOST_TEST(!skips("{\"a\":1", "}"));
  BOOST_TEST(skips("0", ".x"));
  BOOST_TEST(skips("1", "ex"));
}

BOOST_AUTO_TEST_CASE(what_is_no_value_is_not_passed_over) {
  for (const char* text :
       {"{", "{:1}", "{1:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}", "[", "[1", "[1,]",
        "[}", "\"", "", "x", "tru", "-", "[[[]]]", "{\"a\":[[]]}"})
    BOOST_TEST(!begins_with_value(text), text);
  for (const char* text : {"{}", "[]", "[[]]", "{\"a\":{}}", "1x", "\"\"\"", "null]"})
    BOOST_TEST(begins_with_value(text), text);
}

BOOST_AUTO_TEST_CASE(a_member_needs_a_name) {
  for (const char* text : {"{:1}", "{1:1}", "{null:1}", "{,}"}) {
    std::string memory = text;
    cursor c(memory);
    BOOST_TEST(!c.object([&c](std::string_view) { return c.skip(1); }), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
