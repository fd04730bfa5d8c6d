// SPDX-License-Identifier: Apache-2.0
#include "core/observe/line.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "core/json/check.hpp"
#include "tests/core/observe/exchange.hpp"

using namespace core::observe;
using core::base::errc;
using core::json::is_json;

namespace tests {

namespace {

std::string written(const line_style& style, const core::observe::record& r, const names& n = {}) {
  std::string out = "before\n";
  append_line(out, style, r, n);
  BOOST_TEST(out.starts_with("before\n"));
  out.erase(0, 7);
  BOOST_TEST(std::ranges::count(out, '\n') == 1);
  BOOST_TEST(out.ends_with('\n'));
  out.pop_back();
  return out;
}

line_style some(line_format format, std::initializer_list<member> members) {
  line_style style{format, false, {}, every_line};
  for (const member m : members) style.members.add(m);
  return style;
}

line_style all_of(line_format format) { return {format, true, {}, every_line}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(observe)
BOOST_AUTO_TEST_SUITE(line)

BOOST_AUTO_TEST_CASE(the_default_is_json_with_all_members) {
  const exchange e;
  std::string json;
  append_json_line(json, e.happened, e.called);
  BOOST_TEST(written({}, e.happened, e.called) + '\n' == json);
}

BOOST_AUTO_TEST_CASE(every_member_chosen_is_the_same_as_none) {
  const exchange e;
  line_style style{line_format::json, false, {}, every_line};
  for (std::size_t i = 0; i < member_names.size(); ++i) style.members.add(static_cast<member>(i));
  BOOST_TEST(written(style, e.happened, e.called) == written({}, e.happened, e.called));
}

BOOST_AUTO_TEST_CASE(each_member_can_be_chosen_alone) {
  exchange e;
  e.happened.observed = errc::replay;
  for (std::size_t i = 0; i < member_names.size(); ++i) {
    const std::string name(member_names[i]);
    const auto m = static_cast<member>(i);
    const std::string json = written(some(line_format::json, {m}), e.happened, e.called);
    BOOST_TEST(is_json(json), json);
    BOOST_TEST(json.starts_with("{\"" + name + "\":"), json);
    BOOST_TEST(!json.starts_with("{\"" + name + "\":}"), json);
    const std::string logfmt = written(some(line_format::logfmt, {m}), e.happened, e.called);
    BOOST_TEST(logfmt.starts_with(name + "="), logfmt);
    BOOST_TEST(std::ranges::count(logfmt, '=') == 1, logfmt);
  }
}

BOOST_AUTO_TEST_CASE(chosen_members_stand_in_their_own_order_and_only_with_a_value) {
  const exchange e;
  const auto chosen = {member::status, member::reason, member::client, member::deprecated};
  BOOST_TEST(written(some(line_format::json, chosen), e.happened, e.called) ==
             R"({"client":"billing","status":200,"deprecated":true})");
  BOOST_TEST(written(some(line_format::logfmt, chosen), e.happened, e.called) ==
             "client=billing status=200 deprecated=true");
  BOOST_TEST(written(some(line_format::json, {member::reason}), e.happened) == "{}");
}

BOOST_AUTO_TEST_CASE(what_was_let_pass_says_so_and_what_for) {
  exchange e;
  e.happened.observed = errc::bad_signature;
  const auto chosen = {member::status, member::reason, member::why, member::observed};
  BOOST_TEST(
      written(some(line_format::json, chosen), e.happened) ==
      R"({"status":200,"reason":"bad_signature","why":"none of the client's secrets in force makes )"
      R"(this signature","observed":true})");
  BOOST_TEST(is_written(e.happened, 1));
  // What became of it in the end goes before.
  e.happened.refused = errc::upstream_timeout;
  BOOST_TEST(
      written(some(line_format::json, chosen), e.happened) ==
      R"({"status":200,"reason":"upstream_timeout","why":"the service did not answer within )"
      R"(timeouts.response","observed":true})");
}

BOOST_AUTO_TEST_CASE(logfmt_is_names_and_values) {
  const exchange e;
  BOOST_TEST(written(all_of(line_format::logfmt), e.happened, e.called) ==
             "time=2023-11-14T22:13:20.123456Z request_id=0123456789abcdef0123456789abcdef "
             "client_address=203.0.113.7 method=POST host=api.example.com path=/api/%20x "
             "route=orders client=billing version=1.0.0 secret=2026-01 status=200 delay_ms=1123 "
             "duration_ms=12.345 upstream_ms=12.040 gateway_ms=0.305 bytes_in=205 bytes_out=18 "
             "upstream=orders endpoint=127.0.0.1:9001 upstream_status=200 deprecated=true");
}

BOOST_AUTO_TEST_CASE(what_a_peer_sent_is_quoted_in_logfmt_where_it_could_be_more_than_a_value) {
  exchange e;
  const auto path = [&e](std::string_view text) {
    e.happened.path = text;
    return written(some(line_format::logfmt, {member::path}), e.happened);
  };
  BOOST_TEST(path("/a b") == R"(path="/a b")");
  BOOST_TEST(path("/a=b") == R"(path="/a=b")");
  BOOST_TEST(path("/\"") == R"(path="/\"")");
  BOOST_TEST(path("/\\") == R"(path="/\\")");
  BOOST_TEST(path("/\r\nstatus=200") == R"(path="/\r\nstatus=200")");
  BOOST_TEST(path({"/\0\x1b\x7f", 4}) == R"(path="/\u0000\u001b\u007f")");
  BOOST_TEST(path("/\xC3\xA9") == "path=\"/\xC3\xA9\"");
  BOOST_TEST(path("/\x80") == "path=\"/\xEF\xBF\xBD\"");
}

BOOST_AUTO_TEST_CASE(no_byte_of_a_peer_breaks_a_line_of_any_format) {
  for (int byte = 0; byte < 256; ++byte) {
    exchange e;
    const std::string text = std::string("/x") + static_cast<char>(byte) + "y\" z";
    e.happened.method = e.happened.host = e.happened.path = e.happened.version = text;
    e.sent.fields.clear();
    e.sent.fields.add("User-Agent", text);
    e.sent.fields.add("Referer", text);
    for (const line_format f : {line_format::json, line_format::combined, line_format::logfmt}) {
      const std::string line = written(all_of(f), e.happened, e.called);
      BOOST_TEST(std::ranges::all_of(line, [](unsigned char c) { return c >= ' ' && c != 0x7F; }),
                 line);
    }
    const line_style chosen = some(line_format::json, {member::path, member::host});
    BOOST_TEST(is_json(written(chosen, e.happened)));
  }
}

BOOST_AUTO_TEST_CASE(of_what_went_well_a_part_is_written_and_always_the_same) {
  exchange e;
  unsigned count = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    e.number(i);
    const bool is = is_written(e.happened, 100'000);
    BOOST_TEST(is_written(e.happened, 100'000) == is);
    if (is) BOOST_TEST(is_written(e.happened, 200'000));  // what is in a small part is in a larger
    count += is ? 1U : 0U;
  }
  BOOST_TEST(count > 850);
  BOOST_TEST(count < 1150);
  BOOST_TEST(is_written(e.happened, every_line));
}

BOOST_AUTO_TEST_CASE(what_was_refused_or_failed_is_always_written) {
  exchange e;
  unsigned written_ones = 0;
  for (unsigned i = 0; i < 100; ++i) {
    e.number(i);
    for (const unsigned status : {0U, 400U, 401U, 404U, 500U, 502U}) {
      e.happened.status = status;
      BOOST_TEST(is_written(e.happened, 1));
    }
    e.happened.status = 200;
    e.happened.refused = errc::upstream_invalid;  // broke off after its head
    BOOST_TEST(is_written(e.happened, 1));
    e.happened.refused.reset();
    for (const unsigned status : {200U, 204U, 304U, 399U}) {
      e.happened.status = status;
      written_ones += is_written(e.happened, 1) ? 1U : 0U;
    }
  }
  BOOST_TEST(written_ones == 0);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
