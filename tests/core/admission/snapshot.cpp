// SPDX-License-Identifier: Apache-2.0
#include "core/admission/snapshot.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <set>

#include "core/admission/prepare_clients.hpp"
#include "core/base/encoding.hpp"
#include "tests/core/admission/messages.hpp"
#include "tests/core/config/sample.hpp"

namespace {

using namespace core;
using namespace tests::messages;

const keys::client& client_of(const gateway& g, std::string_view token = "my_key") {
  const keys::client* found = g.rules.keys.find(token);
  BOOST_TEST_REQUIRE((found != nullptr));
  return *found;
}

bool passes(const http::request_filter& filter, std::string_view name) {
  return filter.passes({name, "x"}, {});
}
bool passes(const http::response_filter& filter, std::string_view name) {
  return filter.passes({name, "x"}, {});
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(snapshot)

BOOST_AUTO_TEST_CASE(the_window_is_the_files) {
  BOOST_TEST(gateway().rules.window.past == 300);
  BOOST_TEST(gateway().rules.window.future == 60);
  gateway g(one_client, plain_route, "replay: {window: 2m, future: 7s}");
  BOOST_TEST(g.rules.window.past == 120);
  BOOST_TEST(g.rules.window.future == 7);
}

BOOST_AUTO_TEST_CASE(a_client_is_prepared_with_all_that_the_file_says) {
  gateway g(
      "billing: {token: my_key, cipher: AES-256-GCM, enabled: false, schemes: [laravel], "
      "routes: [orders], versions: {minimum: 1.0.0, deprecated_below: 2.0.0, "
      "deprecated_since: 2023-06-30, sunset: 2027-06-30}, secrets: ["
      "{id: new, value: 0123456789abcdef0123456789ABCDEF, from: 2023-11-14T22:13:20Z}, "
      "{id: old, value: FEDCBA98765432100123456789ABCDEF, until: 2023-11-14T22:13:20Z}]}",
      plain_route);
  const keys::client& c = client_of(g);
  BOOST_TEST(c.id == "billing");
  BOOST_TEST(c.token == "my_key");
  BOOST_TEST(crypto::name(c.cipher) == "AES-256-GCM");
  BOOST_TEST(!c.enabled);
  BOOST_TEST((c.schemes == std::vector<std::string>{"laravel"}));
  BOOST_TEST((c.routes == std::vector<std::string>{"orders"}));
  BOOST_TEST(c.versions.minimum == "1.0.0");
  BOOST_TEST(c.versions.deprecated_below == "2.0.0");
  BOOST_TEST(c.versions.deprecated_since == 1688083200);
  BOOST_TEST(c.versions.sunset == 1814313600);
  BOOST_TEST_REQUIRE(c.generations.size() == 2U);
  BOOST_TEST(c.generations[0].id == "new");
  BOOST_TEST(c.generations[0].from == now);
  BOOST_TEST(c.generations[0].until == std::numeric_limits<std::int64_t>::max());
  BOOST_TEST((c.generations[0].signing.reveal() == secret32));
  BOOST_TEST((c.generations[0].encryption.reveal() == secret32));
  BOOST_TEST(c.generations[1].id == "old");
  BOOST_TEST(c.generations[1].until == now);
  BOOST_TEST(c.generations[1].in_force(0));
}

BOOST_AUTO_TEST_CASE(keys_of_their_own_take_the_secrets_place) {
  gateway g(
      "billing: {token: my_key, secret: 0123456789abcdef, signing_secret: signs-signs-signs, "
      "encryption_key: seals-seals-seal}",
      plain_route);
  const keys::generation& key = client_of(g).generations.at(0);
  BOOST_TEST((key.signing.reveal() == "signs-signs-signs"));
  BOOST_TEST((key.encryption.reveal() == "seals-seals-seal"));
}

BOOST_AUTO_TEST_CASE(a_client_without_a_token_is_known_by_its_id) {
  gateway g("billing: {secret: 0123456789abcdef}", plain_route);
  BOOST_TEST(client_of(g, "billing").id == "billing");
}

BOOST_AUTO_TEST_CASE(policies_stand_in_the_files_order_and_routes_lead_to_them) {
  gateway g(one_client,
            "{name: a, path: /a/, scheme: none, upstream: orders}, "
            "{name: b, path: /b/, scheme: laravel, upstream: orders}");
  BOOST_TEST_REQUIRE(g.rules.policies.size() == 2U);
  for (std::uint32_t i = 0; i < 2; ++i) BOOST_TEST(g.rules.policies[i].index == i);
  BOOST_TEST(!g.rules.policies[0].scheme.has_value());
  BOOST_TEST(g.rules.policies[1].scheme.has_value());
  BOOST_TEST((*g.rules.routes.match("x", "/b/x") == std::vector<std::size_t>{1}));
}

BOOST_AUTO_TEST_CASE(each_rule_of_a_route_reaches_the_table) {
  gateway g(one_client,
            "{name: a, host: a.example.com, path: =/a, methods: [PUT], client_version: '>=2', "
            "scheme: laravel, upstream: orders}");
  BOOST_TEST((g.rules.routes.match("b.example.com", "/a") == nullptr));
  BOOST_TEST((g.rules.routes.match("a.example.com", "/a/b") == nullptr));
  const auto* found = g.rules.routes.match("a.example.com", "/a");
  BOOST_TEST_REQUIRE((found != nullptr));
  BOOST_TEST(g.rules.routes.allow(*found) == "PUT");
  BOOST_TEST(g.rules.routes.pick(*found, "2", "PUT").has_value());
  BOOST_TEST(!g.rules.routes.pick(*found, "1", "PUT").has_value());
}

BOOST_AUTO_TEST_CASE(what_never_passes_follows_from_the_route) {
  gateway g(one_client,
            "{name: open, path: /open/, scheme: none, upstream: orders}, "
            "{name: plain, path: /plain/, scheme: laravel, upstream: orders}, "
            "{name: sealed, path: /sealed/, scheme: laravel, upstream: orders, "
            "reply: {seal: true}}, "
            "{name: signed, path: /signed/, scheme: laravel, upstream: orders, "
            "reply: {sign: true}}, "
            "{name: few, path: /few/, scheme: laravel, upstream: orders, forward: [Accept]}");
  const auto& [open, plain, sealed, signed_, few] =
      std::tie(g.rules.policies[0], g.rules.policies[1], g.rules.policies[2], g.rules.policies[3],
               g.rules.policies[4]);
  for (const char* credential : {"timestamp", "Version", "TOKEN", "signature"}) {
    BOOST_TEST(passes(open.request_filter, credential));
    BOOST_TEST(!passes(plain.request_filter, credential));
    BOOST_TEST(passes(plain.response_filter, credential));
    BOOST_TEST(passes(sealed.response_filter, credential));
    BOOST_TEST(!passes(signed_.response_filter, credential));
  }
  BOOST_TEST(passes(open.request_filter, "Content-Type"));
  BOOST_TEST(!passes(plain.request_filter, "Content-Type"));
  BOOST_TEST(passes(plain.request_filter, "Accept-Encoding"));
  BOOST_TEST(passes(signed_.request_filter, "Accept-Encoding"));
  BOOST_TEST(!passes(sealed.request_filter, "Accept-Encoding"));
  BOOST_TEST(passes(signed_.response_filter, "Content-Type"));
  BOOST_TEST(!passes(sealed.response_filter, "Content-Type"));
  BOOST_TEST(passes(few.request_filter, "accept"));
  BOOST_TEST(!passes(few.request_filter, "X-Mine"));
  BOOST_TEST(passes(plain.request_filter, "X-Mine"));
}

BOOST_AUTO_TEST_CASE(a_schemes_settings_reach_its_routes) {
  gateway g(one_client, "{path: /api/, scheme: mine, upstream: orders}",
            "schemes: {mine: {preset: laravel, construction: A2, field: sealed, payload: json, "
            "headers: {token: X-Key}}}");
  const auto& policy = g.rules.policies.at(0);
  BOOST_TEST(policy.scheme_name == "mine");
  BOOST_TEST(policy.preset.field == "sealed");
  BOOST_TEST((policy.preset.payload == envelope::payload_form::json));
  BOOST_TEST(policy.laravel()->credential_fields()[2] == "X-Key");
  // A2: HMAC over timestamp and secret, from the reference vectors.
  BOOST_TEST(policy.laravel()->sign("1700000000", client_of(g).generations.at(0)) ==
             "7bb86d28d1ac3dc2bab3a126bf5487f6925dfc31c3466acc88261cacf4ed77c7");
}

/// Which dummy an unknown token leads to is nothing that a stranger can compute, whatever clients
/// prove with.
BOOST_AUTO_TEST_CASE(the_seed_is_made_of_all_that_clients_prove_with) {
  const auto seed = [](const std::string& clients) {
    return ::core::base::hex(
        ::core::admission::stranger_seed(
            ::tests::config::model_of("listen: 127.0.0.1:1\nclients: {" + clients +
                                      "}\nupstreams: {o: http://127.0.0.1:9}\n"
                                      "routes: [{path: /, scheme: rfc9421, "
                                      "upstream: o}]\n"))
            .reveal());
  };
  const std::string key = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
  const std::string other = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
  BOOST_TEST(seed("a: {public_key: " + key + "}") == seed("a: {public_key: " + key + "}"));
  const std::set<std::string> all{
      seed("a: {public_key: " + key + "}"),
      seed("a: {public_key: " + other + "}"),
      seed("a: {secret: 0123456789abcdef}"),
      seed("a: {secret: 0123456789abcdeg}"),
      seed("a: {secret: 0123456789abcdef, signing_secret: 0123456789abcdeh}"),
      seed("a: {secret: 0123456789abcdef}, b: {public_key: " + key + "}")};
  BOOST_TEST(all.size() == 6U);
}

BOOST_AUTO_TEST_CASE(its_windows_are_named_by_what_marks_tell_apart) {
  gateway g(one_client,
            "{name: a, path: /a/, scheme: laravel, upstream: orders}, "
            "{name: b, path: /b/, scheme: laravel, upstream: orders}, "
            "{name: c, path: /c/, scheme: rfc9421, upstream: orders}, "
            "{name: d, path: /d/, scheme: gw1, upstream: orders}, "
            "{name: e, path: /e/, scheme: none, upstream: orders}",
            "replay: {window: 2m}");
  std::vector<std::string> kinds;
  for (const auto& one : g.rules.windows()) {
    kinds.push_back(one.owner.kind);
    BOOST_TEST(one.owner.name.empty() == (one.owner.kind != "template"));
    BOOST_TEST(one.in_force.past == 120);
  }
  BOOST_TEST(kinds == (std::vector<std::string>{"laravel", "rfc9421", "template"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_window_that_has_grown_takes_what_is_older_only_if_it_is_new) {
  replay::window_history before;
  before.replace({{{"laravel", {}}, {60, 30}}}, now - 1000);
  before.replace({}, now);
  messages::gateway g(
      config::model_of(yaml(one_client, plain_route, "replay: {window: 10m, future: 1h}")), before);
  const laravel_client billing;
  BOOST_TEST(end_of(g, billing.sealed("{}", now - 61)) == "prove: stale");
  const passage old(g, billing.sealed("{}", now - 60));
  BOOST_TEST(old.end() == "reserved");
  // Its mark is forgotten no later than the window that it was made in says.
  BOOST_TEST(old.opened.value().mark().value().window_end == now);
  const std::int64_t made = now + 1000;
  const passage fresh(g, billing.sealed("{}", made), made + 600);
  BOOST_TEST(fresh.end() == "reserved");
  BOOST_TEST(fresh.opened.value().mark().value().window_end == made + 600);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
