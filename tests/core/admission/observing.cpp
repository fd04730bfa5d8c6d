// SPDX-License-Identifier: Apache-2.0
#include "core/admission/observing.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <type_traits>

#include "core/admission/refusal.hpp"
#include "tests/core/admission/answers.hpp"

namespace {

using namespace core;
namespace steps = core::admission;
using base::errc;
using namespace tests::messages;

// Only observe() makes one, and only of one, or of what a stage has made, is a message cleared.
static_assert(!std::is_constructible_v<steps::observed, steps::routed, errc>);
static_assert(!std::is_constructible_v<steps::observed, steps::routed>);
static_assert(!std::is_default_constructible_v<steps::observed>);
static_assert(!std::is_constructible_v<steps::cleared, steps::routed, std::string_view>);
static_assert(!std::is_convertible_v<steps::observed, steps::waived>);
static_assert(!std::is_convertible_v<steps::observed, steps::reserved>);

constexpr std::string_view strict_client =
    "billing: {token: my_key, secret: 0123456789abcdef}, "
    "shop: {secret: fedcba9876543210, mode: enforce}";
constexpr std::string_view fresh_trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

/// What the route lets this message pass for, or "refused", or where else its way ends.
std::string outcome(gateway& g, message m, std::int64_t when = now,
                    replay::verdict answer = replay::verdict::fresh) {
  const passage p(g, std::move(m), when, {}, answer);
  if (!p.reason() || !p.route) return p.end();
  const auto observed = steps::observe(*p.route, *p.reason());
  if (!observed) return "refused";
  BOOST_TEST((observed->reason() == *p.reason()));
  return std::string(base::name(observed->reason()));
}

laravel_client shop() {
  laravel_client c;
  c.token = "shop";
  c.secret = "fedcba9876543210";
  return c;
}

answer head_of_observed(gateway& g, message m) {
  const passage p(g, std::move(m));
  BOOST_TEST_REQUIRE(p.reason().has_value());
  const auto observed = steps::observe(*p.route, *p.reason());
  BOOST_TEST_REQUIRE(observed.has_value());
  std::string out = "what stood there before";
  steps::write_upstream_head(out, steps::cleared(*observed, p.sent().body),
                             {"127.0.0.1:9001", peer, "f00df00df00df00d", fresh_trace});
  return answer(out);
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(observing)

BOOST_AUTO_TEST_CASE(what_lacks_proof_is_waived_and_nothing_else) {
  const std::set<errc> waived{errc::missing_credential,
                              errc::missing_field,
                              errc::malformed_field,
                              errc::duplicate_field,
                              errc::not_covered,
                              errc::missing_payload,
                              errc::stale,
                              errc::future,
                              errc::unknown_client,
                              errc::client_disabled,
                              errc::no_secret_in_force,
                              errc::unknown_alg,
                              errc::bad_signature,
                              errc::bad_digest,
                              errc::unsupported_content,
                              errc::bad_payload,
                              errc::bad_mac,
                              errc::decrypt_failed,
                              errc::version_rejected,
                              errc::replay,
                              errc::replay_store_full,
                              errc::replay_store_unavailable};
  for (const bool observes : {true, false}) {
    gateway g = with_route(observes ? "mode: observe" : "mode: enforce");
    const passage p(g, laravel_client().bare("POST"));
    for (int i = 1; i <= static_cast<int>(::core::base::last_errc); ++i) {
      const errc reason = static_cast<errc>(i);
      BOOST_TEST(steps::is_waivable(reason) == waived.contains(reason), ::core::base::name(reason));
      BOOST_TEST(
          steps::observe(*p.route, reason).has_value() == (observes && waived.contains(reason)),
          ::core::base::name(reason));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_proven_is_treated_as_anywhere_else) {
  gateway g = with_route("mode: observe");
  const passage p(g, laravel_client().sealed(R"({"id":7})"));
  BOOST_TEST_REQUIRE(p.end() == "reserved");
  BOOST_TEST(p.reserved->content() == R"({"id":7})");
  BOOST_TEST(p.reserved->mark().has_value());
  BOOST_TEST(outcome(g, laravel_client().sealed("no JSON")) == "refused");
}

BOOST_AUTO_TEST_CASE(every_kind_of_want_is_let_pass) {
  gateway g = with_route("mode: observe");
  const laravel_client honest;
  laravel_client forger;
  forger.secret = "ABCDEFGHIJKLMNOP";
  laravel_client stranger;
  stranger.token = "nobody";
  message bare;
  bare.fields = {{"Host", "x"}};
  BOOST_TEST(outcome(g, bare) == "missing_credential");
  BOOST_TEST(outcome(g, honest.sealed("{}").drop("version")) == "missing_field");
  BOOST_TEST(outcome(g, honest.sealed("{}").set("timestamp", "1e9")) == "malformed_field");
  BOOST_TEST(outcome(g, honest.sealed("{}").add("token", "my_key")) == "duplicate_field");
  BOOST_TEST(outcome(g, honest.bare("POST")) == "missing_payload");
  BOOST_TEST(outcome(g, honest.sealed("{}"), now + 301) == "stale");
  BOOST_TEST(outcome(g, honest.sealed("{}"), now - 61) == "future");
  BOOST_TEST(outcome(g, stranger.sealed("{}")) == "unknown_client");
  BOOST_TEST(outcome(g, forger.sealed("{}")) == "bad_signature");
  laravel_client other_key;
  other_key.key = "ABCDEFGHIJKLMNOP";
  BOOST_TEST(outcome(g, other_key.sealed("{}")) == "bad_mac");
  BOOST_TEST(outcome(g, honest.carrying("e30=")) == "bad_payload");
  BOOST_TEST(outcome(g, honest.sealed("{}").add("Content-Encoding", "br")) ==
             "unsupported_content");
  using replay::verdict;
  BOOST_TEST(outcome(g, honest.sealed("{}"), now, verdict::seen) == "replay");
  BOOST_TEST(outcome(g, honest.sealed("{}"), now, verdict::full) == "replay_store_full");
  BOOST_TEST(outcome(g, honest.sealed("{}"), now, verdict::unavailable) ==
             "replay_store_unavailable");
}

BOOST_AUTO_TEST_CASE(what_a_proven_client_may_not_do_is_refused) {
  gateway elsewhere = with_route(
      "mode: observe", "billing: {token: my_key, secret: 0123456789abcdef, addresses: 10.0.0.1}");
  BOOST_TEST(outcome(elsewhere, laravel_client().sealed("{}")) == "refused");
  gateway other("billing: {token: my_key, secret: 0123456789abcdef, routes: [else]}",
                "{name: orders, path: /api/, scheme: laravel, upstream: orders, mode: observe}, "
                "{name: else, path: /else/, scheme: laravel, upstream: orders}");
  BOOST_TEST(outcome(other, laravel_client().sealed("{}")) == "refused");
}

BOOST_AUTO_TEST_CASE(a_client_that_is_enforced_is_so_by_name) {
  gateway g = with_route("mode: observe", strict_client);
  laravel_client forger = shop();
  forger.secret = "ABCDEFGHIJKLMNOP";
  BOOST_TEST(outcome(g, shop().sealed("{}")) == "reserved");
  BOOST_TEST(outcome(g, forger.sealed("{}")) == "refused");
  BOOST_TEST(outcome(g, shop().sealed("{}"), now + 301) == "refused");
  BOOST_TEST(outcome(g, shop().sealed("{}"), now, replay::verdict::seen) == "refused");
  // Also where nothing but the name can be read.
  BOOST_TEST(outcome(g, shop().sealed("{}").drop("signature")) == "refused");
  BOOST_TEST(outcome(g, shop().sealed("{}").set("signature", "?")) == "refused");
  BOOST_TEST(outcome(g, laravel_client().sealed("{}").add("Token", "shop")) == "refused");
  // Who says another name, or none, is as anybody.
  forger.token = "my_key";
  BOOST_TEST(outcome(g, forger.sealed("{}")) == "bad_signature");
  BOOST_TEST(outcome(g, forger.sealed("{}").drop("token")) == "missing_field");
}

BOOST_AUTO_TEST_CASE(a_client_that_is_enforced_is_so_by_every_scheme) {
  constexpr std::string_view clients =
      "shop: {secret: fedcba9876543210, mode: enforce}, open: {secret: 0123456789abcdef}, "
      "hook: {secret: 0123456789abcdeX, mode: enforce}";
  gateway g(clients,
            "{path: /signed/, scheme: rfc9421, upstream: orders, mode: observe}, "
            "{path: /small/, scheme: gw1, upstream: orders, mode: observe}, "
            "{path: /hook/, scheme: github, client: hook, upstream: orders, mode: observe}");
  const auto sent = [&g](std::string target, field_list fields) {
    message m;
    m.target = std::move(target);
    m.fields = std::move(fields);
    m.add("Host", "x");
    return outcome(g, std::move(m));
  };
  const auto signed_by = [&](std::string_view keyid, std::string_view rest) {
    return sent("/signed/", {{"Signature-Input", "a=(\"@method\");keyid=\"" + std::string(keyid) +
                                                     "\";tag=\"gw\"" + std::string(rest)},
                             {"Signature", "a=:AAAA:"}});
  };
  BOOST_TEST(signed_by("open", "") == "missing_field");
  BOOST_TEST(signed_by("shop", "") == "refused");
  BOOST_TEST(signed_by("open", ", b=(\"@path\");keyid=\"shop\"") == "refused");
  BOOST_TEST(signed_by("open", ";keyid") == "malformed_field");
  BOOST_TEST(sent("/signed/", {}) == "missing_credential");
  const auto small = [&](std::string_view token) {
    return sent("/small/", {{"X-Auth-Token", std::string(token)}});
  };
  BOOST_TEST(small("open") == "missing_field");
  BOOST_TEST(small("shop") == "refused");
  // The route says whose messages these are.
  BOOST_TEST(sent("/hook/", {}) == "refused");
}

BOOST_AUTO_TEST_CASE(a_version_that_no_route_takes_goes_where_its_method_is_taken) {
  constexpr std::string_view routes =
      "{name: new, path: /api/, client_version: '>=2.0.0', methods: [POST], scheme: laravel, "
      "upstream: orders, mode: observe}, "
      "{name: old, path: /api/, client_version: '>=1.5.0 <2.0.0', methods: [PUT], scheme: laravel, "
      "upstream: orders, mode: observe}";
  gateway g(one_client, routes);
  for (const auto& [method, route] : {std::pair{"POST", "new"}, {"PUT", "old"}}) {
    message m = laravel_client().sealed("{}");
    m.method = method;
    const passage p(g, m);
    BOOST_TEST(p.end() == "prove: version_rejected");
    const auto observed = steps::observe(*p.route, *p.reason());
    BOOST_TEST_REQUIRE(observed.has_value());
    BOOST_TEST(observed->policy().settings.name == route);
  }
  BOOST_TEST(outcome(g, laravel_client().bare("DELETE")) == "refused");
}

BOOST_AUTO_TEST_CASE(it_goes_on_as_it_came_for_nobody) {
  gateway g = with_route("mode: observe, rewrite: {strip_prefix: /api}, reply: {seal: true}");
  message m = laravel_client().carrying("sealed otherwise");
  m.target = "/api/door?x=%20";
  m.add("Content-Encoding", "br").add("X-Mine", "1").add("Accept-Encoding", "br");
  m.add("X-Client-Id", "evil").add("X-Countersign-Observed", "replay");
  m.add("x-countersign_observed", "replay").add("X-COUNTERSIGN-OBSERVED", "replay");
  const messages::answer got = head_of_observed(g, m);
  BOOST_TEST(got.status_line == "POST /door?x=%20 HTTP/1.1");
  const field_list wanted = {{"Host", "127.0.0.1:9001"},
                             {"Content-Type", "application/x-www-form-urlencoded"},
                             {"Content-Encoding", "br"},
                             {"X-Mine", "1"},
                             {"Accept-Encoding", "br"},
                             {"X-Countersign-Observed", "unsupported_content"},
                             {"X-Request-Id", "f00df00df00df00d"},
                             {"X-Forwarded-For", "192.0.2.7"},
                             {"X-Forwarded-Proto", "http"},
                             {"X-Forwarded-Host", "api.example.com"},
                             {"traceparent", std::string(fresh_trace)},
                             {"Content-Length", std::to_string(m.body.size())}};
  BOOST_TEST((got.fields == wanted));
}

BOOST_AUTO_TEST_CASE(a_list_of_fields_holds_for_it_and_what_is_covered_has_no_meaning) {
  gateway listed = with_route("mode: observe, forward: [Accept]");
  message m = laravel_client().bare("POST");
  m.add("Content-Type", "text/plain").add("Accept", "*/*").add("X-Mine", "1");
  const messages::answer few = head_of_observed(listed, m);
  BOOST_TEST(few.value("Accept") == "*/*");
  BOOST_TEST(few.value("Content-Type") == "text/plain");
  BOOST_TEST(few.value("X-Mine") == "-");
  gateway covered = with_route("mode: observe, forward: covered");
  BOOST_TEST(head_of_observed(covered, m).value("X-Mine") == "1");
}

BOOST_AUTO_TEST_CASE(no_client_can_say_that_it_was_observed) {
  gateway g;
  const passage p(g, laravel_client().sealed("{}").add("X-Countersign-Observed", "stale"));
  BOOST_TEST_REQUIRE(p.end() == "reserved");
  std::string out;
  steps::write_upstream_head(out, steps::cleared(*p.reserved), {"a", peer, "id", fresh_trace});
  BOOST_TEST(messages::answer(out).value("X-Countersign-Observed") == "-");
}

BOOST_AUTO_TEST_CASE(its_answer_is_plain_whatever_the_route_seals) {
  gateway g = with_route("mode: observe, reply: {sign: true, seal: true}");
  const steps::route_policy& policy = g.rules.policies[0];
  const upstream_says says{200, {{"Content-Type", "text/x"}, {"ETag", "\"a\""}}, "hello"};
  const messages::answer got = streamed(policy, says, steps::outgoing::until_close, facts_at(now));
  BOOST_TEST(got.value("Content-Type") == "text/x");
  BOOST_TEST(got.value("ETag") == "\"a\"");
  BOOST_TEST(got.value("signature") == "-");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
