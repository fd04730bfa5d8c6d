// SPDX-License-Identifier: Apache-2.0
#include "core/json/check.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "core/base/utf8.hpp"

using core::json::append_string;
using core::json::is_json;
using core::json::is_object_or_array;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(json)
BOOST_AUTO_TEST_SUITE(check)

BOOST_AUTO_TEST_CASE(every_kind_of_value_is_json) {
  for (const char* text : {"null",
                           "true",
                           "false",
                           "0",
                           "-0",
                           "-1.5e+10",
                           "1E400",
                           "0.1",
                           "1e-5",
                           "123456789012345678901234567890",
                           "\"\"",
                           "\"a\"",
                           "[]",
                           "{}",
                           " \t\r\n[1 , 2]\n ",
                           "{\"a\":{\"b\":[null]}}",
                           "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
                           "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"",
                           "\"\\ud83d\\ude00\"",
                           "\"\\u0000\"",
                           "{\"a\":1,\"a\":2}",
                           "\"\x7F\""})
    BOOST_TEST(is_json(text), text);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
  for (const char* text :
       {"",          " ",         "nul",       "nulll",     "True",     "NaN",
        "Infinity",  "-Infinity", "undefined", "[1,]",      "[,1]",     "{\"a\":1,}",
        "{a:1}",     "{'a':1}",   "[1 2]",     "{\"a\" 1}", "{\"a\":}", "[",
        "]",         "{",         "[}",        "\"",        "\"a",      "'a'",
        "\"\\x41\"", "\"\\u12\"", "\"\\a\"",   "\"a\nb\"",  "\"\x01\"", "\"\t\"",
        "[1]//x",    "/*x*/[1]",  "#",         "[1]\f",     "\v[1]",    "\xC2\xA0[1]",
        "{\"a\":1}}"})
    BOOST_TEST(!is_json(text), "'" << text << "' passed");
  BOOST_TEST(!is_json(std::string_view()));
  BOOST_TEST(!is_json(std::string_view("[1]\0", 4)));
  BOOST_TEST(!is_json(std::string_view("\"a\0b\"", 5)));
}

BOOST_AUTO_TEST_CASE(numbers_outside_the_grammar_are_refused) {
  for (const char* text : {"01", "-01", "+1", ".5", "1.", "-", "--1", "1e", "1e+", "1.e5", "0x10",
                           "1_000", "1.5.5", "00", "-.5", "1 2", "1e5.5"})
    BOOST_TEST(!is_json(text), text);
}

BOOST_AUTO_TEST_CASE(numbers_of_any_length_pass_but_for_absurd_exponents) {
  BOOST_TEST(is_json(std::string(100000, '1')));
  BOOST_TEST(is_json("0." + std::string(100000, '1')));
  BOOST_TEST(is_json("1e2147483647"));
  BOOST_TEST(!is_json("1e2147483648"));
  BOOST_TEST(!is_json("1e-99999999999999999999"));
}

BOOST_AUTO_TEST_CASE(nothing_but_white_space_follows) {
  for (const char* text : {"{} {}", "[]x", "1,", "null null", "\"a\"\"b\"", "{}\xEF\xBB\xBF"})
    BOOST_TEST(!is_json(text), text);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_refused) { BOOST_TEST(!is_json("\xEF\xBB\xBF{}")); }

BOOST_AUTO_TEST_CASE(invalid_utf8_is_refused) {
  for (const char* text : {"\"\x80\"", "\"\xC3\"", "\"\xC0\xAF\"", "\"\xE2\x82\"",
                           "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xF8\x88\x80\x80\x80\"",
                           "\"\xFF\"", "{\"\x80\":1}", "\"\xE0\x80\xAF\"", "\"\xF0\x80\x80\xAF\""})
    BOOST_TEST(!is_json(text));
}

// A message that is JSON is forwarded without another look at its UTF-8.
BOOST_AUTO_TEST_CASE(whatever_is_json_is_utf8) {
  constexpr std::string_view bytes(
      "\x41\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4"
      "\xF5\xF8\xFF");
  std::string text("\"....\"");
  const auto each = [&](std::size_t at, const auto& then) {
    for (const char c : bytes) {
      text[at] = c;
      then();
    }
  };
  each(1, [&] {
    each(2, [&] {
      each(3, [&] { each(4, [&] { BOOST_REQUIRE(is_json(text) == core::base::is_utf8(text)); }); });
    });
  });
}

BOOST_AUTO_TEST_CASE(lone_surrogates_are_refused) {
  for (const char* text : {"\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\ud83d\"", "\"\\ud83dx\"",
                           "\"\\ud83d\\n\"", "\"\\ude00\\ud83d\""})
    BOOST_TEST(!is_json(text), text);
}

BOOST_AUTO_TEST_CASE(nesting_stops_at_64) {
  BOOST_TEST(is_json(nested(64, '[', ']')));
  BOOST_TEST(!is_json(nested(65, '[', ']')));
  BOOST_TEST(!is_json(std::string(1000000, '[')));
  std::string objects = "1";
  for (int i = 0; i < 64; ++i) objects = "{\"a\":" + objects + "}";
  BOOST_TEST(is_json(objects));
  BOOST_TEST(!is_json("[" + objects + "]"));
}

BOOST_AUTO_TEST_CASE(every_beginning_is_refused) {
  const std::string text = "{\"a\":[1.5e3,true,\"\\ud83d\\ude00\xC3\xA9\"],\"b\":null}";
  BOOST_TEST(is_json(text));
  for (std::size_t size = 0; size < text.size(); ++size)
    BOOST_TEST(!is_json(std::string_view(text).substr(0, size)));
}

BOOST_AUTO_TEST_CASE(only_objects_and_arrays_are_one) {
  for (const char* text : {"{}", "[]", " \r\n\t{\"a\":1} "})
    BOOST_TEST(is_object_or_array(text), text);
  for (const char* text : {"", " ", "1", "\"{}\"", "null", "{", "[1", "{}x", "\v{}"})
    BOOST_TEST(!is_object_or_array(text), text);
}

BOOST_AUTO_TEST_CASE(strings_are_escaped) {
  BOOST_TEST(quoted("") == "\"\"");
  BOOST_TEST(quoted("plain /text") == "\"plain /text\"");
  BOOST_TEST(quoted("a\"b\\c\n\r\t") == "\"a\\\"b\\\\c\\n\\r\\t\"");
  BOOST_TEST(quoted(std::string_view("\0\x1B\x7F", 3)) == "\"\\u0000\\u001b\\u007f\"");
  BOOST_TEST(quoted("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") ==
             "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_become_the_replacement_character) {
  const std::string mark = "\xEF\xBF\xBD";
  for (const char* text : {"\x80", "\xFF", "\xC3", "\xC1"})
    BOOST_TEST(quoted(text) == "\"" + mark + "\"");
  BOOST_TEST(quoted("a\xC3(b") == "\"a" + mark + "(b\"");
  BOOST_TEST(quoted("\xC0\xAF") == "\"" + mark + mark + "\"");
  BOOST_TEST(quoted("\xE2\x82") == "\"" + mark + mark + "\"");
  BOOST_TEST(quoted("\xED\xA0\x80") == "\"" + mark + mark + mark + "\"");
  BOOST_TEST(quoted("\xF4\x90\x80\x80") == "\"" + mark + mark + mark + mark + "\"");
}

BOOST_AUTO_TEST_CASE(whatever_is_written_is_json_and_valid_text_comes_back) {
  std::mt19937 random(8259);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto size = random() % 12; size > 0; --size) text += static_cast<char>(random() % 256);
    const std::string written = quoted(text);
    BOOST_TEST_REQUIRE(is_json(written));
    if (written.find("\xEF\xBF\xBD") == std::string::npos)
      BOOST_TEST_REQUIRE(std::string_view(boost::json::parse(written).as_string()) == text);
  }
}

BOOST_AUTO_TEST_CASE(random_text_is_judged_as_the_whole_parser_does) {
  std::mt19937 random(404);
  constexpr std::string_view alphabet = "{}[]\",:1e.-0 \\untrlfas\x80";
  for (int round = 0; round < 50000; ++round) {
    std::string text;
    for (auto size = random() % 8; size > 0; --size) text += alphabet[random() % alphabet.size()];
    boost::json::error_code error;
    boost::json::parse(text, error);
    BOOST_TEST_REQUIRE(is_json(text) == !error, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
