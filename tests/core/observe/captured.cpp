// SPDX-License-Identifier: Apache-2.0
#include "core/observe/captured.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using core::base::errc;
using core::observe::append_captured;
using core::observe::captured_body;
using request = core::observe::captured;

namespace {

const std::string head =
    "POST /api/x?a=1 HTTP/1.1\r\nHost: gateway\r\nTOKEN:  my_key \r\nContent-Length: 4\r\n\r\n";

request refused(std::string_view head_as_sent, std::string_view body, captured_body how) {
  request r;
  r.at = core::base::from_unix_seconds(1'700'000'000) + std::chrono::microseconds(999'999);
  r.reason = errc::bad_mac;
  r.head = head_as_sent;
  r.body = body;
  r.how = how;
  return r;
}

std::string text(const request& r) {
  std::string out;
  append_captured(out, r);
  return out;
}

std::string ours(const std::string& how) {
  return "X-Countersign-Captured: at=1700000000; reason=bad_mac; body=" + how + "\r\n";
}

}  // namespace

namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(observe)
BOOST_AUTO_TEST_SUITE(captured)

BOOST_AUTO_TEST_CASE(our_field_stands_before_all_others_and_the_rest_is_as_it_came) {
  BOOST_TEST(text(refused(head, "{\r\n}", captured_body::whole)) ==
             "POST /api/x?a=1 HTTP/1.1\r\n" + ours("whole") +
                 "Host: gateway\r\nTOKEN:  my_key \r\nContent-Length: 4\r\n\r\n{\r\n}");
}

BOOST_AUTO_TEST_CASE(it_says_how_much_of_the_body_there_is) {
  const std::string fields = "Host: gateway\r\nTOKEN:  my_key \r\nContent-Length: 4\r\n\r\n";
  BOOST_TEST(text(refused(head, "{", captured_body::part)) ==
             "POST /api/x?a=1 HTTP/1.1\r\n" + ours("part") + fields + "{");
  BOOST_TEST(text(refused(head, "", captured_body::none)) ==
             "POST /api/x?a=1 HTTP/1.1\r\n" + ours("none") + fields);
}

BOOST_AUTO_TEST_CASE(a_field_with_our_name_is_the_client_s_and_left_out) {
  const std::string forged =
      "GET / HTTP/1.1\r\nX-Countersign-Captured: at=1\r\nHost: a\r\n"
      "x-countersign-captured: at=2\r\nX-Countersign-Captured2: kept\r\n\r\n";
  BOOST_TEST(text(refused(forged, "", captured_body::whole)) ==
             "GET / HTTP/1.1\r\n" + ours("whole") +
                 "Host: a\r\nX-Countersign-Captured2: kept\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_chunked_body_has_a_length_instead) {
  const std::string chunked =
      "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\nB: c\r\n\r\n";
  request r = refused(chunked, "hello", captured_body::whole);
  r.chunked = true;
  BOOST_TEST(text(r) == "POST / HTTP/1.1\r\n" + ours("whole") +
                            "Host: a\r\nContent-Length: 5\r\nB: c\r\n\r\nhello");
  r.how = captured_body::part;
  BOOST_TEST(text(r) == "POST / HTTP/1.1\r\n" + ours("part") +
                            "Host: a\r\nContent-Length: 5\r\nB: c\r\n\r\nhello");
  r.how = captured_body::none;
  r.body = {};
  BOOST_TEST(text(r) == "POST / HTTP/1.1\r\n" + ours("none") +
                            "Host: a\r\ntransfer-encoding: chunked\r\nB: c\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(what_follows_in_the_body_is_no_field) {
  BOOST_TEST(text(refused(head, "X-Countersign-Captured: mine\r\n", captured_body::whole))
                 .ends_with("\r\n\r\nX-Countersign-Captured: mine\r\n"));
}

BOOST_AUTO_TEST_CASE(a_file_is_named_after_the_id) {
  const std::string id = "0123456789abcdef0123456789abcdef";
  BOOST_TEST(::core::observe::captured_name(id) == id + ".http");
  BOOST_TEST(::core::observe::is_captured_name(id + ".http"));
  for (const std::string& other : {id, id + ".HTTP", id + ".http.new", "." + id + ".http",
                                   id + "0.http", std::string(".http"), std::string("notes.http")})
    BOOST_TEST(!::core::observe::is_captured_name(other), other);
}

// Which could leave the folder, or be the name of somebody else's file.
BOOST_AUTO_TEST_CASE(a_proxys_id_is_no_name) {
  const std::string name = ::core::observe::captured_name("../notes");
  BOOST_TEST(::core::observe::is_captured_name(name));
  BOOST_TEST(name == ::core::observe::captured_name("../notes"));
  BOOST_TEST(name != ::core::observe::captured_name("../note"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
