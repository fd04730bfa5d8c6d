// SPDX-License-Identifier: Apache-2.0
#include "core/observe/combined.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/core/observe/exchange.hpp"

namespace tests {

namespace {

std::string combined_line(const exchange& e) {
  std::string out;
  core::observe::append_combined_line(out, e.happened, e.called);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(observe)
BOOST_AUTO_TEST_SUITE(combined)

BOOST_AUTO_TEST_CASE(an_exchange_is_the_line_that_web_servers_write) {
  exchange e;
  BOOST_TEST(
      combined_line(e) ==
      "203.0.113.7 - billing [14/Nov/2023:22:13:20 +0000] \"POST /api/%20x HTTP/1.1\" 200 18 "
      "\"https://example.com/page\" \"client/1.0\"\n");
  e.sent.minor_version = 0;
  e.sent.fields.clear();
  BOOST_TEST(
      combined_line(e) ==
      "203.0.113.7 - billing [14/Nov/2023:22:13:20 +0000] \"POST /api/%20x HTTP/1.0\" 200 18 "
      "\"-\" \"-\"\n");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_is_a_dash) {
  exchange e;
  e.happened = {};
  e.happened.status = 400;
  BOOST_TEST(combined_line(e) == "- - - [01/Jan/1970:00:00:00 +0000] \"-\" 400 0 \"-\" \"-\"\n");
}

BOOST_AUTO_TEST_CASE(only_who_proved_itself_is_the_user) {
  exchange e;
  e.happened.proven = false;
  e.happened.status = 401;
  BOOST_TEST(combined_line(e).starts_with("203.0.113.7 - - ["));
}

BOOST_AUTO_TEST_CASE(a_client_that_went_away_has_the_status_that_nginx_gives_it) {
  exchange e;
  e.happened.status = 0;
  BOOST_TEST(combined_line(e).find("HTTP/1.1\" 499 18 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_target_is_not_repeated) {
  exchange e;
  e.happened.path = {};
  BOOST_TEST(combined_line(e).find("\"POST - HTTP/1.1\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_query_is_written) {
  exchange e;
  e.happened.path = "/a?token=secret";
  const std::string line = combined_line(e);
  BOOST_TEST(line.find("\"POST /a HTTP/1.1\"") != std::string::npos);
  BOOST_TEST(line.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_peer_sent_stays_between_its_quotes) {
  exchange e;
  e.sent.fields.clear();
  e.sent.fields.add("User-Agent", "a\"\\\r\n\t\x7f\xC3\xA9\x80z");
  e.happened.method = "GE\"T";
  const std::string line = combined_line(e);
  BOOST_TEST(line.ends_with(R"( "-" "a\x22\x5C\x0D\x0A\x09\x7F\xC3\xA9\x80z")"
                            "\n"),
             line);
  BOOST_TEST(line.find(R"("GE\x22T /api/%20x HTTP/1.1")") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
