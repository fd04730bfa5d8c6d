// SPDX-License-Identifier: Apache-2.0
#include "core/admission/stages.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/core/admission/messages.hpp"

namespace {

using namespace core;
namespace steps = core::admission;
using namespace tests::messages;

constexpr std::string_view two_versions =
    "{name: new, path: /api/, client_version: '>=2.0.0', methods: [POST], bodyless: safe, "
    "scheme: laravel, upstream: orders}, "
    "{name: old, path: /api/, methods: [POST, GET], bodyless: safe, scheme: laravel, "
    "upstream: orders}";

/// The route's name, or where the way ended before there was one.
std::string route_of(gateway& g, message m) {
  const passage p(g, std::move(m));
  return p.route ? p.route->policy().settings.name : p.end();
}

message of_version(std::string version, std::string method = "POST") {
  message m = laravel_client().bare(std::move(method));
  return m.set("version", std::move(version));
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(stages)

BOOST_AUTO_TEST_CASE(an_honest_message_passes_every_step) {
  gateway g;
  const passage p(g, laravel_client().sealed(R"({"id":7})"));
  BOOST_TEST_REQUIRE(p.end() == "reserved");
  BOOST_TEST(p.arrived->framing().host == "api.example.com");
  BOOST_TEST(p.arrived->target().path == "/api/orders");
  BOOST_TEST((p.arrived->now() == base::from_unix_seconds(now)));
  BOOST_TEST(p.route->policy().settings.name == "orders");
  BOOST_TEST(p.claim->claim().token == "my_key");
  BOOST_TEST(p.claim->claim().version == "1.0.0");
  BOOST_TEST(p.claim->claim().timestamp == now);
  BOOST_TEST(p.proof->client->id == "billing");
  BOOST_TEST(p.reserved->client().id == "billing");
  BOOST_TEST((&p.reserved->key() == p.reserved->client().generations.data()));
  BOOST_TEST((p.proof->key == &p.reserved->key()));
  BOOST_TEST(p.reserved->has_plaintext());
  BOOST_TEST(p.reserved->content() == R"({"id":7})");
  BOOST_TEST(p.reserved->content_is_json());
  BOOST_TEST(!p.reserved->deprecated());
}

// ---- arrive

BOOST_AUTO_TEST_CASE(a_target_over_the_limit_is_refused_and_one_at_the_limit_is_not) {
  gateway g(one_client, plain_route, "limits: {target_bytes: 64}");
  message m = laravel_client().sealed("{}");
  m.target = "/api/" + std::string(59, 'x');
  BOOST_TEST(end_of(g, m) == "reserved");
  m.target += 'x';
  BOOST_TEST(end_of(g, m) == "arrive: target_too_long");
  // The size is said before anything else about the head.
  m.add("Host", "two");
  BOOST_TEST(end_of(g, m) == "arrive: target_too_long");
}

BOOST_AUTO_TEST_CASE(a_head_that_can_be_read_in_two_ways_is_refused) {
  gateway g;
  const laravel_client client;
  const auto end = [&](auto change) {
    message m = client.sealed("{}");
    change(m);
    return end_of(g, m);
  };
  BOOST_TEST(end([](message& m) { m.add("Content-Length", "3"); }) == "arrive: bad_framing");
  BOOST_TEST(end([](message& m) { m.set("Content-Length", "+5"); }) == "arrive: bad_framing");
  BOOST_TEST(end([](message& m) { m.add("Transfer-Encoding", "chunked"); }) ==
             "arrive: bad_framing");
  BOOST_TEST(end([](message& m) { m.drop("Host"); }) == "arrive: bad_host");
  BOOST_TEST(end([](message& m) { m.add("host", "api.example.com"); }) == "arrive: bad_host");
  BOOST_TEST(end([](message& m) { m.minor_version = 2; }) == "arrive: http_version");
  BOOST_TEST(end([](message& m) { m.add("a b", "c"); }) == "arrive: bad_http");
  BOOST_TEST(end([](message& m) { m.method = "TRACE"; }) == "arrive: unknown_method");
  BOOST_TEST(end([](message& m) { m.method = "post"; }) == "arrive: unknown_method");
  BOOST_TEST(end([](message& m) { m.add("Expect", "200-ok"); }) == "arrive: expectation_failed");
}

BOOST_AUTO_TEST_CASE(a_target_that_could_mean_another_path_is_refused) {
  gateway g;
  for (const char* target :
       {"", "api/orders", "http://api.example.com/api/orders", "*", "/api/../open", "/api/%2e%2e/",
        "/api//orders", "/api/%2Forders", "/api%2F../open", "/api/%5c", "/api\\orders", "/api/%00",
        "/api/#x", "/api/\x80", "/api/a b", "/api/%zz"}) {
    message m = laravel_client().sealed("{}");
    m.target = target;
    BOOST_TEST(end_of(g, m) == "arrive: bad_target", target);
  }
}

// ---- find_route

BOOST_AUTO_TEST_CASE(what_no_route_is_for_is_refused) {
  gateway g(
      one_client,
      "{name: orders, host: api.example.com, path: /api/, scheme: laravel, upstream: orders}");
  message m = laravel_client().sealed("{}");
  BOOST_TEST(end_of(g, m) == "reserved");
  m.target = "/apis/orders";
  BOOST_TEST(end_of(g, m) == "find_route: no_route");
  m.target = "/api/orders";
  m.set("Host", "other.example.com");
  BOOST_TEST(end_of(g, m) == "find_route: no_route");
  BOOST_TEST(steps::allowed_methods(*passage(g, m).arrived, g.rules) == "");
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_passes_where_the_route_allows_it) {
  const auto end = [](gateway& g, const char* target) {
    message m = laravel_client().sealed("{}");
    m.target = target;
    return end_of(g, m);
  };
  gateway strict;
  BOOST_TEST(end(strict, "/api/group%2Forder") == "find_route: bad_target");
  BOOST_TEST(end(strict, "/other%2Forder") == "find_route: bad_target");
  gateway g(
      one_client,
      "{name: orders, path: /api/, scheme: laravel, upstream: orders, "
      "allow_encoded_slash: true}, "
      "{name: keys, path: /api/keys/, scheme: laravel, upstream: orders}, "
      "{name: one, path: =/one, scheme: laravel, upstream: orders, allow_encoded_slash: true}");
  BOOST_TEST(end(g, "/api/group%2Forder") == "reserved");
  BOOST_TEST(end(g, "/api/group%2Forder/a%2fb?c=%2F") == "reserved");
  // For a service that decodes it this is another route's, or none's.
  for (const char* target : {"/api/keys%2Forder", "/api%2Forders", "/api%2fkeys/x", "/one%2Fx"})
    BOOST_TEST(end(g, target) == "find_route: bad_target", target);
  BOOST_TEST(end(g, "/api/keys/a%2Fb") == "find_route: bad_target");
  BOOST_TEST(end(g, "/api/..%2Forders") == "arrive: bad_target");
}

BOOST_AUTO_TEST_CASE(a_wider_route_opens_no_way_into_a_narrower_one) {
  gateway g(one_client,
            "{name: open, path: /, scheme: none, upstream: orders, allow_encoded_slash: true}, "
            "{name: orders, path: /api/, scheme: laravel, upstream: orders}");
  BOOST_TEST(end_of(g, laravel_client().bare("GET", "/files/a%2Fb")) == "waived");
  BOOST_TEST(end_of(g, laravel_client().bare("GET", "/a;b/c%20d")) == "waived");
  for (const char* target : {"/api%2Forders", "/%61pi/orders", "/%61pi%2Forders", "/api;x/orders",
                             "/;x/api/orders", "/;%2Fapi/orders", "/api%3bx/orders", "/%61pi;/x"})
    BOOST_TEST(end_of(g, laravel_client().bare("GET", target)) == "find_route: bad_target", target);
}

BOOST_AUTO_TEST_CASE(a_method_the_route_does_not_take_is_refused_and_the_others_are_named) {
  gateway g = with_route("methods: [POST, PATCH]");
  const passage p(g, laravel_client().bare("GET"));
  BOOST_TEST(p.end() == "find_route: method_not_allowed");
  BOOST_TEST(steps::allowed_methods(*p.arrived, g.rules) == "POST, PATCH");
}

BOOST_AUTO_TEST_CASE(a_path_that_matches_never_falls_through_to_another_route) {
  gateway g(one_client,
            "{name: open, path: /, scheme: none, upstream: orders}, "
            "{name: orders, path: /api/, methods: [POST], scheme: laravel, upstream: orders}");
  BOOST_TEST(route_of(g, laravel_client().bare("GET")) == "find_route: method_not_allowed");
  BOOST_TEST(end_of(g, laravel_client().bare("GET", "/other")) == "waived");
}

BOOST_AUTO_TEST_CASE(the_version_picks_among_the_routes_of_one_path) {
  gateway g(one_client, two_versions);
  BOOST_TEST(route_of(g, of_version("2.0.0")) == "new");
  BOOST_TEST(route_of(g, of_version("2.0.0-rc.1")) == "old");
  BOOST_TEST(route_of(g, of_version("1.9.9")) == "old");
  // A method that only the other version's route takes is that one's.
  BOOST_TEST(route_of(g, of_version("2.1.0", "GET")) == "old");
  const passage p(g, of_version("2.1.0", "DELETE"));
  BOOST_TEST(p.end() == "find_route: method_not_allowed");
  BOOST_TEST(steps::allowed_methods(*p.arrived, g.rules) == "POST, GET");
}

BOOST_AUTO_TEST_CASE(a_version_no_route_takes_is_refused) {
  gateway g = with_route("client_version: '>=2.0.0'");
  BOOST_TEST(end_of(g, of_version("1.0.0")) == "prove: version_rejected");
  BOOST_TEST(end_of(g, of_version("2.0.0")) == "open: missing_payload");
}

BOOST_AUTO_TEST_CASE(a_version_that_is_not_one_routes_as_none_and_is_refused_afterwards) {
  gateway g(one_client, two_versions);
  message twice = of_version("2.0.0").add("Version", "2.0.0");
  BOOST_TEST(route_of(g, twice) == "old");
  BOOST_TEST(end_of(g, twice) == "inspect: duplicate_field");
  BOOST_TEST(route_of(g, of_version("2.0.0 ")) == "old");
  BOOST_TEST(end_of(g, of_version("2.0.0 ")) == "inspect: malformed_field");
  message absent = of_version("").drop("version");
  BOOST_TEST(route_of(g, absent) == "old");
  BOOST_TEST(end_of(g, absent) == "inspect: missing_field");

  gateway only_new = with_route("client_version: '>=2.0.0'");
  BOOST_TEST(end_of(only_new, twice) == "inspect: duplicate_field");
}

BOOST_AUTO_TEST_CASE(the_version_is_read_where_the_routes_scheme_says) {
  gateway g(one_client,
            "{name: new, path: /api/, client_version: '>=2', scheme: renamed, upstream: orders}, "
            "{name: old, path: /api/, scheme: renamed, upstream: orders}",
            "schemes: {renamed: {preset: laravel, headers: {version: X-App}}}");
  message m = of_version("3.0.0");
  BOOST_TEST(route_of(g, m) == "old");
  BOOST_TEST(route_of(g, m.add("x-app", "2.0.0")) == "new");
}

// ---- waive

BOOST_AUTO_TEST_CASE(only_a_route_that_says_none_waives) {
  gateway g(one_client, "{name: open, path: /open/, scheme: none, upstream: orders}, " +
                            std::string(plain_route));
  message m;
  m.fields = {{"Host", "x"}};
  m.target = "/open/door";
  BOOST_TEST(end_of(g, m) == "waived");
  m.target = "/api/door";
  BOOST_TEST(end_of(g, m) == "inspect: missing_credential");
  // Also for one that would be genuine elsewhere, and one that is not.
  message genuine = laravel_client().sealed("{}");
  const passage p(g, genuine);
  BOOST_TEST(!p.waived);
  genuine.target = "/open/door";
  BOOST_TEST(end_of(g, genuine) == "waived");
  BOOST_TEST(end_of(g, genuine.set("signature", "x")) == "waived");
}

BOOST_AUTO_TEST_CASE(nothing_is_inspected_where_there_is_no_scheme) {
  gateway g(one_client, "{name: open, path: /open/, scheme: none, upstream: orders}, " +
                            std::string(plain_route));
  const passage p(g, laravel_client().bare("GET", "/open/"));
  BOOST_TEST((steps::inspect(*p.route).error() == base::errc::internal));
}

// ---- inspect

BOOST_AUTO_TEST_CASE(a_credential_that_is_absent_partial_repeated_or_malformed_is_refused) {
  gateway g;
  const laravel_client client;
  message none = client.sealed("{}");
  for (const char* name : {"timestamp", "version", "token", "signature"}) {
    none.drop(name);
    message partial = client.sealed("{}");
    BOOST_TEST(end_of(g, partial.drop(name)) == "inspect: missing_field", name);
    message twice = client.sealed("{}");
    BOOST_TEST(end_of(g, twice.add(name, "1")) == "inspect: duplicate_field", name);
    message malformed = client.sealed("{}");
    BOOST_TEST(end_of(g, malformed.set(name, "")) == "inspect: malformed_field", name);
  }
  BOOST_TEST(end_of(g, none) == "inspect: missing_credential");
}

BOOST_AUTO_TEST_CASE(a_credential_in_another_place_is_none) {
  gateway g;
  const laravel_client client;
  message m = client.sealed("{}");
  std::string query = "?";
  std::string cookie;
  for (const char* name : {"timestamp", "version", "token", "signature"}) {
    const auto found =
        std::ranges::find_if(m.fields, [&](const auto& f) { return f.first == name; });
    query.append(name).append("=").append(found->second).append("&");
    cookie.append(name).append("=").append(found->second).append("; ");
    m.drop(name);
  }
  message in_query = m;
  in_query.target += query;
  BOOST_TEST(end_of(g, in_query) == "inspect: missing_credential");
  BOOST_TEST(end_of(g, m.add("Cookie", cookie)) == "inspect: missing_credential");
}

// ---- prove

BOOST_AUTO_TEST_CASE(both_edges_of_the_window_belong_to_it) {
  gateway g;
  const laravel_client client;
  const auto end = [&](std::int64_t stamp) { return end_of(g, client.sealed("{}", stamp)); };
  BOOST_TEST(end(now - 301) == "prove: stale");
  BOOST_TEST(end(now - 300) == "reserved");
  BOOST_TEST(end(now + 60) == "reserved");
  BOOST_TEST(end(now + 61) == "prove: future");
  BOOST_TEST(end(0) == "prove: stale");
  BOOST_TEST(end(99999999999) == "prove: future");

  gateway narrow(one_client, plain_route, "replay: {window: 10s, future: 5s}");
  BOOST_TEST(end_of(narrow, client.sealed("{}", now - 11)) == "prove: stale");
  BOOST_TEST(end_of(narrow, client.sealed("{}", now - 10)) == "reserved");
  BOOST_TEST(end_of(narrow, client.sealed("{}", now + 5)) == "reserved");
  BOOST_TEST(end_of(narrow, client.sealed("{}", now + 6)) == "prove: future");
}

BOOST_AUTO_TEST_CASE(a_fresh_stamp_on_an_old_signature_is_a_bad_signature) {
  gateway g;
  message m = laravel_client().sealed("{}", now - 5000);
  BOOST_TEST(end_of(g, m) == "prove: stale");
  BOOST_TEST(end_of(g, m.set("timestamp", std::to_string(now))) == "prove: bad_signature");
}

BOOST_AUTO_TEST_CASE(who_is_unknown_disabled_out_of_force_or_wrong_is_refused) {
  gateway g(
      "billing: {token: my_key, secret: 0123456789abcdef}, "
      "gone: {token: gone, secret: gone-gone-gone-0, enabled: false}, "
      "late: {token: late, secrets: [{id: a, value: late-late-late-0, until: 2023-11-14}]}",
      plain_route);
  laravel_client client;
  client.token = "nobody";
  BOOST_TEST(end_of(g, client.sealed("{}")) == "prove: unknown_client");
  client = {.token = "gone", .secret = "gone-gone-gone-0"};
  BOOST_TEST(end_of(g, client.sealed("{}")) == "prove: client_disabled");
  client = {.token = "late", .secret = "late-late-late-0"};
  BOOST_TEST(end_of(g, client.sealed("{}")) == "prove: no_secret_in_force");
  client = {.token = "my_key", .secret = "another-secret-0"};
  BOOST_TEST(end_of(g, client.sealed("{}")) == "prove: bad_signature");
  // The token of one client and the secret of another.
  client = {.token = "my_key", .secret = "gone-gone-gone-0"};
  BOOST_TEST(end_of(g, client.sealed("{}")) == "prove: bad_signature");
  // The window is said first, whoever it is.
  client = {.token = "nobody"};
  BOOST_TEST(end_of(g, client.sealed("{}", now - 301)) == "prove: stale");
}

BOOST_AUTO_TEST_CASE(the_record_learns_whose_signature_a_stale_message_has) {
  gateway g(
      "billing: {token: my_key, secret: 0123456789abcdef}, "
      "gone: {token: gone, secret: gone-gone-gone-0, enabled: false}",
      plain_route);
  laravel_client client;
  const passage genuine(g, client.sealed("{}", now - 301));
  BOOST_TEST_REQUIRE(genuine.end() == "prove: stale");
  BOOST_TEST(genuine.proof->client->id == "billing");
  BOOST_TEST((genuine.proof->key == genuine.proof->client->generations.data()));

  message forged = client.sealed("{}", now - 301);
  const passage p(g, forged.set("signature", std::string(64, '0')));
  BOOST_TEST(p.proof->client->id == "billing");
  BOOST_TEST((p.proof->key == nullptr));

  client = {.token = "gone", .secret = "gone-gone-gone-0"};
  const passage disabled(g, client.sealed("{}"));
  BOOST_TEST(disabled.proof->client->id == "gone");
  BOOST_TEST((disabled.proof->key == nullptr));

  client = {.token = "nobody"};
  const passage unknown(g, client.sealed("{}"));
  BOOST_TEST((unknown.proof->client == nullptr));
  BOOST_TEST((unknown.proof->key == nullptr));
}

BOOST_AUTO_TEST_CASE(every_secret_in_force_is_tried_and_the_one_that_matched_is_named) {
  gateway g(
      "billing: {token: my_key, secrets: ["
      "{id: next, value: next-next-next-0, from: 2023-11-14T22:13:20Z}, "
      "{id: this, value: 0123456789abcdef}, "
      "{id: last, value: last-last-last-0, until: 2023-11-14T22:13:20Z}]}",
      plain_route);
  const auto outcome = [&](std::string_view secret, std::int64_t at) {
    const passage p(g, laravel_client{.secret = std::string(secret)}.sealed("{}", at), at);
    return p.reserved ? p.reserved->key().id : p.end();
  };
  BOOST_TEST(outcome(secret16, now - 1) == "this");
  BOOST_TEST(outcome(secret16, now) == "this");
  // From: in force in its first second. Until: no longer in that very second.
  BOOST_TEST(outcome("next-next-next-0", now - 1) == "prove: bad_signature");
  BOOST_TEST(outcome("next-next-next-0", now) == "next");
  BOOST_TEST(outcome("last-last-last-0", now - 1) == "last");
  BOOST_TEST(outcome("last-last-last-0", now) == "prove: bad_signature");
}

BOOST_AUTO_TEST_CASE(a_client_whose_secret_opens_other_doors_is_nobody_here) {
  gateway g(
      "billing: {token: my_key, secret: 0123456789abcdef, schemes: [legacy]}, "
      "second: {token: other, secret: fedcba9876543210}",
      std::string(plain_route) + ", {name: old, path: /old/, scheme: legacy, upstream: orders}",
      "schemes: {legacy: {preset: laravel}}");
  const laravel_client client;
  message m = client.sealed("{}");
  const passage p(g, m);
  BOOST_TEST(p.end() == "prove: unknown_client");
  BOOST_TEST(p.proof->client->id == "billing");
  BOOST_TEST((p.proof->key == nullptr));
  m.target = "/old/orders";
  BOOST_TEST(end_of(g, m) == "reserved");
  // One that names no schemes opens all.
  message other = laravel_client{.token = "other", .secret = "fedcba9876543210"}.sealed("{}");
  BOOST_TEST(end_of(g, other) == "reserved");
  other.target = "/old/orders";
  BOOST_TEST(end_of(g, other) == "reserved");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
