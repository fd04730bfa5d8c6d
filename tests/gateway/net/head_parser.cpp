// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/head_parser.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace tests {

namespace {

namespace io = gateway::net;
using core::base::errc;
using core::base::result;
using core::http::request_head;
using core::http::response_head;
using std::string_literals::operator""s;

constexpr std::size_t limit = 16 * 1024;

const std::string request =
    "POST /orders?x=1 HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\nX-Empty:\r\n\r\n";
const std::string response =
    "HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Type: text/plain\r\n\r\n";

errc why(std::string_view bytes) {
  request_head head;
  const auto parsed = io::parse_request_head(bytes, limit, head);
  BOOST_REQUIRE_MESSAGE(!parsed, bytes);
  return parsed.error();
}

errc why_response(std::string_view bytes, std::size_t most = limit) {
  response_head head;
  const auto parsed = io::parse_response_head(bytes, most, head);
  BOOST_REQUIRE_MESSAGE(!parsed, bytes);
  return parsed.error();
}

std::string with_line(std::string_view line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(line) + "\r\n\r\n";
}

std::string with_fields(int count) {
  std::string text = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < count; ++i) text += "a" + std::to_string(i) + ": b\r\n";
  return text + "\r\n";
}

/// A head of exactly so many bytes.
std::string of_size(std::size_t size) {
  std::string text = "GET / HTTP/1.1\r\nX: ";
  text.resize(size - 4, 'y');
  return text + "\r\n\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(head_parser)

BOOST_AUTO_TEST_CASE(a_whole_head_becomes_views_of_its_buffer) {
  request_head head;
  const auto parsed = io::parse_request_head(request, limit, head);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->complete);
  BOOST_TEST(parsed->size == request.size());
  BOOST_TEST(head.method == "POST");
  BOOST_TEST(head.target == "/orders?x=1");
  BOOST_TEST(head.minor_version == 1);
  BOOST_TEST(head.fields.size() == 3U);
  BOOST_TEST(head.fields.find("host").value == "example.org");
  BOOST_TEST(head.fields.find("x-empty").count == 1U);
  BOOST_TEST(head.fields.find("x-empty").value.empty());
  for (const std::string_view view : {head.method, head.target, head.fields.begin()->name,
                                      head.fields.find("content-length").value}) {
    BOOST_TEST((view.data() >= request.data()));
    BOOST_TEST((view.data() + view.size() <= request.data() + request.size()));
  }
}

BOOST_AUTO_TEST_CASE(every_beginning_of_a_head_needs_more) {
  for (std::size_t size = 0; size < request.size(); ++size) {
    request_head head;
    const auto parsed = io::parse_request_head(request.substr(0, size), limit, head);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), size);
    BOOST_TEST(!parsed->complete, size);
  }
  for (std::size_t size = 0; size < response.size(); ++size) {
    response_head head;
    const auto parsed = io::parse_response_head(response.substr(0, size), limit, head);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), size);
    BOOST_TEST(!parsed->complete, size);
  }
}

BOOST_AUTO_TEST_CASE(what_follows_a_head_is_left_alone) {
  for (const std::string& behind : {"hello"s, request, "\r\n\r\n"s, "\0\xff\n"s, "5\r\nhello"s}) {
    request_head head;
    const auto parsed = io::parse_request_head(request + behind, limit, head);
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->complete);
    BOOST_TEST(parsed->size == request.size());
  }
  // A body that is longer than the limit for heads does not count against it.
  request_head head;
  const auto parsed = io::parse_request_head(request + std::string(limit, 'x'), limit, head);
  BOOST_TEST((parsed.has_value() && parsed->complete));
}

BOOST_AUTO_TEST_CASE(a_head_parsed_after_another_holds_nothing_of_it) {
  request_head head;
  BOOST_REQUIRE(io::parse_request_head(request, limit, head).has_value());
  BOOST_REQUIRE(io::parse_request_head("GET / HTTP/1.0\r\nA: b\r\n\r\n", limit, head).has_value());
  BOOST_TEST(head.method == "GET");
  BOOST_TEST(head.minor_version == 0);
  BOOST_TEST(head.fields.size() == 1U);
}

BOOST_AUTO_TEST_CASE(folded_values_are_refused) {
  for (const auto* line :
       {"A: b\r\n c", "A: b\r\n\tc", "A:\r\n b", "A: b\r\n c\r\n d", "A: b\r\n "})
    BOOST_TEST((why(with_line(line)) == errc::bad_http), line);
  // As the very first field, where there is nothing to fold into.
  BOOST_TEST((why("GET / HTTP/1.1\r\n A: b\r\n\r\n") == errc::bad_http));
}

BOOST_AUTO_TEST_CASE(line_ends_are_both_bytes_or_nothing) {
  for (const auto& bytes :
       {"GET / HTTP/1.1\nHost: a\n\n"s, "GET / HTTP/1.1\r\nHost: a\n\r\n"s,
        "GET / HTTP/1.1\r\nHost: a\r\n\nB: c\r\n\r\n"s, "GET / HTTP/1.1\nHost: a\r\n\r\n"s,
        "GET / HTTP/1.1\r\nHost: a\rB: c\r\n\r\n"s, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"s})
    BOOST_TEST((why(bytes) == errc::bad_http), bytes);
}

BOOST_AUTO_TEST_CASE(names_are_tokens_with_the_colon_right_behind) {
  for (const auto* line :
       {"A : b", "@method: x", ": b", "A", "A b: c", "\x80: b", "A(: b", "A\t: b"})
    BOOST_TEST((why(with_line(line)) == errc::bad_http), line);
}

BOOST_AUTO_TEST_CASE(control_characters_stand_in_no_value) {
  for (int c = 0; c < 32; ++c) {
    if (c == '\t' || c == '\r' || c == '\n') continue;
    const std::string bytes = with_line("A: b"s + static_cast<char>(c) + "c");
    BOOST_TEST((why(bytes) == errc::bad_http), c);
  }
  BOOST_TEST((why(with_line("A: b\x7f"s + "c")) == errc::bad_http));
  request_head head;
  for (const auto* value : {"b\tc", "\x80\xff"}) {
    const std::string bytes = with_line("A: "s + value);
    BOOST_REQUIRE(io::parse_request_head(bytes, limit, head).has_value());
    BOOST_TEST(head.fields.find("a").value == value);
  }
}

BOOST_AUTO_TEST_CASE(blanks_around_a_value_are_not_part_of_it) {
  request_head head;
  const std::string bytes = with_line("A: \t b c \t ");
  BOOST_REQUIRE(io::parse_request_head(bytes, limit, head).has_value());
  BOOST_TEST(head.fields.find("a").value == "b c");
}

BOOST_AUTO_TEST_CASE(the_request_line_has_one_form) {
  for (const auto& line :
       {" GET / HTTP/1.1"s, "GET  / HTTP/1.1"s, "GET /  HTTP/1.1"s, "GET / HTTP/1.1 "s, "GET /"s,
        "GET\t/ HTTP/1.1"s, "GE T / HTTP/1.1"s, "GET / x HTTP/1.1"s, "(GET) / HTTP/1.1"s,
        "GET / http/1.1"s, "/ HTTP/1.1"s, "G\x80T / HTTP/1.1"s, "GET /\x01 HTTP/1.1"s,
        "GET /\0 HTTP/1.1"s, "\x16\x03\x01\x02"s, "GET / HTTPS/1.1"s})
    BOOST_TEST((why(line + "\r\nHost: a\r\n\r\n") == errc::bad_http), line);
}

BOOST_AUTO_TEST_CASE(other_versions_are_told_apart_from_what_is_no_http) {
  for (const auto* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/3.1"}) {
    BOOST_TEST((why("GET / "s + version + "\r\nHost: a\r\n\r\n") == errc::http_version), version);
  }
}

BOOST_AUTO_TEST_CASE(odd_methods_arrive_as_they_were_sent) {
  request_head head;
  for (const auto* method : {"gEt", "FOO", "M-SEARCH", "!#$%&'*+.^_`|~09"}) {
    const std::string bytes = std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    BOOST_REQUIRE_MESSAGE(io::parse_request_head(bytes, limit, head).has_value(), method);
    BOOST_TEST(head.method == method);
  }
}

BOOST_AUTO_TEST_CASE(odd_targets_arrive_as_they_were_sent) {
  // Beast lets them through; core/http/target refuses them.
  request_head head;
  for (const auto* target : {"*", "http://a/b", "/a#b", "/\x80\xff", "//", "a:80"}) {
    const std::string bytes = "GET "s + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    BOOST_REQUIRE_MESSAGE(io::parse_request_head(bytes, limit, head).has_value(), target);
    BOOST_TEST(head.target == target);
  }
}

BOOST_AUTO_TEST_CASE(a_hundred_fields_pass_and_one_more_does_not) {
  request_head head;
  BOOST_REQUIRE(io::parse_request_head(with_fields(100), limit, head).has_value());
  BOOST_TEST(head.fields.size() == 100U);
  BOOST_TEST((why(with_fields(101)) == errc::headers_too_large));
}

BOOST_AUTO_TEST_CASE(the_limit_is_for_the_whole_head) {
  request_head head;
  const auto fits = io::parse_request_head(of_size(1000), 1000, head);
  BOOST_TEST((fits.has_value() && fits->complete));
  const auto over = io::parse_request_head(of_size(1001), 1000, head);
  BOOST_TEST((!over && over.error() == errc::headers_too_large));
  // One that would never end is refused as soon as it is over the limit.
  const auto endless = io::parse_request_head(of_size(1200).substr(0, 1000), 1000, head);
  BOOST_TEST((!endless && endless.error() == errc::headers_too_large));
  const auto open = io::parse_request_head(of_size(1200).substr(0, 999), 1000, head);
  BOOST_TEST((open.has_value() && !open->complete));
}

BOOST_AUTO_TEST_CASE(lengths_that_contradict_are_bad_framing) {
  for (const auto* lines :
       {"Content-Length: 5\r\nContent-Length: 6", "Content-Length: x", "Content-Length: -1",
        "Content-Length: 99999999999999999999", "Content-Length: 5\r\nTransfer-Encoding: chunked"})
    BOOST_TEST((why(with_line(lines)) == errc::bad_framing), lines);
}

BOOST_AUTO_TEST_CASE(a_response_head_becomes_views_of_its_buffer) {
  response_head head;
  const std::string bytes = response + "body";
  const auto parsed = io::parse_response_head(bytes, limit, head);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->complete);
  BOOST_TEST(parsed->size == response.size());
  BOOST_TEST(head.status == 404U);
  BOOST_TEST(head.minor_version == 1);
  BOOST_TEST(head.fields.size() == 2U);
  BOOST_TEST(head.fields.find("server").count == 1U);
}

BOOST_AUTO_TEST_CASE(a_response_may_have_no_reason) {
  response_head head;
  const std::string bytes = "HTTP/1.0 204 \r\n\r\n";
  const auto parsed = io::parse_response_head(bytes, limit, head);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->complete);
  BOOST_TEST(head.status == 204U);
  BOOST_TEST(head.minor_version == 0);
}

BOOST_AUTO_TEST_CASE(every_defect_of_a_response_is_the_upstreams) {
  for (const auto& bytes :
       {"HTTP/1.1 20 OK\r\n\r\n"s, "HTTP/1.1 2000 OK\r\n\r\n"s, "HTTP/1.1 abc OK\r\n\r\n"s,
        "HTTP/2.0 200 OK\r\n\r\n"s, "ICY 200 OK\r\n\r\n"s, "hello, hello\r\n\r\n"s,
        "HTTP/1.1 200 OK\n\n"s, "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"s,
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"s,
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"s})
    BOOST_TEST((why_response(bytes) == errc::upstream_invalid), bytes);
  BOOST_TEST((why_response(response, response.size() - 1) == errc::upstream_invalid));
  BOOST_TEST((why_response(response.substr(0, 20), 20) == errc::upstream_invalid));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
