// SPDX-License-Identifier: Apache-2.0
#include "core/http/framing.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/core/http/heads.hpp"

using core::base::errc;
using core::http::body_kind;
using core::http::field;
using core::http::frame_request;
using core::http::frame_response;
using tests::request;
using tests::response;

namespace {

/// The reason for which a request with Host and these fields is refused.
std::optional<errc> refusal(std::initializer_list<field> fields, int minor_version = 1) {
  auto head = request("POST", fields, minor_version);
  head.fields.add("Host", "h");
  const auto framing = frame_request(head);
  return framing ? std::nullopt : std::optional(framing.error());
}

bool upstream_invalid(const core::http::response_head& head, std::string_view method = "GET") {
  const auto framing = frame_response(head, method);
  return !framing && framing.error() == errc::upstream_invalid;
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(std::optional<errc>)
BOOST_TEST_DONT_PRINT_LOG_VALUE(body_kind)

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(framing)

BOOST_AUTO_TEST_CASE(plain_request_has_no_body_and_stays_open) {
  const auto framing = frame_request(request("GET", {{"hOsT", "example.com:8080"}})).value();
  BOOST_TEST(framing.body == body_kind::none);
  BOOST_TEST(framing.keep_alive);
  BOOST_TEST(!framing.expect_continue);
  BOOST_TEST(framing.host == "example.com:8080");
}

BOOST_AUTO_TEST_CASE(content_length_is_read) {
  for (const auto& [text, length] : std::initializer_list<std::pair<const char*, std::uint64_t>>{
           {"0", 0}, {"7", 7}, {"0007", 7}, {"9223372036854775807", 9223372036854775807U}}) {
    const auto framing =
        frame_request(request("POST", {{"Host", "h"}, {"content-LENGTH", text}})).value();
    BOOST_TEST(framing.body == body_kind::length);
    BOOST_TEST(framing.length == length);
  }
}

BOOST_AUTO_TEST_CASE(content_length_outside_its_syntax_is_refused) {
  for (const char* text : {"", "+5", "-5", "0x5", "5, 5", "5,5", " 5", "5 ", "5.0", "1e3", "5\t",
                           "9223372036854775808", "18446744073709551616",
                           "99999999999999999999999999", "\xD9\xA5", "five"})
    BOOST_TEST((refusal({{"Content-Length", text}}) == errc::bad_framing),
               "'" << text << "' passed");
}

BOOST_AUTO_TEST_CASE(second_content_length_is_refused_even_if_equal) {
  BOOST_TEST((refusal({{"Content-Length", "5"}, {"Content-Length", "5"}}) == errc::bad_framing));
  BOOST_TEST((refusal({{"Content-Length", "5"}, {"content-length", "6"}}) == errc::bad_framing));
}

BOOST_AUTO_TEST_CASE(chunked_is_read_in_any_case) {
  for (const char* text : {"chunked", "Chunked", "CHUNKED"})
    BOOST_TEST((
        frame_request(request("POST", {{"Host", "h"}, {"Transfer-Encoding", text}})).value().body ==
        body_kind::chunked));
}

BOOST_AUTO_TEST_CASE(any_other_transfer_coding_is_refused) {
  for (const char* text : {"", "identity", "gzip", "xchunked", "chunked, identity", "gzip, chunked",
                           "chunked, chunked", "chunked;q=1", "\"chunked\"", " chunked", "chunked ",
                           "\tchunked", "chunked,",
                           "chun\xC4\xB8"
                           "ed"})
    BOOST_TEST((refusal({{"Transfer-Encoding", text}}) == errc::bad_framing),
               "'" << text << "' passed");
  BOOST_TEST((refusal({{"Transfer-Encoding", "chunked"}, {"transfer-encoding", "chunked"}}) ==
              errc::bad_framing));
  BOOST_TEST((refusal({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "identity"}}) ==
              errc::bad_framing));
}

BOOST_AUTO_TEST_CASE(transfer_coding_on_1_0_is_refused) {
  BOOST_TEST((refusal({{"Transfer-Encoding", "chunked"}}, 0) == errc::bad_framing));
}

BOOST_AUTO_TEST_CASE(transfer_coding_with_a_length_is_refused) {
  BOOST_TEST(
      (refusal({{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}) == errc::bad_framing));
  BOOST_TEST(
      (refusal({{"Content-Length", "0"}, {"Transfer-Encoding", "chunked"}}) == errc::bad_framing));
}

BOOST_AUTO_TEST_CASE(exactly_one_host_on_1_1) {
  BOOST_TEST((frame_request(request("GET", {})).error() == errc::bad_host));
  BOOST_TEST((frame_request(request("GET", {{"Host", ""}})).error() == errc::bad_host));
  BOOST_TEST((refusal({{"host", "h"}}) == errc::bad_host));
}

BOOST_AUTO_TEST_CASE(at_most_one_host_on_1_0) {
  BOOST_TEST(frame_request(request("GET", {}, 0)).has_value());
  BOOST_TEST(frame_request(request("GET", {{"Host", ""}}, 0)).has_value());
  BOOST_TEST(frame_request(request("GET", {{"Host", "h"}}, 0)).value().host == "h");
  BOOST_TEST((refusal({{"Host", "h"}}, 0) == errc::bad_host));
  BOOST_TEST((frame_request(request("GET", {{"Host", "a b"}}, 0)).error() == errc::bad_host));
}

BOOST_AUTO_TEST_CASE(methods_are_known_and_case_sensitive) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    BOOST_TEST(frame_request(request(method, {{"Host", "h"}})).has_value());
  for (const char* method : {"get", "gEt", "CONNECT", "TRACE", "PRI", "PROPFIND", "GETX"})
    BOOST_TEST((frame_request(request(method, {{"Host", "h"}})).error() == errc::unknown_method),
               method);
  BOOST_TEST((frame_request(request("", {{"Host", "h"}})).error() == errc::bad_http));
  BOOST_TEST((frame_request(request("GE T", {{"Host", "h"}})).error() == errc::bad_http));
}

BOOST_AUTO_TEST_CASE(only_http_1_0_and_1_1_pass) {
  for (const int minor : {-1, 2, 9})
    BOOST_TEST(
        (frame_request(request("GET", {{"Host", "h"}}, minor)).error() == errc::http_version));
}

BOOST_AUTO_TEST_CASE(expect_takes_100_continue_only) {
  const auto framing =
      frame_request(
          request("POST", {{"Host", "h"}, {"Content-Length", "5"}, {"Expect", "100-Continue"}}))
          .value();
  BOOST_TEST(framing.expect_continue);
  for (const char* text : {"", "100", "100-continue, 100-continue", "200-ok", "100-continue;x"})
    BOOST_TEST((refusal({{"Expect", text}}) == errc::expectation_failed), text);
  BOOST_TEST((refusal({{"Expect", "100-continue"}, {"Expect", "100-continue"}}) ==
              errc::expectation_failed));
}

BOOST_AUTO_TEST_CASE(expect_without_a_body_waits_for_nothing) {
  BOOST_TEST(!frame_request(request("GET", {{"Host", "h"}, {"Expect", "100-continue"}}))
                  .value()
                  .expect_continue);
  BOOST_TEST(
      !frame_request(
           request("POST", {{"Host", "h"}, {"Expect", "100-continue"}, {"Content-Length", "0"}}))
           .value()
           .expect_continue);
}

BOOST_AUTO_TEST_CASE(expect_means_nothing_on_1_0) {
  const auto framing =
      frame_request(
          request("POST", {{"Host", "h"}, {"Content-Length", "5"}, {"Expect", "anything"}}, 0))
          .value();
  BOOST_TEST(!framing.expect_continue);
}

BOOST_AUTO_TEST_CASE(connection_and_version_decide_whether_it_stays_open) {
  const auto stays = [](std::initializer_list<field> fields, int minor) {
    auto head = request("GET", fields, minor);
    head.fields.add("Host", "h");
    return frame_request(head).value().keep_alive;
  };
  BOOST_TEST(stays({}, 1));
  BOOST_TEST(!stays({}, 0));
  BOOST_TEST(stays({{"Connection", "Keep-Alive"}}, 0));
  BOOST_TEST(!stays({{"Connection", "x, CLOSE"}}, 1));
  BOOST_TEST(!stays({{"Connection", "keep-alive"}, {"connection", "close"}}, 1));
  BOOST_TEST(!stays({{"Connection", "keep-alive, close"}}, 0));
  BOOST_TEST(stays({{"Connection", "closed"}}, 1));
}

BOOST_AUTO_TEST_CASE(connection_that_is_no_list_of_tokens_is_refused) {
  for (const char* text : {"a b", "close;x", "\"close\"", "clo\xC3\xA9", "x, y z"})
    BOOST_TEST((refusal({{"Connection", text}}) == errc::bad_http), text);
  BOOST_TEST(!refusal({{"Connection", ""}}));
  BOOST_TEST(!refusal({{"Connection", " , ,close\t,"}}));
}

BOOST_AUTO_TEST_CASE(connection_naming_too_many_fields_is_refused) {
  std::string names = "close, keep-alive";
  for (std::size_t i = 0; i < core::http::connection_options::capacity; ++i)
    names += ", x" + std::to_string(i);
  BOOST_TEST(!refusal({{"Connection", names}}));
  names += ", one-more";
  BOOST_TEST((refusal({{"Connection", names}}) == errc::bad_http));
}

BOOST_AUTO_TEST_CASE(field_names_are_tokens) {
  for (const std::string_view name :
       {"", " ", "a b", "a:", "a\t", "@method", "na\xC3\xAFve", "a(b)", "x/y", "a\"b", "{a}"})
    BOOST_TEST((refusal({{name, "v"}}) == errc::bad_http), "'" << name << "' passed");
  BOOST_TEST((refusal({{std::string_view("a\0b", 3), "v"}}) == errc::bad_http));
  BOOST_TEST(!refusal({{"a_b!#$%&'*+-.^`|~9Z", "v"}}));
}

BOOST_AUTO_TEST_CASE(field_values_hold_no_control_but_tab) {
  for (int c = 0; c < 256; ++c) {
    const std::string value = {'a', static_cast<char>(c), 'b'};
    const bool good = c == '\t' || (c >= 0x20 && c != 0x7F);
    BOOST_TEST((refusal({{"x", value}}) == errc::bad_http) == !good, "byte " << c);
  }
}

BOOST_AUTO_TEST_CASE(answer_with_a_body) {
  const auto sized = frame_response(response(200, {{"Content-Length", "12"}}), "GET").value();
  BOOST_TEST(sized.body == body_kind::length);
  BOOST_TEST(sized.length == 12U);
  BOOST_TEST(sized.keep_alive);
  const auto chunked =
      frame_response(response(500, {{"Transfer-Encoding", "CHUNKED"}}), "POST").value();
  BOOST_TEST(chunked.body == body_kind::chunked);
  BOOST_TEST(!chunked.length_declared);
  const auto open = frame_response(response(200, {}), "GET").value();
  BOOST_TEST(open.body == body_kind::until_close);
  BOOST_TEST(!open.keep_alive);
}

BOOST_AUTO_TEST_CASE(answers_without_a_body_whatever_they_declare) {
  for (const auto& fields : {std::initializer_list<field>{},
                             {{"Content-Length", "12"}},
                             {{"Transfer-Encoding", "chunked"}}}) {
    BOOST_TEST(frame_response(response(200, fields), "HEAD").value().body == body_kind::none);
    BOOST_TEST(frame_response(response(304, fields), "GET").value().body == body_kind::none);
    BOOST_TEST(frame_response(response(204, fields), "GET").value().body == body_kind::none);
    BOOST_TEST(frame_response(response(200, fields), "HEAD").value().keep_alive);
  }
  BOOST_TEST(frame_response(response(200, {{"Content-Length", "12"}}), "HEAD").value().length ==
             12U);
  BOOST_TEST(
      frame_response(response(200, {{"Content-Length", "12"}}), "HEAD").value().length_declared);
}

BOOST_AUTO_TEST_CASE(a_204_that_declares_a_body_ends_the_connection) {
  BOOST_TEST(frame_response(response(204, {}), "GET").value().keep_alive);
  BOOST_TEST(frame_response(response(204, {{"Content-Length", "0"}}), "GET").value().keep_alive);
  BOOST_TEST(!frame_response(response(204, {{"Content-Length", "5"}}), "GET").value().keep_alive);
  BOOST_TEST(
      !frame_response(response(204, {{"Transfer-Encoding", "chunked"}}), "GET").value().keep_alive);
}

BOOST_AUTO_TEST_CASE(doubtful_answers_are_invalid_even_without_a_body) {
  for (const unsigned status : {200U, 204U, 304U}) {
    BOOST_TEST(
        upstream_invalid(response(status, {{"Content-Length", "5"}, {"Content-Length", "5"}})));
    BOOST_TEST(upstream_invalid(
        response(status, {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}), "HEAD"));
    BOOST_TEST(upstream_invalid(response(status, {{"Content-Length", "5, 5"}})));
    BOOST_TEST(upstream_invalid(response(status, {{"Content-Length", "-1"}}), "HEAD"));
    BOOST_TEST(upstream_invalid(response(status, {{"Transfer-Encoding", "chunked, identity"}})));
    BOOST_TEST(upstream_invalid(
        response(status, {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}})));
    BOOST_TEST(upstream_invalid(response(status, {{"Transfer-Encoding", "chunked"}}, 0)));
    BOOST_TEST(upstream_invalid(response(status, {{"", "v"}})));
    BOOST_TEST(upstream_invalid(response(status, {{"x", "a\r\nb"}})));
    BOOST_TEST(upstream_invalid(response(status, {}, 2)));
  }
}

BOOST_AUTO_TEST_CASE(interim_and_impossible_statuses_are_invalid) {
  for (const unsigned status : {0U, 99U, 100U, 101U, 103U, 199U, 600U, 999U})
    BOOST_TEST(upstream_invalid(response(status, {})));
  auto head = response(200, {});
  head.reason = "bad\nreason";
  BOOST_TEST(upstream_invalid(head));
}

BOOST_AUTO_TEST_CASE(behind_a_101_there_is_no_body_and_none_is_announced) {
  const auto framing = core::http::frame_switching(response(101, {{"Connection", "upgrade"}}));
  BOOST_REQUIRE(framing.has_value());
  BOOST_TEST((framing->body == body_kind::none));
  BOOST_TEST(!framing->keep_alive);
  BOOST_TEST(framing->connection.lists("Upgrade"));
  auto bad_reason = response(101, {});
  bad_reason.reason = "bad\nreason";
  for (const auto& head :
       {response(100, {}), response(200, {}), response(101, {}, 0), response(101, {}, 2),
        response(101, {{"Content-Length", "0"}}), response(101, {{"Transfer-Encoding", "chunked"}}),
        response(101, {{"x", "a\r\nb"}}), bad_reason}) {
    const auto refused = core::http::frame_switching(head);
    BOOST_TEST((!refused && refused.error() == errc::upstream_invalid), head.status);
  }
}

BOOST_AUTO_TEST_CASE(answer_says_whether_it_stays_open) {
  BOOST_TEST(
      !frame_response(response(200, {{"Content-Length", "0"}, {"Connection", "close"}}), "GET")
           .value()
           .keep_alive);
  BOOST_TEST(
      !frame_response(response(200, {{"Content-Length", "0"}}, 0), "GET").value().keep_alive);
  BOOST_TEST(frame_response(
                 response(200, {{"Content-Length", "0"}, {"Connection", "keep-alive"}}, 0), "GET")
                 .value()
                 .keep_alive);
}

BOOST_AUTO_TEST_CASE(random_heads_never_do_harm) {
  std::mt19937 random(20231114);
  constexpr std::string_view names[] = {
      "Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "x", ""};
  constexpr std::string_view alphabet = "chunked059,- \t\r\n[]:.%\x80_";
  for (int round = 0; round < 20000; ++round) {
    std::array<std::string, 6> values;
    core::http::request_head head;
    core::http::response_head answer;
    head.method = random() % 8 != 0 ? "POST" : "?";
    head.minor_version = static_cast<int>(random() % 3);
    answer.status = static_cast<unsigned>(random() % 700);
    for (auto& value : values) {
      for (auto size = random() % 9; size > 0; --size)
        value += alphabet[random() % alphabet.size()];
      const auto name = names[random() % std::size(names)];
      head.fields.add(name, value);
      answer.fields.add(name, value);
    }
    const auto framing = frame_request(head);
    if (framing && framing->body == body_kind::length)
      BOOST_TEST_REQUIRE(framing->length <= 999999999U);
    const auto framed = frame_response(answer, "GET");
    if (framed) BOOST_TEST_REQUIRE(answer.status >= 200U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
