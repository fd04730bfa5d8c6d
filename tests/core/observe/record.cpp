// SPDX-License-Identifier: Apache-2.0
#include "core/observe/record.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "core/json/check.hpp"
#include "tests/core/observe/exchange.hpp"

using core::base::errc;
using core::observe::append_json_line;
using entry = core::observe::record;

namespace {

std::string line(const entry& r, const core::observe::names& n = {}) {
  std::string out;
  append_json_line(out, r, n);
  BOOST_TEST(out.ends_with("}\n"));
  BOOST_TEST(core::json::is_json(out));
  return out;
}

entry at(std::int64_t microseconds) {
  entry r;
  r.at = core::base::instant{std::chrono::microseconds{microseconds}};
  return r;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(observe)
BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(a_whole_exchange_is_one_line) {
  const exchange whole;
  BOOST_TEST(line(whole.happened, whole.called) ==
             "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"request_id\":"
             "\"0123456789abcdef0123456789abcdef\","
             "\"client_address\":\"203.0.113.7\",\"method\":\"POST\",\"host\":\"api.example.com\","
             "\"path\":\"/api/%20x\","
             "\"route\":\"orders\",\"client\":\"billing\",\"version\":\"1.0.0\",\"secret\":\"2026-"
             "01\",\"status\":200,"
             "\"delay_ms\":1123,\"duration_ms\":12.345,\"upstream_ms\":12.040,\"gateway_ms\":0.305,"
             "\"bytes_in\":205,"
             "\"bytes_out\":18,\"upstream\":\"orders\",\"endpoint\":\"127.0.0.1:9001\",\"upstream_"
             "status\":200,"
             "\"deprecated\":true}\n");
}

BOOST_AUTO_TEST_CASE(what_has_no_value_is_left_out) {
  BOOST_TEST(line(at(0)) ==
             "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"duration_ms\":0.000,\"gateway_ms\":0.000,"
             "\"bytes_in\":0,\"bytes_out\":0}\n");
}

BOOST_AUTO_TEST_CASE(a_refusal_names_its_reason) {
  entry r = at(0);
  r.status = 401;
  r.refused = errc::bad_signature;
  BOOST_TEST(holds(line(r), "\"status\":401,\"reason\":\"bad_signature\""));
}

BOOST_AUTO_TEST_CASE(a_stamp_ahead_of_the_clock_is_a_negative_delay) {
  entry r = at(1'000'000'500'999);
  r.stamp = 1'000'002;
  BOOST_TEST(holds(line(r), "\"delay_ms\":-1500,"));
  r.stamp = 1'000'000;
  BOOST_TEST(holds(line(r), "\"delay_ms\":500,"));
}

BOOST_AUTO_TEST_CASE(a_stamp_out_of_all_range_is_no_delay) {
  entry r = at(0);
  for (const std::int64_t stamp :
       {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    r.stamp = stamp;
    BOOST_TEST(!holds(line(r), "delay_ms"));
  }
  r.stamp = 99'999'999'999;
  BOOST_TEST(holds(line(r), "\"delay_ms\":-99999999999000,"));
}

BOOST_AUTO_TEST_CASE(the_query_is_never_written) {
  entry r = at(0);
  r.path = "/a?token=secret";
  BOOST_TEST(holds(line(r), "\"path\":\"/a\""));
  BOOST_TEST(!holds(line(r), "secret"));
}

BOOST_AUTO_TEST_CASE(what_a_peer_sent_cannot_break_the_line) {
  entry r = at(0);
  r.method = "GE\"T";
  r.host = "a\nb\x80";
  r.path = "/\\x";
  r.version = "\x1b[31m";
  const std::string text = line(r);
  BOOST_TEST(std::ranges::count(text, '\n') == 1);
  BOOST_TEST(holds(text,
                   "\"method\":\"GE\\\"T\",\"host\":\"a\\nb\xEF\xBF\xBD\",\"path\":\"/"
                   "\\\\x\",\"version\":\"\\u001b[31m\""));
}

BOOST_AUTO_TEST_CASE(the_secrets_name_needs_a_proof) {
  BOOST_TEST(!holds(line(at(0), {{}, {}, "s1", {}, {}}), "s1"));
}

BOOST_AUTO_TEST_CASE(lines_are_appended) {
  std::string out = "before\n";
  append_json_line(out, at(0), {});
  append_json_line(out, at(0), {});
  BOOST_TEST(out.starts_with("before\n{"));
  BOOST_TEST(std::ranges::count(out, '\n') == 3);
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_where_there_is_room) {
  entry r = at(0);
  r.path = "/some/path";
  std::string out;
  out.reserve(2048);
  const void* before = out.data();
  append_json_line(out, r, {"route", "client", "secret", "upstream", "endpoint"});
  BOOST_TEST(out.data() == before);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
