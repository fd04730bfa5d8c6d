// SPDX-License-Identifier: Apache-2.0
#include "bench/wire/message_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace {

using bench::wire::progress;
using reader = bench::wire::message_reader;

progress read_whole(std::string_view text, std::string_view* rest = nullptr) {
  reader r;
  r.start(true);
  const progress how = r.read_response(text);
  if (rest != nullptr) *rest = text;
  return how;
}

constexpr std::string_view with_length =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world";
constexpr std::string_view in_chunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello "
    "\r\n5;x=y\r\nworld\r\n0\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(bench)
BOOST_AUTO_TEST_SUITE(wire)
BOOST_AUTO_TEST_SUITE(message_readers)

BOOST_AUTO_TEST_CASE(an_answer_is_read_in_pieces_of_any_size) {
  for (const std::string_view text : {with_length, in_chunks})
    for (std::size_t size = 1; size <= text.size(); ++size) {
      reader r;
      r.start(true);
      progress how = progress::need_more;
      for (std::size_t at = 0; at < text.size(); at += size) {
        BOOST_REQUIRE((how == progress::need_more));
        std::string_view piece = text.substr(at, size);
        how = r.read_response(piece);
        BOOST_REQUIRE(piece.empty());
      }
      BOOST_REQUIRE((how == progress::done));
      BOOST_REQUIRE(r.response().status == 200U);
      BOOST_REQUIRE(r.body() == "hello world");
      BOOST_REQUIRE(r.body_size() == 11U);
    }
}

BOOST_AUTO_TEST_CASE(what_follows_an_answer_is_left_alone) {
  for (const std::string_view answer : {with_length, in_chunks}) {
    std::string text(answer);
    text.append("HTTP");
    std::string_view rest;
    BOOST_TEST((read_whole(text, &rest) == progress::done));
    BOOST_TEST(rest == "HTTP");
  }
}

BOOST_AUTO_TEST_CASE(a_reader_is_used_again) {
  reader r;
  for (int i = 0; i < 3; ++i) {
    r.start(i != 1);
    std::string_view text = i == 1 ? in_chunks : with_length;
    BOOST_TEST((r.read_response(text) == progress::done));
    BOOST_TEST(r.body() == (i == 1 ? "" : "hello world"));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_body_ends_with_its_head) {
  BOOST_TEST((read_whole("HTTP/1.1 204 No Content\r\n\r\n") == progress::done));
  BOOST_TEST((read_whole("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == progress::done));
}

BOOST_AUTO_TEST_CASE(what_can_be_read_in_two_ways_is_broken) {
  for (const char* text : {
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
           "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
           "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
           "garbage\r\n\r\n",
       })
    BOOST_TEST((read_whole(text) == progress::broken), text);
}

BOOST_AUTO_TEST_CASE(an_answer_that_ends_with_its_connection_is_broken) {
  BOOST_TEST((read_whole("HTTP/1.1 200 OK\r\n\r\nhello") == progress::broken));
}

BOOST_AUTO_TEST_CASE(an_interim_answer_that_nobody_asked_for_is_broken) {
  BOOST_TEST((read_whole("HTTP/1.1 100 Continue\r\n\r\n") == progress::broken));
  BOOST_TEST((read_whole("HTTP/1.1 103 Early\r\nContent-Length: 0\r\n\r\n") == progress::broken));
}

BOOST_AUTO_TEST_CASE(a_head_without_an_end_is_broken_at_the_limit) {
  reader r;
  r.start(false);
  std::string head = "HTTP/1.1 200 OK\r\nX: ";
  head.append(reader::head_limit, 'x');
  std::string_view text = head;
  BOOST_TEST((r.read_response(text) == progress::broken));
}

BOOST_AUTO_TEST_CASE(a_large_body_behind_a_head_is_not_taken_for_a_large_head) {
  const std::string body(reader::head_limit * 3, 'x');
  const std::string text =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  // The head in one piece, and in two: its end is looked for in two ways.
  for (const std::size_t first : {text.size(), std::size_t{20}}) {
    reader r;
    r.start(true);
    std::string_view one = std::string_view(text).substr(0, first);
    std::string_view two = std::string_view(text).substr(first);
    progress how = r.read_response(one);
    if (!two.empty()) how = r.read_response(two);
    BOOST_TEST((how == progress::done));
    BOOST_TEST(r.body() == body);
  }
}

BOOST_AUTO_TEST_CASE(a_request_is_read_with_its_body) {
  reader r;
  r.start(true);
  std::string_view text =
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiPOST /y HTTP/1.1\r\n";
  BOOST_TEST((r.read_request(text) == progress::done));
  BOOST_TEST(r.request().target == "/x");
  BOOST_TEST(r.body() == "hi");
  BOOST_TEST(text == "POST /y HTTP/1.1\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
