// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "core/base/encoding.hpp"

namespace {

using namespace core::scheme;

const std::vector<std::string> declared{"timestamp", "nonce", "id"};

std::variant<template_text, std::string> parse(std::string_view text, bool reply = false) {
  return parse_template_text(text, {declared, reply});
}

std::vector<text_piece> pieces(std::string_view text, bool reply = false) {
  return std::get<template_text>(parse(text, reply)).pieces;
}

std::string problem(std::string_view text, bool reply = false) {
  const auto result = parse(text, reply);
  const auto* why = std::get_if<std::string>(&result);
  return why != nullptr ? *why : "";
}

std::string filtered(std::string_view filters, std::string_view value) {
  const auto one = pieces("{body|" + std::string(filters) + "}");
  std::string out = "+";
  append_filtered(out, value, one.at(0).filters);
  return out.substr(1);
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(template_text)

BOOST_AUTO_TEST_CASE(every_name_of_a_request_is_known) {
  const auto all = pieces("{body}{method}{target}{path}{query}{host}{scheme}{secret}{id}");
  const std::vector<input> wanted{input::body,   input::method, input::target,
                                  input::path,   input::query,  input::host,
                                  input::scheme, input::secret, input::field};
  BOOST_REQUIRE(all.size() == wanted.size());
  for (std::size_t i = 0; i < all.size(); ++i) BOOST_TEST((all[i].what == wanted[i]));
  BOOST_TEST(all.back().field == 2U);
  BOOST_TEST(print(all.back()) == "{id}");
}

BOOST_AUTO_TEST_CASE(literals_join_and_braces_are_doubled) {
  const auto all = pieces("a{{b}}{lf}c\n{id}d");
  BOOST_REQUIRE(all.size() == 3U);
  BOOST_TEST(all[0].text == "a{b}\nc\n");
  BOOST_TEST((all[1].what == input::field));
  BOOST_TEST(all[2].text == "d");
  BOOST_TEST(pieces("{{{id}}}").size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_header_field_is_named_and_may_be_absent) {
  const auto all = pieces("{header:Content-Type}{header:X-A?|lower}{nonce?}");
  BOOST_REQUIRE(all.size() == 3U);
  BOOST_TEST(all[0].text == "Content-Type");
  BOOST_TEST(!all[0].optional);
  BOOST_TEST(all[0].key == ::core::http::key_of("content-type"));
  BOOST_TEST(all[1].text == "X-A");
  BOOST_TEST(all[1].optional);
  BOOST_TEST(all[1].filters.size() == 1U);
  BOOST_TEST(all[2].optional);
  BOOST_TEST(print(all[0]) == "{header:Content-Type}");
}

BOOST_AUTO_TEST_CASE(in_a_replys_text_the_timestamp_is_the_replys) {
  const auto all = pieces("{timestamp}{request_timestamp}{nonce}{status}{body}", true);
  BOOST_REQUIRE(all.size() == 5U);
  BOOST_TEST((all[0].what == input::reply_timestamp));
  BOOST_TEST((all[1].what == input::field));
  BOOST_TEST(all[1].field == 0U);
  BOOST_TEST(all[2].field == 1U);
  BOOST_TEST((all[3].what == input::status));
  BOOST_TEST((all[4].what == input::body));
  BOOST_TEST(problem("{status}").starts_with("at character 1: {status} is no name"));
  BOOST_TEST(problem("{request_timestamp}").find("is no name") != std::string::npos);
  BOOST_TEST(problem("{header:Date}", true) == "at character 1: a reply's text has no {header:…}");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compiled_is_told_with_its_place) {
  BOOST_TEST(problem("") == "is empty: nothing would be signed");
  BOOST_TEST(problem(std::string(4097, 'a')) == "is longer than 4096 characters");
  BOOST_TEST(problem(std::string(4096, 'a')).empty());
  BOOST_TEST(
      problem("ab{timestmp}") ==
      "at character 3: {timestmp} is no name that can stand here; there are timestamp, nonce, "
      "id, body, method, target, path, query, host, scheme, secret, header:Name, lf");
  BOOST_TEST(problem("{nope}", true)
                 .ends_with("there are request_timestamp, nonce, id, body, method, target, path, "
                            "query, host, scheme, "
                            "secret, status, timestamp, lf"));
  BOOST_TEST(
      problem("{body|sha1}") ==
      "at character 1: {sha1} is no filter; there are lower, upper, trim, sha256, sha512, hex, "
      "base64, base64url");
  BOOST_TEST(problem("{body|}").find("{} is no filter") != std::string::npos);
  BOOST_TEST(problem("{body|hex|}").find("{} is no filter") != std::string::npos);
  BOOST_TEST(problem("a}b").starts_with("at character 2: a } without its {"));
  BOOST_TEST(problem("ab{").starts_with("at character 3: a { without its }"));
  BOOST_TEST(problem("{body").starts_with("at character 1: a { without its }"));
  BOOST_TEST(problem("{bo{dy}").starts_with("at character 1: a { without its }"));
  BOOST_TEST(problem("{}").starts_with("at character 1: {} is no name"));
  BOOST_TEST(problem("{Body}").find("is no name") != std::string::npos);
  BOOST_TEST(problem("{ body}").find("is no name") != std::string::npos);
  BOOST_TEST(problem("{lf?}").find("is no name") != std::string::npos);
  BOOST_TEST(problem("{lf|hex}").find("is no name") != std::string::npos);
  BOOST_TEST(problem("{header:}").ends_with("needs the name of a header field"));
  BOOST_TEST(problem("{header:a b}").ends_with("needs the name of a header field"));
  BOOST_TEST(problem("{method?}") == "at character 1: {method} is always there: no ? behind it");
  BOOST_TEST(problem("{timestamp?}", true).find("always there") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(filters_follow_one_another) {
  BOOST_TEST(filtered("lower", "aBcÄ") == "abcÄ");
  BOOST_TEST(filtered("upper", "aBcz{`") == "ABCZ{`");
  BOOST_TEST(filtered("trim", " \ta b\t ") == "a b");
  BOOST_TEST(filtered("trim", " \t ").empty());
  BOOST_TEST(filtered("hex", "\x01\xff") == "01ff");
  BOOST_TEST(filtered("base64", "\xfb\xff\xfe") == "+//+");
  BOOST_TEST(filtered("base64url", "\xfb\xff") == "-_8");
  BOOST_TEST(filtered("sha256|hex", "abc") ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(filtered("sha256|hex|upper", "abc").starts_with("BA7816BF"));
  BOOST_TEST(filtered("lower|sha256|hex", "ABC") == filtered("sha256|hex", "abc"));
  BOOST_TEST(
      filtered("sha512|base64", "abc") ==
      "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==");
  BOOST_TEST(filtered("sha256", "abc").size() == 32U);
  std::string out;
  append_filtered(out, "as it is", {});
  BOOST_TEST(out == "as it is");
}

BOOST_AUTO_TEST_CASE(a_field_has_a_name_that_is_not_the_languages) {
  for (const char* name : {"id", "timestamp", "a", "key_2", "abcdefghijklmnopqrstuvwxyz_12345"})
    BOOST_TEST(is_template_field_name(name), name);
  for (const char* name : {"", "2a", "_a", "Id", "a-b", "a b", "body", "secret", "status", "lf",
                           "request_timestamp", "abcdefghijklmnopqrstuvwxyz_123456"})
    BOOST_TEST(!is_template_field_name(name), name);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
