// SPDX-License-Identifier: Apache-2.0
#include "core/observe/audit.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "core/json/check.hpp"
#include "tests/core/observe/exchange.hpp"

using core::base::errc;
using core::base::last_errc;
using core::json::is_json;
using core::observe::append_audit_line;
using core::observe::audit_event;
using core::observe::audited;

namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(observe)
BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(a_refused_message_is_one_line) {
  exchange e;
  e.happened.refused = errc::replay;
  std::string out = "before\n";
  append_audit_line(out, audit_event::replay, e.happened, e.called);
  BOOST_TEST(
      out ==
      "before\n{\"time\":\"2023-11-14T22:13:20.123456Z\",\"event\":\"replay\","
      "\"request_id\":\"0123456789abcdef0123456789abcdef\",\"client_address\":\"203.0.113.7\","
      "\"route\":\"orders\",\"client\":\"billing\",\"version\":\"1.0.0\","
      "\"reason\":\"replay\"}\n");
}

BOOST_AUTO_TEST_CASE(a_message_that_was_let_pass_says_so) {
  exchange e;
  e.happened.observed = errc::replay;
  e.happened.refused = errc::upstream_timeout;
  std::string out;
  append_audit_line(out, audit_event::replay, e.happened, {});
  BOOST_TEST(is_json(out), out);
  BOOST_TEST(out.ends_with("\"reason\":\"replay\",\"observed\":true}\n"), out);
}

BOOST_AUTO_TEST_CASE(what_the_gateway_does_is_one_line) {
  std::string out;
  append_audit_line(out, audit_event::start, exchange().happened.at, {});
  append_audit_line(out, audit_event::logs_reopened, exchange().happened.at, {"can't \"open\"\n"});
  append_audit_line(out, audit_event::secret_added, exchange().happened.at,
                    {{}, {}, "billing", "2026-11"});
  append_audit_line(out, audit_event::admin_refused, exchange().happened.at,
                    {"POST /reload: 401", "203.0.113.7"});
  BOOST_TEST(out ==
             "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"event\":\"start\"}\n"
             "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"event\":\"logs_reopened\","
             "\"detail\":\"can't \\\"open\\\"\\n\"}\n"
             "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"event\":\"secret_added\","
             "\"client\":\"billing\",\"secret\":\"2026-11\"}\n"
             "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"event\":\"admin_refused\","
             "\"detail\":\"POST /reload: 401\",\"client_address\":\"203.0.113.7\"}\n");
}

BOOST_AUTO_TEST_CASE(no_byte_of_a_peer_breaks_a_line) {
  for (int byte = 0; byte < 256; ++byte) {
    exchange e;
    const std::string text = std::string("1") + static_cast<char>(byte) + "\",\"event\":\"start";
    e.happened.version = text;
    std::string out;
    append_audit_line(out, audit_event::version_rejected, e.happened, e.called);
    BOOST_TEST(is_json(out), out);
    BOOST_TEST(std::ranges::count_if(out, [](unsigned char c) { return c < ' ' || c == 0x7F; }) ==
               1);
  }
}

BOOST_AUTO_TEST_CASE(only_what_hints_at_misuse_is_audited) {
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const auto reason = static_cast<errc>(code);
    const auto event = audited(reason);
    const bool expected = reason == errc::version_rejected || reason == errc::replay ||
                          reason == errc::client_disabled;
    BOOST_TEST(event.has_value() == expected);
    if (event) BOOST_TEST(name(*event) == name(reason));
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
