// SPDX-License-Identifier: Apache-2.0
#include "core/admission/answer.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/core/admission/answers.hpp"

namespace {

using namespace core;
using namespace tests::messages;
using base::errc;
using core::admission::outgoing;

/// The one policy of a gateway as configured above.
const admission::route_policy& policy_of(const gateway& g) { return g.rules.policies.front(); }

constexpr std::string_view old_client =
    "billing: {token: my_key, secret: 0123456789abcdef, versions: {deprecated_below: 1.2.0, "
    "deprecated_since: 2023-06-30, sunset: 2027-06-30}}";

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(answer)

BOOST_AUTO_TEST_CASE(a_handshakes_answer_says_what_follows) {
  gateway g;
  const messages::answer got =
      streamed(policy_of(g),
               {.status = 101,
                .fields = {{"Upgrade", "WebSocket"}, {"Sec-WebSocket-Accept", "x"}},
                .phrase = "Switching Protocols"},
               outgoing::websocket, facts_at(now));
  BOOST_TEST(got.status_line == "HTTP/1.1 101 Switching Protocols");
  const field_list wanted = {{"Sec-WebSocket-Accept", "x"},
                             {"Date", std::string(today)},
                             {"X-Request-Id", "f00df00df00df00d"},
                             {"Connection", "Upgrade"},
                             {"Upgrade", "websocket"}};
  BOOST_TEST((got.fields == wanted));
}

// ---- problem documents

BOOST_AUTO_TEST_CASE(a_problem_is_written_to_the_byte) {
  const messages::answer got = problem(errc::bad_signature, facts_at(now));
  BOOST_TEST(got.status_line == "HTTP/1.1 401 Unauthorized");
  const std::string body =
      R"({"type":"about:blank","title":"The message could not be authenticated","status":401,)"
      R"("code":"unauthenticated","request_id":"f00df00df00df00d"})";
  BOOST_TEST(got.body == body);
  const field_list wanted = {{"Date", std::string(today)},
                             {"X-Request-Id", "f00df00df00df00d"},
                             {"WWW-Authenticate", "laravel"},
                             {"Cache-Control", "no-store"},
                             {"Content-Type", "application/problem+json"},
                             {"Content-Length", std::to_string(body.size())}};
  BOOST_TEST((got.fields == wanted));
}

BOOST_AUTO_TEST_CASE(every_refusal_is_a_problem_document_with_the_same_members) {
  for (int i = 1; i <= static_cast<int>(base::last_errc); ++i) {
    const auto reason = static_cast<errc>(i);
    const auto wanted = ::core::admission::refusal_for(reason);
    if (wanted.status == 0) continue;
    const messages::answer got = problem(reason, facts_at(now));
    const auto document = boost::json::parse(got.body).as_object();
    BOOST_TEST(document.size() == 5U);
    BOOST_TEST(document.at("type").as_string() == "about:blank");
    BOOST_TEST(std::string_view(document.at("title").as_string()) == wanted.title);
    BOOST_TEST(document.at("status").as_int64() == static_cast<std::int64_t>(wanted.status));
    BOOST_TEST(std::string_view(document.at("code").as_string()) == wanted.code);
    BOOST_TEST(document.at("request_id").as_string() == "f00df00df00df00d");
    BOOST_TEST(got.status_line.starts_with("HTTP/1.1 " + std::to_string(wanted.status) + " "));
    BOOST_TEST(got.value("Content-Type") == "application/problem+json");
    BOOST_TEST(got.value("Content-Length") == std::to_string(got.body.size()));
    BOOST_TEST(got.value("Date") == today);
    BOOST_TEST(got.value("X-Request-Id") == "f00df00df00df00d");
  }
}

BOOST_AUTO_TEST_CASE(fields_that_belong_to_a_status_stand_with_it_alone) {
  for (int i = 1; i <= static_cast<int>(base::last_errc); ++i) {
    const auto reason = static_cast<errc>(i);
    const auto r = ::core::admission::refusal_for(reason);
    const messages::answer got = problem(reason, facts_at(now), "POST, PUT");
    BOOST_TEST(got.value("WWW-Authenticate") == (r.status == 401 ? "laravel" : "-"));
    BOOST_TEST(got.value("Cache-Control") == (r.status == 401 ? "no-store" : "-"));
    BOOST_TEST(got.value("Allow") == (r.status == 405 ? "POST, PUT" : "-"));
    BOOST_TEST(got.value("Retry-After") ==
               (r.retry_after != 0 ? std::to_string(r.retry_after) : "-"));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_says_so_if_the_connection_ends_after_it) {
  auto facts = facts_at(now);
  BOOST_TEST(problem(errc::no_route, facts).value("Connection") == "-");
  facts.close = true;
  BOOST_TEST(problem(errc::no_route, facts).value("Connection") == "close");
}

BOOST_AUTO_TEST_CASE(a_problem_for_head_has_the_fields_and_no_body) {
  auto facts = facts_at(now);
  const messages::answer whole = problem(errc::no_route, facts);
  facts.head_only = true;
  const messages::answer head = problem(errc::no_route, facts);
  BOOST_TEST((head.fields == whole.fields));
  BOOST_TEST(head.body == "");
}

// ---- streamed heads

BOOST_AUTO_TEST_CASE(each_way_of_framing_has_its_field) {
  gateway g;
  const auto framing = [&](outgoing how, const upstream_says& says) {
    const messages::answer got = streamed(policy_of(g), says, how, facts_at(now));
    return got.value("Content-Length") + " " + got.value("Transfer-Encoding");
  };
  const upstream_says sized{.fields = {{"Content-Length", "7"}}};
  const upstream_says chunked{.fields = {{"Transfer-Encoding", "chunked"}}};
  BOOST_TEST(framing(outgoing::length, sized) == "7 -");
  BOOST_TEST(framing(outgoing::chunked, chunked) == "- chunked");
  BOOST_TEST(framing(outgoing::chunked, {}) == "- chunked");
  BOOST_TEST(framing(outgoing::until_close, chunked) == "- -");
}

BOOST_AUTO_TEST_CASE(what_has_no_body_tells_the_length_it_would_have_had_but_204_never) {
  gateway g;
  const auto length = [&](const upstream_says& says) {
    return streamed(policy_of(g), says, outgoing::none, facts_at(now)).value("Content-Length");
  };
  BOOST_TEST(length({.fields = {{"Content-Length", "7"}}, .method = "HEAD"}) == "7");
  BOOST_TEST(length({.method = "HEAD"}) == "-");
  BOOST_TEST(length({.status = 304, .fields = {{"Content-Length", "7"}}}) == "7");
  BOOST_TEST(length({.status = 304}) == "-");
  BOOST_TEST(length({.status = 204, .fields = {{"Content-Length", "7"}}}) == "-");
  BOOST_TEST(length({.status = 204, .fields = {{"Content-Length", "0"}}}) == "-");
  BOOST_TEST(length({.status = 204, .fields = {{"Content-Length", "7"}}, .method = "HEAD"}) == "-");
}

BOOST_AUTO_TEST_CASE(the_status_line_is_the_upstreams_with_a_phrase_of_ours_where_it_has_none) {
  gateway g;
  const auto line = [&](unsigned status, const char* phrase) {
    return streamed(policy_of(g), {.status = status, .phrase = phrase}, outgoing::none,
                    facts_at(now))
        .status_line;
  };
  BOOST_TEST(line(201, "Made it") == "HTTP/1.1 201 Made it");
  BOOST_TEST(line(404, "") == "HTTP/1.1 404 Not Found");
  BOOST_TEST(line(299, "") == "HTTP/1.1 299 ");
}

BOOST_AUTO_TEST_CASE(an_answer_has_one_date_the_upstreams_or_ours) {
  gateway g;
  const auto date = [&](field_list fields) {
    return streamed(policy_of(g), {.fields = std::move(fields)}, outgoing::none, facts_at(now))
        .value("Date");
  };
  BOOST_TEST(date({}) == today);
  BOOST_TEST(date({{"date", "Mon, 13 Nov 2023 00:00:00 GMT"}}) == "Mon, 13 Nov 2023 00:00:00 GMT");
  BOOST_TEST(date({{"Date", "one"}, {"date", "two"}}) == "one");
}

BOOST_AUTO_TEST_CASE(the_upstreams_fields_pass_but_for_those_of_the_hop_and_ours) {
  gateway g;
  const messages::answer got = streamed(policy_of(g),
                                        {.fields = {{"Content-Type", "text/html"},
                                                    {"Set-Cookie", "a=1"},
                                                    {"set-cookie", "b=2"},
                                                    {"ETag", "\"x\""},
                                                    {"Connection", "X-Mine"},
                                                    {"x-mine", "1"},
                                                    {"Keep-Alive", "timeout=5"},
                                                    {"X-Request-Id", "theirs"},
                                                    {"X-Countersign-Observed", "no"},
                                                    {"Trailer", "X"},
                                                    {"Content-Length", "7"}}},
                                        outgoing::length, facts_at(now));
  const field_list wanted = {{"Content-Type", "text/html"}, {"Set-Cookie", "a=1"},
                             {"set-cookie", "b=2"},         {"ETag", "\"x\""},
                             {"Date", std::string(today)},  {"X-Request-Id", "f00df00df00df00d"},
                             {"Content-Length", "7"}};
  BOOST_TEST((got.fields == wanted));
}

// ---- versions that go away

BOOST_AUTO_TEST_CASE(a_deprecated_client_learns_it_from_every_answer) {
  gateway g(old_client);
  const passage p(g, laravel_client().sealed("{}"));
  BOOST_TEST_REQUIRE(p.end() == "reserved");
  auto facts = facts_at(now, &*p.opened);
  facts.deprecated = p.reserved->deprecated();
  const messages::answer passed = streamed(policy_of(g), {}, outgoing::none, facts);
  BOOST_TEST(passed.value("Deprecation") == "@1688083200");
  BOOST_TEST(passed.value("Sunset") == "Wed, 30 Jun 2027 00:00:00 GMT");
  const messages::answer refused = problem(errc::upstream_unreachable, facts);
  BOOST_TEST(refused.value("Deprecation") == "@1688083200");
  BOOST_TEST(refused.value("Sunset") == "Wed, 30 Jun 2027 00:00:00 GMT");

  facts.deprecated = false;
  BOOST_TEST(streamed(policy_of(g), {}, outgoing::none, facts).value("Deprecation") == "-");
  // Who is not proven learns nothing of anybody's versions.
  auto stranger = facts_at(now);
  stranger.deprecated = true;
  BOOST_TEST(problem(errc::bad_signature, stranger).value("Deprecation") == "-");
  BOOST_TEST(problem(errc::bad_signature, stranger).value("Sunset") == "-");
}

BOOST_AUTO_TEST_CASE(a_deprecation_without_dates_is_of_now_and_has_no_sunset) {
  gateway g("billing: {token: my_key, secret: 0123456789abcdef, versions: {deprecated_below: 2}}");
  const passage p(g, laravel_client().sealed("{}"));
  auto facts = facts_at(now, &*p.opened);
  facts.deprecated = true;
  const messages::answer got = streamed(policy_of(g), {}, outgoing::none, facts);
  BOOST_TEST(got.value("Deprecation") == "@1700000000");
  BOOST_TEST(got.value("Sunset") == "-");
}

BOOST_AUTO_TEST_CASE(what_the_gateway_says_of_a_version_replaces_what_the_upstream_says) {
  gateway g(old_client);
  const passage p(g, laravel_client().sealed("{}"));
  auto facts = facts_at(now, &*p.opened);
  const upstream_says says{
      .fields = {{"deprecation", "@1"}, {"SUNSET", "never"}, {"ETag", "\"x\""}}};
  BOOST_TEST(streamed(policy_of(g), says, outgoing::none, facts).value("Deprecation") == "@1");
  BOOST_TEST(streamed(policy_of(g), says, outgoing::none, facts).value("Sunset") == "never");
  facts.deprecated = true;
  const messages::answer got = streamed(policy_of(g), says, outgoing::none, facts);
  BOOST_TEST(got.value("Deprecation") == "@1688083200");
  BOOST_TEST(got.value("Sunset") == "Wed, 30 Jun 2027 00:00:00 GMT");
  BOOST_TEST(got.value("ETag") == "\"x\"");
}

// ---- gathered or streamed

BOOST_AUTO_TEST_CASE(answers_are_gathered_where_they_are_sealed_or_signed_only) {
  const auto gathers = [](const char* reply) {
    gateway g = with_route(reply);
    const passage p(g, laravel_client().sealed("{}"));
    return ::core::admission::gathers_reply(*p.opened);
  };
  BOOST_TEST(!gathers("bodyless: refuse"));
  BOOST_TEST(!gathers("reply: {sign: false, seal: false}"));
  BOOST_TEST(gathers("reply: {sign: true}"));
  BOOST_TEST(gathers("reply: {seal: true}"));
  BOOST_TEST(gathers("reply: {sign: true, seal: true}"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
