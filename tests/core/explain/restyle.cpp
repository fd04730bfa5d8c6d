// SPDX-License-Identifier: Apache-2.0
#include "core/explain/restyle.hpp"

#include <boost/test/unit_test.hpp>

#include "core/json/check.hpp"

namespace {

using core::explain::json_style;
using core::explain::restyled;

constexpr std::string_view compact =
    R"({"a":[1,-2.50e+3,{}],"b":{"c":"x, y: {z}","d":[]},"e":"\"\\","f":null})";

std::string styled(std::string_view text, const json_style& style) {
  return restyled(text, style).value_or("nothing");
}

}  // namespace

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(explain)
BOOST_AUTO_TEST_SUITE(restyle)

BOOST_AUTO_TEST_CASE(blanks_between_tokens_come_and_go) {
  const std::string python = styled(compact, {" ", " "});
  BOOST_TEST(
      python ==
      R"({"a": [1, -2.50e+3, {}], "b": {"c": "x, y: {z}", "d": []}, "e": "\"\\", "f": null})");
  BOOST_TEST(styled(python, {"", ""}) == compact);
  BOOST_TEST(styled(" [ 1 ,\t2 ]\r\n", {"", ""}) == "[1,2]");
  BOOST_TEST(styled(" \"a b\" ", {"", ""}) == "\"a b\"");
}

BOOST_AUTO_TEST_CASE(it_is_indented_as_libraries_do) {
  BOOST_TEST(styled(R"({"a":[1,2],"b":{},"c":[ ]})", {" ", "", 2}) ==
             "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
  const std::string indented = styled(compact, {" ", "", 4});
  BOOST_TEST(::core::json::is_json(indented));
  BOOST_TEST(styled(indented, {"", ""}) == compact);
}

BOOST_AUTO_TEST_CASE(slashes_are_escaped_and_not) {
  using slashes = json_style::slashes;
  BOOST_TEST(styled(R"({"a/b":"c\/d"})", {"", "", 0, slashes::escaped}) == R"({"a\/b":"c\/d"})");
  BOOST_TEST(styled(R"({"a/b":"c\/d"})", {"", "", 0, slashes::plain}) == R"({"a/b":"c/d"})");
  BOOST_TEST(styled(R"({"a/b":"c\/d"})", {"", ""}) == R"({"a/b":"c\/d"})");
  BOOST_TEST(styled(R"(["\\/"])", {"", "", 0, slashes::plain}) == R"(["\\/"])");
}

BOOST_AUTO_TEST_CASE(letters_beyond_ascii_are_escaped_and_not) {
  using slashes = json_style::slashes;
  using letters = json_style::letters;
  const std::string_view plain = "[\"\u00e9\u20ac\U0001F600\"]";
  const std::string_view escaped = R"(["\u00e9\u20ac\ud83d\ude00"])";
  BOOST_TEST(styled(plain, {"", "", 0, slashes::as_they_are, letters::escaped}) == escaped);
  BOOST_TEST(styled(escaped, {"", "", 0, slashes::as_they_are, letters::plain}) == plain);
  BOOST_TEST(styled(plain, {"", ""}) == plain);
  BOOST_TEST(styled(R"(["\u000a"])", {"", "", 0, slashes::as_they_are, letters::plain}) ==
             R"(["\u000a"])");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_stays_away) {
  for (const std::string_view text : {"", "{", "a=b", "[1,]", "\"\xFF\"", R"(["\ud83d"])"})
    BOOST_TEST(!restyled(text, {"", ""}), text);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
