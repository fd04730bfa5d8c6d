// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/components.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

#include "core/http/structured.hpp"
#include "tests/core/scheme/signed_messages.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
namespace sf = http::structured;

const std::vector<std::string> dictionaries{"example-dict"};

/// Value of one identifier, or nothing.
std::optional<std::string> value_of(std::string_view identifier,
                                    const scheme::signed_message& message,
                                    scheme::component_parameters allowed = {true, true, true}) {
  sf::field in;
  scheme::component c;
  std::string out = "kept ";
  if (!in.parse_item(identifier) ||
      !scheme::parse_component(c, in, in.members().front().self, message.is_reply(), allowed) ||
      !scheme::append_value(out, in, c, message, dictionaries))
    return std::nullopt;
  BOOST_TEST(out.starts_with("kept "));
  return out.substr(5);
}

tests::request_text plain_request() {
  return {"GET", "/a/b?x=1", "example.com", "http", "", {{"A", "1"}, {"B", "2"}}};
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(components)

BOOST_AUTO_TEST_CASE(values_are_those_of_the_vectors) {
  const auto vectors = document("rfc9421_components.json");
  const request_text text = request_of(vectors.at("message"));
  const viewed v(text);
  const auto& cases = vectors.at("cases").as_array();
  BOOST_TEST(cases.size() == 36U);
  for (const auto& one : cases) {
    const std::string id = tests::text(one, "id");
    const auto got = value_of(id, message_of(v.view));
    if (one.at("value").is_null())
      BOOST_TEST(!got.has_value(), id);
    else
      BOOST_TEST(got.value_or("(refused)") == tests::text(one, "value"), id);
  }
}

BOOST_AUTO_TEST_CASE(a_query_that_is_not_there_is_a_question_mark) {
  request_text text = plain_request();
  for (const std::string_view target : {"/a", "/a?"}) {
    text.target = target;
    BOOST_TEST(value_of(R"("@query")", message_of(viewed(text).view)).value() == "?");
  }
}

BOOST_AUTO_TEST_CASE(what_is_asked_of_a_reply_is_the_replys_or_with_req_the_requests) {
  const request_text text = plain_request();
  const viewed v(text);
  const ::core::http::field own[] = {{"A", "3"}};
  const ::core::scheme::signed_message reply{own, &v.view, 204};
  BOOST_TEST(value_of(R"("@status")", reply).value() == "204");
  BOOST_TEST(value_of(R"("a")", reply).value() == "3");
  BOOST_TEST(value_of(R"("a";req)", reply).value() == "1");
  BOOST_TEST(value_of(R"("b";req)", reply).value() == "2");
  BOOST_TEST(value_of(R"("@path";req)", reply).value() == "/a/b");
  BOOST_TEST(value_of(R"("@query-param";name="x";req)", reply).value() == "1");
  BOOST_TEST(value_of(R"("@target-uri";req)", reply).value() == "http://example.com/a/b?x=1");
  for (const std::string_view id : {R"("@path")", R"("@status";req)", R"("b")", R"("@method")"})
    BOOST_TEST(!value_of(id, reply).has_value(), id);
}

BOOST_AUTO_TEST_CASE(an_identifier_that_no_message_can_have_is_refused) {
  const request_text text = plain_request();
  const viewed v(text);
  for (const std::string_view id : {"a",
                                    "1",
                                    ":YQ==:",
                                    R"("")",
                                    R"("A")",
                                    R"("a b")",
                                    R"("a";req)",
                                    R"("a";tr)",
                                    R"("a";x)",
                                    R"("a";sf=?0)",
                                    R"("a";bs=?0)",
                                    R"("a";bs=1)",
                                    R"("a";bs="")",
                                    R"("a";bs=b)",
                                    R"("a";sf=1)",
                                    R"("a";key)",
                                    R"("a";key=x)",
                                    R"("a";bs;key="x")",
                                    R"("a";name="x")",
                                    R"("@query-param";name)",
                                    R"("@query-param")",
                                    R"("@query-param";req)",
                                    R"("@query-param";name=x)",
                                    R"("@query-param";key="x")",
                                    R"("@path";name="x")",
                                    R"("@path";bs)",
                                    R"("@path";key="x")",
                                    R"("@Path")",
                                    R"("@")",
                                    R"("@status")"})
    BOOST_TEST(!value_of(id, message_of(v.view)).has_value(), id);
}

// A parameter without a name has the name "", which isn't what an identifier without ;name says.
BOOST_AUTO_TEST_CASE(a_parameter_of_the_query_is_named_even_if_its_name_is_empty) {
  request_text text = plain_request();
  text.target = "/a?=1";
  const viewed v(text);
  BOOST_TEST(value_of(R"("@query-param";name="")", message_of(v.view)).value() == "1");
  BOOST_TEST(!value_of(R"("@query-param")", message_of(v.view)).has_value());
}

// What could be read of it would be proven, and what couldn't be would not.
BOOST_AUTO_TEST_CASE(a_dictionary_is_read_whole_or_not_at_all) {
  request_text text = plain_request();
  for (const char* id : {R"("example-dict";sf)", R"("example-dict";key="a")"}) {
    text.fields = {{"Other", "a=1"}};
    BOOST_TEST(!value_of(id, message_of(viewed(text).view)).has_value(), id);
    for (const char* value : {"a=1, b=", "a=1,", "a=1, A", "a=1, a=2", "a=1 b"}) {
      text.fields = {{"Example-Dict", value}};
      BOOST_TEST(!value_of(id, message_of(viewed(text).view)).has_value(), id << value);
    }
    text.fields = {{"Example-Dict", "a=1"}};
    BOOST_TEST(value_of(id, message_of(viewed(text).view)).has_value(), id);
  }
}

BOOST_AUTO_TEST_CASE(parameters_that_are_not_allowed_are_refused) {
  request_text text = plain_request();
  text.fields = {{"Example-Dict", "k=1"}};
  const viewed v(text);
  const auto got = [&](std::string_view id, ::core::scheme::component_parameters allowed) {
    return value_of(id, message_of(v.view), allowed).value_or("(refused)");
  };
  BOOST_TEST(got(R"("example-dict";sf)", {.sf = true}) == "k=1");
  BOOST_TEST(got(R"("example-dict";bs)", {.bs = true}) == ":az0x:");
  BOOST_TEST(got(R"("example-dict";key="k")", {.key = true}) == "1");
  BOOST_TEST(got(R"("example-dict";sf;key="k")", {.sf = true, .key = true}) == "1");
  BOOST_TEST(got(R"("example-dict";sf)", {.bs = true, .key = true}) == "(refused)");
  BOOST_TEST(got(R"("example-dict";bs)", {.sf = true, .key = true}) == "(refused)");
  BOOST_TEST(got(R"("example-dict";key="k")", {.sf = true, .bs = true}) == "(refused)");
}

BOOST_AUTO_TEST_CASE(a_value_holds_nothing_but_ascii_and_no_line_end) {
  request_text text = plain_request();
  for (const std::string_view value :
       {"a\nb", "a\r\nb", "caf\xc3\xa9", "a\x7f", "12345678\x01", "1234567\x7f"}) {
    text.fields = {{"A", std::string(value)}};
    BOOST_TEST(!value_of(R"("a")", message_of(viewed(text).view)).has_value(), value);
  }
  // Whatever stands beside it: values are looked at eight bytes at a time.
  for (const char odd : {'\n', '\r', '\0', '\x7f', '\x80', '\xc3', '\xff'})
    for (std::size_t at = 0; at < 20; ++at) {
      std::string value(20, 'x');
      value[at] = odd;
      text.fields = {{"A", value}};
      BOOST_TEST(!value_of(R"("a")", message_of(viewed(text).view)).has_value(), at << value);
    }
  text.fields = {{"A", "a\tb ~12345678 and on"}};
  BOOST_TEST(value_of(R"("a")", message_of(viewed(text).view)).value() == "a\tb ~12345678 and on");
}

BOOST_AUTO_TEST_CASE(lines_are_trimmed_and_joined) {
  request_text text = plain_request();
  text.fields = {{"A", " x\t "}, {"B", ""}, {"a", "\t y"}, {"B", "  "}};
  const viewed v(text);
  BOOST_TEST(value_of(R"("a")", message_of(v.view)).value() == "x, y");
  BOOST_TEST(value_of(R"("b")", message_of(v.view)).value() == ", ");
  BOOST_TEST(value_of(R"("b";bs)", message_of(v.view)).value() == "::, ::");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
