// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/laravel_members.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/envelope/member_names.hpp"

namespace {

std::string view(const std::span<char>& text) { return {text.data(), text.size()}; }

/// "iv|value|mac|tag" ("-" for no tag), or "refused".
std::string read(std::string json) {
  const auto members = core::envelope::read_laravel_members(json);
  if (!members) return "refused";
  return view(members->iv) + "|" + view(members->value) + "|" + view(members->mac) + "|" +
         (members->tag ? view(*members->tag) : "-");
}

std::string with(std::string_view extra) {
  return std::string(R"({"iv":"i","value":"v","mac":"m",)").append(extra) + "}";
}

/// The same with a tag.
std::string beside(std::string_view extra) {
  return with(std::string("\"tag\":\"t\",").append(extra));
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(envelope)
BOOST_AUTO_TEST_SUITE(laravel_members)

BOOST_AUTO_TEST_CASE(the_canonical_form_is_read) {
  BOOST_TEST(read(R"({"iv":"i","value":"v","mac":"m","tag":"t"})") == "i|v|m|t");
  BOOST_TEST(read(R"({"iv":"","value":"","mac":"","tag":""})") == "|||");
}

BOOST_AUTO_TEST_CASE(order_white_space_and_escapes_do_not_matter) {
  BOOST_TEST(read(R"({"tag":"t","mac":"m","value":"v","iv":"i"})") == "i|v|m|t");
  BOOST_TEST(read(" \t\r\n{ \"iv\" : \"i\" , \"value\":\"v\",\n\"mac\":\"m\"\t}\n ") == "i|v|m|-");
  BOOST_TEST(read(R"({"\u0069v":"a\/b","value":"\u002fx\u002F","mac":"\"\\","tag":"t"})") ==
             R"(a/b|/x/|"\|t)");
  BOOST_TEST(read(R"({"iv":"a\/b","value":"v","mac":"m","tag":"t"})") == "a/b|v|m|t");
  BOOST_TEST(
      read(R"({"iv":"i","value":"v","mac":"m","tag":"\b\f\n\r\t\u00e9\u20AC\ud83d\uDE00"})") ==
      "i|v|m|\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

BOOST_AUTO_TEST_CASE(the_tag_alone_may_be_absent_or_null) {
  BOOST_TEST(read(R"({"iv":"i","value":"v","mac":"m"})") == "i|v|m|-");
  BOOST_TEST(read(with(R"("tag":null)")) == "i|v|m|-");
  BOOST_TEST(read(R"({"value":"v","mac":"m","tag":"t"})") == "refused");
  BOOST_TEST(read(R"({"iv":"i","mac":"m","tag":"t"})") == "refused");
  BOOST_TEST(read(R"({"iv":"i","value":"v","tag":"t"})") == "refused");
  BOOST_TEST(read("{}") == "refused");
}

BOOST_AUTO_TEST_CASE(members_that_are_no_strings_are_refused) {
  for (const char* other : {"null", "1", "true", "[]", "{}", "[\"i\"]", "-0.5e3", "nul"}) {
    const std::string value(other);
    BOOST_TEST(read("{\"iv\":" + value + R"(,"value":"v","mac":"m"})") == "refused");
    BOOST_TEST(read(R"({"iv":"i","value":)" + value + R"(,"mac":"m"})") == "refused");
    BOOST_TEST(read(R"({"iv":"i","value":"v","mac":)" + value + "}") == "refused");
    if (value != "null") BOOST_TEST(read(with("\"tag\":" + value)) == "refused");
  }
}

BOOST_AUTO_TEST_CASE(unknown_members_of_any_type_pass) {
  for (const char* other :
       {"null", "true", "false", "0", "-0", "10", "-1.5E+10", "0.0e-1", "\"\"", "\"x\\u0000\"",
        "[]", "{}", "[1,\"a\",null]", "{\"a\":1,\"b\":\"]\"}", "[ 1 , 2 ]"})
    BOOST_TEST(read(beside(std::string("\"x\":") + other)) == "i|v|m|t", other);
  BOOST_TEST(read(beside(R"("IV":"x","":1)")) == "i|v|m|t");
}

BOOST_AUTO_TEST_CASE(without_a_tag_there_is_no_unknown_member) {
  BOOST_TEST(read(with(R"("Tag":"")")) == "refused");
  BOOST_TEST(read(with(R"("x":1)")) == "refused");
  BOOST_TEST(read(with(R"("x":1,"tag":null)")) == "i|v|m|-");
}

BOOST_AUTO_TEST_CASE(unknown_members_are_json_too) {
  for (const char* bad : {"",
                          "01",
                          "+1",
                          "1.",
                          ".5",
                          "1e",
                          "1e+",
                          "-",
                          "--1",
                          "0x1",
                          "NaN",
                          "tru",
                          "truex",
                          "TRUE",
                          "nullx",
                          "'a'",
                          "\"a",
                          "\"\\x\"",
                          "\"\\u12g4\"",
                          "\"\\u12\"",
                          "\"\x01\"",
                          "\"\x80\"",
                          "\"\xC0\x80\"",
                          "\"\xED\xA0\x80\"",
                          "\"\xF5\x80\x80\x80\"",
                          "\"\xE2\x82\"",
                          "\"\\ud800\"",
                          "\"\\udc00\"",
                          "\"\\ud800\\u0041\"",
                          "\"\\ud800x\"",
                          "\"\\",
                          "[1,]",
                          "[,1]",
                          "[1 2]",
                          "[1",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{a:1}",
                          "{\"a\":1,}",
                          "{\"a\":1",
                          "/**/1"})
    BOOST_TEST(read(beside(std::string("\"x\":") + bad)) == "refused", bad);
}

BOOST_AUTO_TEST_CASE(nesting_ends_at_two) {
  for (const char* deep : {"[[]]", "[{}]", "{\"a\":[]}", "{\"a\":{}}", "[1,[2]]"})
    BOOST_TEST(read(beside(std::string("\"x\":") + deep)) == "refused", deep);
  BOOST_TEST(read(beside("\"x\":" + std::string(100000, '['))) == "refused");
}

BOOST_AUTO_TEST_CASE(repeated_names_are_refused) {
  for (const char* name : {"iv", "value", "mac", "\\u006dac", "ma\\u0063"})
    BOOST_TEST(read(with(std::string("\"") + name + "\":\"x\"")) == "refused", name);
  BOOST_TEST(read(with(R"("tag":"","tag":"")")) == "refused");
  BOOST_TEST(read(with(R"("tag":null,"tag":"")")) == "refused");
  BOOST_TEST(read(with(R"("tag":null,"tag":null)")) == "refused");
  BOOST_TEST(read(with(R"("tag":"","tag":null)")) == "refused");
  BOOST_TEST(read(beside(R"("x":1,"y":2,"x":1)")) == "refused");
  BOOST_TEST(read(beside(R"("x":1,"\u0078":1)")) == "refused");
}

BOOST_AUTO_TEST_CASE(the_number_of_unknown_members_is_bounded) {
  std::string extra;
  for (std::size_t i = 0; i < ::core::envelope::member_names::most; ++i)
    extra += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
  BOOST_TEST(read(beside(extra)) == "i|v|m|t");
  BOOST_TEST(read(beside(extra + ",\"more\":0")) == "refused");
}

BOOST_AUTO_TEST_CASE(nothing_stands_before_or_after_the_object) {
  const std::string good = R"({"iv":"i","value":"v","mac":"m","tag":"t"})";
  for (const std::string& bad :
       {good + "x", good + good, good + ",", "\xEF\xBB\xBF" + good, "[" + good + "]",
        good + std::string(1, '\0'), "\"" + good, std::string(), std::string("null"),
        std::string("\"iv\""), std::string("{"), good.substr(0, good.size() - 1)})
    BOOST_TEST(read(bad) == "refused", bad);
  BOOST_TEST(read(R"({,"iv":"i","value":"v","mac":"m"})") == "refused");
  BOOST_TEST(read(R"({"iv":"i","value":"v","mac":"m",})") == "refused");
  BOOST_TEST(read(R"({"iv":"i" "value":"v","mac":"m"})") == "refused");
  BOOST_TEST(read(R"({"iv" "i","value":"v","mac":"m"})") == "refused");
}

BOOST_AUTO_TEST_CASE(every_prefix_is_refused) {
  const std::string canonical = R"({"iv":"i","value":"v","mac":"m","tag":"t"})";
  const std::string general =
      R"({ "tag" : "\ud83d\ude00" , "x" : [ -1.5e+3 , true ] , "iv" : "\u0069" , "value":"v","mac":"m" })";
  BOOST_TEST_REQUIRE(read(general) != "refused");
  for (const std::string& whole : {canonical, general})
    for (std::size_t size = 0; size < whole.size(); ++size)
      BOOST_TEST(read(whole.substr(0, size)) == "refused");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
