// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/payload_form.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "core/base/encoding.hpp"

namespace {

using core::base::errc;
using core::envelope::payload_form;

constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::string_view json_type = "application/json";

/// The payload, or the name of the refusal in angle brackets.
std::string find(std::string body, payload_form form, std::string_view content_type,
                 std::string_view name = "data") {
  const auto found = core::envelope::find_payload(body, form, content_type, name);
  if (!found) return "<" + std::string(core::base::name(found.error())) + ">";
  return {found->data(), found->size()};
}
std::string in_form(std::string body) {
  return find(std::move(body), payload_form::form, form_type);
}
std::string in_json(std::string body) {
  return find(std::move(body), payload_form::json, json_type);
}
std::string by_type(std::string body, std::string_view type) {
  return find(std::move(body), payload_form::by_content_type, type);
}

constexpr std::string_view bad = "<bad_payload>";
constexpr std::string_view unsupported = "<unsupported_content>";

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(envelope)
BOOST_AUTO_TEST_SUITE(payload_form)

BOOST_AUTO_TEST_CASE(the_media_type_chooses_without_case_and_parameters) {
  for (const char* type :
       {"application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded; charset=UTF-8",
        " application/x-www-form-urlencoded\t;charset=utf-8"})
    BOOST_TEST(by_type("data=abc", type) == "abc", type);
  for (const char* type : {"application/json", "APPLICATION/JSON;charset=utf-8"})
    BOOST_TEST(by_type(R"({"data":"abc"})", type) == "abc", type);
  for (const char* type :
       {"text/plain", "application/octet-stream", "text/plain; charset=us-ascii"})
    BOOST_TEST(by_type("data=abc", type) == "data=abc", type);
}

BOOST_AUTO_TEST_CASE(other_media_types_are_unsupported) {
  for (const char* type : {"", ";charset=utf-8", "multipart/form-data; boundary=x", "text/html",
                           "application/jsonx", "application/json, text/plain",
                           "application/json text", "json", "application/x-www-form-urlencoded2"})
    BOOST_TEST(by_type("data=abc", type) == unsupported, type);
}

BOOST_AUTO_TEST_CASE(a_configured_form_refuses_another_media_type_but_not_its_absence) {
  using enum ::core::envelope::payload_form;
  BOOST_TEST(find("data=abc", form, "") == "abc");
  BOOST_TEST(find("data=abc", form, json_type) == unsupported);
  BOOST_TEST(find(R"({"data":"abc"})", json, "") == "abc");
  BOOST_TEST(find(R"({"data":"abc"})", json, form_type) == unsupported);
  BOOST_TEST(find("abc", raw, "") == "abc");
  BOOST_TEST(find("abc", raw, form_type) == "abc");
  BOOST_TEST(find("abc", raw, "application/vnd.sealed") == "abc");
}

BOOST_AUTO_TEST_CASE(a_form_field_is_found_and_decoded) {
  BOOST_TEST(in_form("data=abc") == "abc");
  BOOST_TEST(in_form("data=YQ%3D%3D") == "YQ==");
  BOOST_TEST(in_form("data=YQ%3d%3d") == "YQ==");
  BOOST_TEST(in_form("data=YQ==") == "YQ==");
  BOOST_TEST(in_form("data=a%2Bb%2Fc") == "a+b/c");
  BOOST_TEST(in_form("d%61ta=abc") == "abc");
  BOOST_TEST(find("other=1&sealed=abc", ::core::envelope::payload_form::form, form_type,
                  "sealed") == "abc");
}

BOOST_AUTO_TEST_CASE(other_form_fields_are_dropped) {
  for (const char* body :
       {"a=1&data=abc", "data=abc&a=1", "a=1&data=abc&b=%zz&c=+", "&&data=abc&", "a&data=abc&=x",
        "data2=x&data=abc", "dat=x&data=abc", "Data=x&data=abc", "data[]=x&data=abc",
        "+data=x&data=abc", "data+=x&data=abc", "dat%41=x&data=abc"})
    BOOST_TEST(in_form(body) == "abc", body);
}

BOOST_AUTO_TEST_CASE(a_repeated_form_field_is_refused_however_it_is_written) {
  for (const char* body :
       {"data=abc&data=abc", "data=abc&x=1&data=", "data&data=abc", "data=abc&data",
        "data=abc&dat%61=x", "%64ata=x&data=abc", "data=abc&%64%61%74%61=abc"})
    BOOST_TEST(in_form(body) == bad, body);
}

BOOST_AUTO_TEST_CASE(an_absent_or_empty_form_field_is_refused) {
  for (const char* body :
       {"", "data", "data=", "x=1", "=abc", "dat=abc", "datax=abc", "DATA=abc", "&", "data=&x=1"})
    BOOST_TEST(in_form(body) == bad, body);
}

BOOST_AUTO_TEST_CASE(blanks_and_broken_escapes_are_refused) {
  for (const char* body :
       {"data=a+b", "data=+abc", "data=abc+", "data=abc%", "data=abc%3", "data=abc%3g",
        "data=abc%g3", "data=%%3D", "data=abc%3D%", "dat%6=x&data=abc", "dat%=x&data=abc",
        "%zz=1&data=abc", "data=abc&%6", "%1g=1&data=abc", "%g1=1&data=abc"})
    BOOST_TEST(in_form(body) == bad, body);
}

BOOST_AUTO_TEST_CASE(what_stands_behind_the_body_ends_no_escape) {
  std::string memory = "data=abc&%61";
  for (const std::size_t cut : {1U, 2U}) {
    const auto found =
        ::core::envelope::find_payload(std::span(memory).first(memory.size() - cut),
                                       ::core::envelope::payload_form::form, form_type, "data");
    BOOST_TEST(!found.has_value(), cut);
  }
}

BOOST_AUTO_TEST_CASE(the_name_sought_may_be_a_part_of_a_longer_one) {
  const std::string_view name = std::string_view("database").substr(0, 4);
  BOOST_TEST(find("datab=x&data=abc&database=y", ::core::envelope::payload_form::form, form_type,
                  name) == "abc");
}

BOOST_AUTO_TEST_CASE(a_json_member_is_found_and_unescaped) {
  BOOST_TEST(in_json(R"({"data":"abc"})") == "abc");
  BOOST_TEST(in_json(" {\n\"data\" : \"a\\/b\\u003d\" } \r\n") == "a/b=");
  BOOST_TEST(in_json(R"({"d\u0061ta":"abc"})") == "abc");
  BOOST_TEST(in_json(R"({"a":[1,{"data":"x"}],"data":"abc","Data":"y","a":null})") == "abc");
}

BOOST_AUTO_TEST_CASE(a_repeated_absent_or_empty_json_member_is_refused) {
  for (const char* body :
       {R"({"data":"a","data":"a"})", R"({"data":"a","x":1,"\u0064ata":"b"})", R"({"x":"a"})", "{}",
        R"({"data":""})", R"({"x":{"data":"a"}})", R"([{"data":"a"}])", R"("data")",
        R"({"data":["a"]})", R"({"data":null})", R"({"data":1})"})
    BOOST_TEST(in_json(body) == bad, body);
}

BOOST_AUTO_TEST_CASE(bodies_that_are_not_json_are_refused) {
  for (const char* body :
       {"", "{", R"({"data":"a")", R"({"data":"a"}x)", R"({"data":"a"}{})", R"({"data":"a",})",
        R"({'data':'a'})", R"({"data":"a"]})", "\xEF\xBB\xBF{\"data\":\"a\"}",
        "{\"data\":\"a\x01\"}", "{\"data\":\"\xFF\"}", R"({"data":"\ud800"})",
        R"({"x":01,"data":"a"})", "data=abc"})
    BOOST_TEST(in_json(body) == bad, body);
  BOOST_TEST(in_json(std::string("{\"data\":\"a\"}\0", 13)) == bad);
}

BOOST_AUTO_TEST_CASE(json_nesting_is_bounded) {
  const auto nested = [](std::size_t depth) {
    return "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + ",\"data\":\"abc\"}";
  };
  BOOST_TEST(in_json(nested(31)) == "abc");
  BOOST_TEST(in_json(nested(32)) == bad);
  BOOST_TEST(in_json(nested(500000)) == bad);
}

BOOST_AUTO_TEST_CASE(a_raw_body_is_taken_whole) {
  using enum ::core::envelope::payload_form;
  BOOST_TEST(find("abc\n", raw, "text/plain") ==
             "abc\n");  // and refused by the strict base64 that follows
  BOOST_TEST(find("", raw, "text/plain") == bad);
}

BOOST_AUTO_TEST_CASE(random_bodies_do_no_harm) {
  std::mt19937 random(1736);  // NOLINT: the same numbers in each run
  const std::string_view form_alphabet = "data=&%+6132zx";
  const std::string_view json_alphabet = "{}[]\":,\\u00d64ata n\x80";
  for (int round = 0; round < 20000; ++round) {
    std::string body;
    const std::string_view alphabet = round % 2 == 0 ? form_alphabet : json_alphabet;
    for (auto size = random() % 40; size > 0; --size) body += alphabet[random() % alphabet.size()];
    const std::string found =
        round % 2 == 0 ? in_form("data=" + body) : in_json("{\"data\":\"abc" + body);
    // Whatever was found had no second field beside it.
    if (round % 2 == 0 && found != bad) BOOST_TEST(body.find("&data=") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
