// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/php_serialized.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "core/base/encoding.hpp"
#include "core/json/check.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core::envelope;

/// The JSON, or the name of the refusal in angle brackets.
std::string convert(std::string_view plaintext, const plaintext_settings& settings) {
  std::string scratch = "left over";
  const auto json = plaintext_to_json(plaintext, settings, scratch);
  if (!json) return "<" + std::string(core::base::name(json.error())) + ">";
  return std::string(*json);
}
std::string php(std::string_view plaintext, string_as as = string_as::automatic) {
  return convert(plaintext, {.form = plaintext_form::php_serialized, .string_as = as});
}
std::string raw(std::string_view plaintext, string_as as = string_as::automatic) {
  return convert(plaintext, {.form = plaintext_form::raw, .string_as = as});
}
std::string either(std::string_view plaintext, string_as as = string_as::automatic) {
  return convert(plaintext, {.form = plaintext_form::automatic, .string_as = as});
}
std::string serialized(std::string_view json) {
  return php_serialize_json(json).value_or("<not json>");
}

constexpr std::string_view bad = "<bad_plaintext>";
constexpr std::string_view not_json = "<not_json>";

/// `depth` arrays within each other.
std::string nested(int depth) {
  std::string text = "N;";
  for (int i = 0; i < depth; ++i) text = "a:1:{i:0;" + text + "}";
  return text;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(envelope)
BOOST_AUTO_TEST_SUITE(php_serialized)

BOOST_AUTO_TEST_CASE(all_vectors_become_their_json) {
  int seen = 0;
  for (const auto& v : tests::vectors("laravel.json", "php_serialize")) {
    const std::string input = ::core::base::unbase64(tests::text(v, "input_b64")).value();
    const std::string json = php(input, string_as::json_string);
    const boost::json::value got = boost::json::parse(json);
    const boost::json::value& wanted = v.at("json");
    // Boost 1.81 reads the same double from two texts with an error in the last digit.
    if (wanted.is_double())
      BOOST_TEST(got.as_double() == wanted.as_double(), boost::test_tools::tolerance(1e-15));
    else
      BOOST_TEST(boost::json::serialize(got) == boost::json::serialize(wanted), input);
    BOOST_TEST(either(input, string_as::json_string) == json, input);
    ++seen;
  }
  BOOST_TEST(seen == 18);
}

BOOST_AUTO_TEST_CASE(all_reject_vectors_are_refused) {
  int seen = 0;
  for (const auto& v : tests::vectors("laravel.json", "php_serialize_reject")) {
    const std::string input = ::core::base::unbase64(std::string(v.as_string())).value();
    BOOST_TEST(php(input) == bad, input);
    BOOST_TEST(either(input) == not_json, input);
    ++seen;
  }
  BOOST_TEST(seen == 27);
}

BOOST_AUTO_TEST_CASE(scalars) {
  BOOST_TEST(php("N;") == "null");
  BOOST_TEST(php("b:0;") == "false");
  BOOST_TEST(php("b:1;") == "true");
  BOOST_TEST(php("i:0;") == "0");
  BOOST_TEST(php("i:-9223372036854775808;") == "-9223372036854775808");
  BOOST_TEST(php("i:9223372036854775807;") == "9223372036854775807");
  for (const char* text : {"i:9223372036854775808;",
                           "i:-9223372036854775809;",
                           "i:00;",
                           "i:01;",
                           "i:-0;",
                           "i:-01;",
                           "i:;",
                           "i:-;",
                           "i:1",
                           "i:1 ;",
                           "i: 1;",
                           "i:1.0;",
                           "i:0x1;",
                           "i1;",
                           "I:1;",
                           "b:;",
                           "b:2;",
                           "b:01;",
                           "b:true;",
                           "b:1",
                           "N",
                           "N:;",
                           "n;",
                           "N;N;",
                           " N;",
                           "N; ",
                           "{}"})
    BOOST_TEST(php(text) == bad, text);
}

BOOST_AUTO_TEST_CASE(floats_are_shortest_and_stay_floats) {
  BOOST_TEST(php("d:0.5;") == "0.5");
  BOOST_TEST(php("d:1;") == "1.0");
  BOOST_TEST(php("d:-0;") == "-0.0");
  BOOST_TEST(php("d:0;") == "0.0");
  BOOST_TEST(php("d:100000;") == "100000.0");
  BOOST_TEST(php("d:0.10000000000000001;") == "0.1");
  BOOST_TEST(php("d:1.0E+25;") == "1.0e+25");
  BOOST_TEST(php("d:1E+25;") == "1.0e+25");
  BOOST_TEST(php("d:1.0E-7;") == "1.0e-7");
  BOOST_TEST(php("d:-1.7976931348623157E+308;") == "-1.7976931348623157e+308");
  BOOST_TEST(php("d:5.0E-324;") == "5.0e-324");
  // 17 digits would be ...84; 16 are enough to read the same number back, and are what PHP 8.2
  // writes.
  BOOST_TEST(php("d:99999999999999984;") == "99999999999999980.0");
  for (const char* text :
       {"d:;",         "d:-;",     "d:.5;",   "d:5.;",  "d:+1;",     "d:00;",
        "d:01.5;",     "d:-00.5;", "d:1e5;",  "d:1E5;", "d:1E+;",    "d:E+5;",
        "d:1.5E+5.0;", "d:INF;",   "d:-INF;", "d:NAN;", "d:1E+309;", "d:-1E+309;",
        "d:0x1p3;",    "d:1,5;",   "d: 1;",   "d:1;;",  "d:1"})
    BOOST_TEST(php(text) == bad, text);
}

BOOST_AUTO_TEST_CASE(string_lengths_count_bytes_and_are_exact) {
  using enum string_as;
  BOOST_TEST(php("s:5:\"hello\";") == "\"hello\"");
  BOOST_TEST(php("s:4:\"a\";b\";") == R"("a\";b")");
  BOOST_TEST(php("s:4:\"Zo\xC3\xAB\";") == "\"Zo\xC3\xAB\"");
  BOOST_TEST(php("s:5:\"a\n\t/\\\";") == R"("a\n\t/\\")");
  BOOST_TEST(php(std::string_view("s:1:\"\0\";", 8)) == "\"\\u0000\"");
  for (const char* text :
       {"s:4:\"hello\";", "s:6:\"hello\";", "s:05:\"hello\";", "s:-5:\"hello\";", "s:+5:\"hello\";",
        "s:5:\"hello\"", "s:5:\"hello;", "s:5:hello\";", "s:5\"hello\";", "s::\"hello\";",
        "s:5:'hello';", "s:5:\"hello\";;", "s:18446744073709551615:\"\";",
        "s:9223372036854775807:\"\";", "s:7:\"hello\";", "S:5:\"hello\";", "s:0:\"\"", "s:1:\"\";"})
    BOOST_TEST(php(text, json_string) == bad, text);
}

BOOST_AUTO_TEST_CASE(lists_and_maps) {
  BOOST_TEST(php("a:0:{}") == "[]");
  BOOST_TEST(convert("a:1:{i:0;a:0:{}}", {.form = plaintext_form::php_serialized,
                                          .empty_array = empty_array::object}) == "[{}]");
  BOOST_TEST(php("a:2:{i:0;s:1:\"a\";i:1;s:1:\"b\";}") == R"(["a","b"])");
  BOOST_TEST(php("a:2:{i:1;N;i:0;N;}") == R"({"1":null,"0":null})");
  BOOST_TEST(php("a:2:{i:0;N;i:2;N;}") == R"({"0":null,"2":null})");
  BOOST_TEST(php("a:1:{i:-1;N;}") == R"({"-1":null})");
  BOOST_TEST(php("a:3:{i:0;N;s:1:\"k\";N;i:1;N;}") == R"({"0":null,"k":null,"1":null})");
  BOOST_TEST(php("a:3:{s:0:\"\";N;s:2:\"05\";N;s:2:\"-0\";N;}") ==
             R"({"":null,"05":null,"-0":null})");
  BOOST_TEST(php("a:2:{s:19:\"9223372036854775808\";N;s:20:\"-9223372036854775809\";N;}") ==
             R"({"9223372036854775808":null,"-9223372036854775809":null})");
  BOOST_TEST(php("a:1:{s:2:\"\"\n\";a:2:{i:0;a:1:{s:1:\"x\";d:2;}i:1;b:1;}}") ==
             R"({"\"\n":[{"x":2.0},true]})");
}

BOOST_AUTO_TEST_CASE(arrays_have_as_many_members_as_they_say) {
  for (const char* text : {"a:1:{}",
                           "a:0:{i:0;N;}",
                           "a:1:{i:0;N;i:1;N;}",
                           "a:3:{i:0;N;i:1;N;}",
                           "a:01:{i:0;N;}",
                           "a:-1:{}",
                           "a:+1:{i:0;N;}",
                           "a::{}",
                           "a:0:{",
                           "a:0:}",
                           "a:0{}",
                           "a:0:{};",
                           "a:0:{}}",
                           "a:1:{i:0;}",
                           "a:1:{i:0;N;",
                           "a:1:{N;}",
                           "a:1:{N;N;}",
                           "a:1:{b:1;N;}",
                           "a:1:{d:0.5;N;}",
                           "a:1:{a:0:{}N;}",
                           "a:99999999999:{i:0;N;}",
                           "a:9223372036854775808:{}",
                           "A:0:{}"})
    BOOST_TEST(php(text) == bad, text);
}

BOOST_AUTO_TEST_CASE(nothing_but_values_is_read) {
  for (const char* text :
       {"O:8:\"stdClass\":0:{}", "O:8:\"stdClass\":1:{s:1:\"p\";i:1;}", "C:11:\"ArrayObject\":0:{}",
        "E:6:\"Suit:H\";", "R:1;", "r:1;", "o:0:{}", "a:1:{i:0;O:8:\"stdClass\":0:{}}",
        "a:2:{i:0;i:1;i:1;R:2;}", "a:2:{i:0;i:1;i:1;r:2;}", "a:1:{O:8:\"stdClass\":0:{}N;}",
        "S:5:\"\\68ello\";"})
    BOOST_TEST(php(text) == bad, text);
}

BOOST_AUTO_TEST_CASE(repeated_keys_are_refused) {
  for (const char* text :
       {"a:2:{i:0;i:1;i:0;i:2;}", "a:2:{i:5;N;i:5;N;}", "a:2:{s:1:\"a\";N;s:1:\"a\";N;}",
        "a:3:{s:1:\"a\";N;s:1:\"b\";N;s:1:\"a\";N;}", "a:3:{i:0;N;s:1:\"a\";N;i:0;N;}",
        "a:3:{i:0;N;i:1;N;i:1;N;}", "a:4:{i:0;N;i:1;N;i:7;N;i:0;N;}"})
    BOOST_TEST(php(text) == bad, text);
  // The same key in another array is another key.
  BOOST_TEST(php("a:2:{s:1:\"a\";a:2:{s:1:\"a\";N;s:1:\"b\";N;}s:1:\"b\";N;}") ==
             R"({"a":{"a":null,"b":null},"b":null})");
  BOOST_TEST(php("a:2:{s:1:\"a\";a:1:{s:1:\"b\";N;}s:1:\"a\";N;}") == bad);
}

BOOST_AUTO_TEST_CASE(string_keys_that_php_would_make_integers_are_refused) {
  for (const char* text : {"a:1:{s:1:\"0\";N;}", "a:1:{s:1:\"1\";N;}", "a:1:{s:2:\"-5\";N;}",
                           "a:2:{i:1;N;s:1:\"1\";N;}", "a:1:{s:19:\"9223372036854775807\";N;}",
                           "a:1:{s:20:\"-9223372036854775808\";N;}"})
    BOOST_TEST(php(text) == bad, text);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_keys_are_compared_quickly) {
  std::string members;
  for (int i = 0; i < 100000; ++i) members += "s:9:\"key" + std::to_string(100000 + i) + "\";N;";
  BOOST_TEST(php("a:100000:{" + members + "}") != bad);
  BOOST_TEST(php("a:100001:{" + members + "s:9:\"key142857\";N;}") == bad);
}

BOOST_AUTO_TEST_CASE(nesting_ends_at_the_limit) {
  BOOST_TEST(php(nested(max_depth)) ==
             std::string(max_depth, '[') + "null" + std::string(max_depth, ']'));
  BOOST_TEST(php(nested(max_depth + 1)) == bad);
  BOOST_TEST(php(nested(20000)) == bad);
  BOOST_TEST(::core::json::is_json(php(nested(max_depth))));
}

BOOST_AUTO_TEST_CASE(all_strings_are_utf8) {
  const auto text = [](std::string_view bytes) { return php_serialize_string(bytes); };
  for (const char* bytes : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF",
                            "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82", "\xC3(", "\xF0\x9F\x98"}) {
    BOOST_TEST(php(text(bytes)) == bad);
    BOOST_TEST(php(text(bytes), string_as::json_text) == bad);
    BOOST_TEST(php(text(bytes), string_as::json_string) == bad);
    BOOST_TEST(php("a:1:{i:0;" + text(bytes) + "}") == bad);
    BOOST_TEST(php("a:1:{" + text(bytes) + "N;}") == bad);
    BOOST_TEST(raw(bytes, string_as::json_string) == not_json);
    BOOST_TEST(either(text(bytes)) == not_json);
    BOOST_TEST(either(text(bytes), string_as::json_string) == not_json);
  }
  for (const char* bytes : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                            "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    BOOST_TEST(php(text(bytes), string_as::json_string) == "\"" + std::string(bytes) + "\"");
}

BOOST_AUTO_TEST_CASE(a_string_that_holds_an_object_or_array_is_forwarded_to_the_byte) {
  const std::string json = "{ \"a\" : 1.50 ,\"b\":\"\\u00e9\\/\" }\n";
  BOOST_TEST(php(php_serialize_string(json)) == json);
  BOOST_TEST(php(php_serialize_string("[]")) == "[]");
  std::string scratch;
  const std::string plaintext = php_serialize_string(json);
  const auto view = plaintext_to_json(plaintext, {.form = plaintext_form::automatic}, scratch);
  BOOST_TEST(view->data() == plaintext.data() + 6);  // no copy
  for (const char* other : {"5", "null", "true", "\"x\"", "{} x", "{", "[1,]", ""})
    BOOST_TEST(
        php(php_serialize_string(other)) == boost::json::serialize(boost::json::string(other)),
        other);
}

BOOST_AUTO_TEST_CASE(string_as_decides_about_strings) {
  using enum string_as;
  BOOST_TEST(php("s:2:\"{}\";", json_text) == "{}");
  BOOST_TEST(php("s:1:\"5\";", json_text) == "5");
  BOOST_TEST(php("s:5:\"hello\";", json_text) == not_json);
  BOOST_TEST(php("s:2:\"{}\";", json_string) == "\"{}\"");
  BOOST_TEST(php("i:5;", json_text) == "5");
  BOOST_TEST(php("i:5;", json_string) == "5");
}

BOOST_AUTO_TEST_CASE(raw_plaintext_is_json_or_quoted) {
  using enum string_as;
  for (const char* json : {"{\"a\": 1}", "[]", "5", "null", "\"x\"", " {} "}) {
    BOOST_TEST(raw(json) == json);
    BOOST_TEST(raw(json, json_text) == json);
    BOOST_TEST(either(json) == json);
  }
  for (const char* other : {"", "hello", "{", "{}x", "i:5;", "\xEF\xBB\xBF{}"}) {
    BOOST_TEST(raw(other) == not_json);
    BOOST_TEST(raw(other, json_text) == not_json);
    BOOST_TEST(raw(other, json_string) == boost::json::serialize(boost::json::string(other)));
  }
  BOOST_TEST(raw("{}", json_string) == "\"{}\"");
}

BOOST_AUTO_TEST_CASE(automatic_is_serialized_if_complete_and_strict_else_raw) {
  BOOST_TEST(either("s:2:\"{}\";") == "{}");
  BOOST_TEST(either("i:5;") == "5");
  BOOST_TEST(either("a:1:{i:0;i:5;}") == "[5]");
  BOOST_TEST(either("{}") == "{}");
  BOOST_TEST(either("i:05;") == not_json);
  BOOST_TEST(either("i:05;", string_as::json_string) == "\"i:05;\"");
  BOOST_TEST(either("s:5:\"hello\";", string_as::json_string) == "\"hello\"");
}

BOOST_AUTO_TEST_CASE(json_is_serialized_as_php_does) {
  // Each compared with PHP 8.2: serialize(json_decode($json, true)).
  BOOST_TEST(serialized("null") == "N;");
  BOOST_TEST(serialized(" true ") == "b:1;");
  BOOST_TEST(serialized("-0") == "i:0;");
  BOOST_TEST(serialized("9223372036854775807") == "i:9223372036854775807;");
  BOOST_TEST(serialized("-9223372036854775808") == "i:-9223372036854775808;");
  BOOST_TEST(serialized("9223372036854775808") == "d:9.223372036854776E+18;");
  BOOST_TEST(serialized("-9223372036854775809") == "d:-9.223372036854776E+18;");
  BOOST_TEST(serialized("12345678901234567890") == "d:1.2345678901234567E+19;");
  BOOST_TEST(serialized("1234567890123456789012") == "d:1.2345678901234568E+21;");
  BOOST_TEST(serialized("0.1") == "d:0.1;");
  BOOST_TEST(serialized("1.0") == "d:1;");
  BOOST_TEST(serialized("-0.0") == "d:-0;");
  BOOST_TEST(serialized("1e5") == "d:100000;");
  BOOST_TEST(serialized("1.25E16") == "d:12500000000000000;");
  BOOST_TEST(serialized("1e17") == "d:1.0E+17;");
  BOOST_TEST(serialized("1e-4") == "d:0.0001;");
  BOOST_TEST(serialized("1e-5") == "d:1.0E-5;");
  BOOST_TEST(serialized("5e-324") == "d:5.0E-324;");
  BOOST_TEST(serialized("2.2250738585072014e-308") == "d:2.2250738585072014E-308;");
  BOOST_TEST(serialized("1e400") == "d:INF;");
  BOOST_TEST(serialized("-1e400") == "d:-INF;");
  BOOST_TEST(serialized("1e-400") == "d:0;");
  BOOST_TEST(serialized("\"a\\u0000\\ud83d\\ude00\"") ==
             std::string("s:6:\"a\0\xF0\x9F\x98\x80\";", 13));
  BOOST_TEST(serialized("{}") == "a:0:{}");
  BOOST_TEST(serialized("[[],{\"k\":[1,\"x\"]}]") ==
             "a:2:{i:0;a:0:{}i:1;a:1:{s:1:\"k\";a:2:{i:0;i:1;i:1;s:1:\"x\";}}}");
  BOOST_TEST(serialized(R"({"1":2,"a":3,"1":4})") == R"(a:2:{i:1;i:4;s:1:"a";i:3;})");
  BOOST_TEST(serialized(R"({"a":[1],"b":{"a":0,"a":[2]},"a":{"x":null}})") ==
             R"(a:2:{s:1:"a";a:1:{s:1:"x";N;}s:1:"b";a:1:{s:1:"a";a:1:{i:0;i:2;}}})");
  BOOST_TEST(
      serialized(
          R"({"":1,"-0":1,"-5":1,"05":1,"9223372036854775808":1,"-9223372036854775808":1})") ==
      R"(a:6:{s:0:"";i:1;s:2:"-0";i:1;i:-5;i:1;s:2:"05";i:1;s:19:"9223372036854775808";i:1;i:-9223372036854775808;i:1;})");
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_not_serialized) {
  for (const char* text : {"", " ", "{", "{}x", "{} {}", "[1,]", "nul", "01", "'a'", "\"\xFF\"",
                           "\"\\ud800\"", "\xEF\xBB\xBF{}", "// c\n1", "NaN"})
    BOOST_TEST(!php_serialize_json(text).has_value(), text);
  BOOST_TEST(!php_serialize_json(std::string(65, '[') + std::string(65, ']')).has_value());
  BOOST_TEST(php_serialize_json(std::string(64, '[') + std::string(64, ']')).has_value());
}

BOOST_AUTO_TEST_CASE(strings_are_serialized_with_their_size_in_bytes) {
  BOOST_TEST(php_serialize_string("") == "s:0:\"\";");
  BOOST_TEST(php_serialize_string("Zo\xC3\xAB\"") == "s:5:\"Zo\xC3\xAB\"\";");
}

BOOST_AUTO_TEST_CASE(what_is_serialized_comes_back) {
  for (const char* json : {"null", "[1,2.5,\"x\",null,[true,false],{\"k\":[]}]",
                           R"({"a":{"1":{"x":1.0e+25}},"b":-0.0})"}) {
    const std::string once = php(serialized(json));
    BOOST_TEST(once == json);
    BOOST_TEST(serialized(once) == serialized(json));
  }
}

BOOST_AUTO_TEST_CASE(every_prefix_and_random_mutations_are_json_or_refused) {
  const std::string whole =
      "a:6:{s:2:\"id\";i:7;s:4:\"name\";s:4:\"Zo\xC3\xAB\";s:4:\"tags\";a:2:{i:0;s:1:\"a\";i:1;s:1:"
      "\"b\";}s:2:\"ok\";b:1;s:1:\"n\";N;s:1:\"f\";d:0.5;}";
  BOOST_TEST_REQUIRE(
      php(whole) ==
      "{\"id\":7,\"name\":\"Zo\xC3\xAB\",\"tags\":[\"a\",\"b\"],\"ok\":true,\"n\":null,\"f\":0.5}");
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(php(whole.substr(0, size)) == bad);
  std::mt19937 random(502);  // NOLINT: the same numbers in each run
  const std::string_view alphabet = "abdisNOR:;{}\"0123456789-.E\xC3";
  for (int round = 0; round < 20000; ++round) {
    std::string text = whole;
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0)
        text[at] = alphabet[random() % alphabet.size()];
      else if (random() % 2 == 0)
        text.insert(at, 1, alphabet[random() % alphabet.size()]);
      else
        text.erase(at, 1);
    }
    const std::string json = php(text);
    BOOST_TEST_REQUIRE((json == bad || ::core::json::is_json(json)), text);
    BOOST_TEST_REQUIRE((json == bad || json == php(serialized(json))), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
