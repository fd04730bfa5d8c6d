// SPDX-License-Identifier: Apache-2.0
#include "core/config/read.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/core/config/sample.hpp"

namespace {

using namespace core::config;
using namespace std::chrono_literals;
using tests::config::model_of;
using tests::config::with_client;
using tests::config::with_route;
using tests::config::with_top;

std::string said(std::string_view text) {
  return tests::config::lines(tests::config::read(text), "f");
}

std::string_view secret_in(std::string_view notation) {
  static model m;
  m = model_of(
      with_client("secret: \"" + std::string(notation) + "\", encryption_key: 0123456789abcdeF"));
  return m.clients.at(0).secrets.at(0).value.reveal();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(reads)

BOOST_AUTO_TEST_CASE(the_acceptance_configuration_reads_without_a_problem) {
  const std::string text = tests::config::text_of(COUNTERSIGN_TEST_DATA "/acceptance/laravel.yaml");
  BOOST_TEST(said(text) == "");
  const model m = model_of(text);
  BOOST_REQUIRE_EQUAL(m.clients.size(), 2U);
  BOOST_TEST(m.clients[0].token == "my_key");
  BOOST_TEST(m.clients[0].secrets.at(0).value.reveal() == "0123456789abcdef");
  BOOST_TEST(m.clients[1].secrets.at(0).value.size() == 32U);
  BOOST_TEST((m.clients[1].cipher == core::crypto::cipher::aes_256_gcm));
  BOOST_REQUIRE_EQUAL(m.routes.size(), 2U);
  BOOST_TEST(m.routes[0].name == "api");
  BOOST_TEST(m.schemes.at(m.routes[0].scheme.value()).name == "laravel");
  BOOST_TEST(!m.routes[1].scheme);
  BOOST_TEST((m.routes[1].content == content::any));
  BOOST_TEST(m.admin.value().port == 9901);
  BOOST_TEST(m.upstreams.at(m.routes[1].upstream).endpoints.at(0).port == 9001);
}

BOOST_AUTO_TEST_CASE(what_is_left_out_holds_the_model_s_default) {
  const model m = model_of(with_top(""));
  BOOST_TEST(!m.admin);
  BOOST_TEST(m.workers == 0U);
  BOOST_TEST(m.limits.body_bytes == model().limits.body_bytes);
  BOOST_TEST((m.replay.window == 300s));
  BOOST_TEST(m.clients.at(0).token == "billing");
  BOOST_TEST(m.clients.at(0).enabled);
  BOOST_TEST(!m.clients.at(0).routes);
  BOOST_TEST(m.routes.at(0).body_bytes == m.limits.body_bytes);
  BOOST_TEST(!m.routes.at(0).forward);
  BOOST_TEST(m.routes.at(0).methods.empty());
}

BOOST_AUTO_TEST_CASE(values_at_the_top_arrive) {
  const model m = model_of(with_top(
      "workers: 3\nmetrics: {clients: 7}\naccess_log: off\n"
      "limits: {header_bytes: 32KiB, target_bytes: 4KiB, body_bytes: 2MiB, reply_bytes: 3MiB, "
      "header_timeout: 1s,"
      " body_timeout: 2s, idle_timeout: 3m, connections: 9, drain_delay: 4s, drain_time: 0s}\n"
      "replay: {window: 10s, future: 0s, retention: 2h, store: memory, capacity: 5, state: none}"));
  BOOST_TEST(m.workers == 3U);
  BOOST_TEST(m.metrics_clients == 7U);
  BOOST_TEST(m.access_log.path == "off");
  BOOST_TEST(m.limits.header_bytes == 32768U);
  BOOST_TEST(m.limits.target_bytes == 4096U);
  BOOST_TEST(m.limits.body_bytes == 2U << 20);
  BOOST_TEST(m.limits.reply_bytes == 3U << 20);
  BOOST_TEST((m.limits.header_timeout == 1s));
  BOOST_TEST((m.limits.body_timeout == 2s));
  BOOST_TEST((m.limits.idle_timeout == 3min));
  BOOST_TEST(m.limits.connections == 9U);
  BOOST_TEST((m.limits.drain_delay == 4s));
  BOOST_TEST((m.limits.drain_time == 0s));
  BOOST_TEST((m.replay.window == 10s));
  BOOST_TEST((m.replay.future == 0s));
  BOOST_TEST((m.replay.retention == 2h));
  BOOST_TEST(m.replay.capacity == 5U);
  BOOST_TEST(m.replay.state == "none");
  BOOST_TEST(m.routes.at(0).body_bytes == 2U << 20);
}

BOOST_AUTO_TEST_CASE(capture_is_off_unless_it_is_there) {
  BOOST_TEST(!model_of(with_top("")).capture);
  const auto least = model_of(with_top("capture: {path: here}")).capture.value();
  BOOST_TEST(least.path == "here");
  BOOST_TEST(least.requests == 100U);
  BOOST_TEST(!least.until);
  const auto all =
      model_of(with_top("capture: {path: /x, requests: 7, until: 2026-02-01}")).capture.value();
  BOOST_TEST(all.path == "/x");
  BOOST_TEST(all.requests == 7U);
  BOOST_TEST(all.until.value() == 1769904000);
}

BOOST_AUTO_TEST_CASE(secrets_are_read_in_every_notation) {
  BOOST_TEST(secret_in("0123456789abcdef") == "0123456789abcdef");
  BOOST_TEST(secret_in("whsec:0123456789abcdef") == "whsec:0123456789abcdef");
  BOOST_TEST(secret_in("utf8:hex:0123456789") == "hex:0123456789");
  BOOST_TEST(secret_in("hex:6162636465666768696A6b6c6d6e6f70") == "abcdefghijklmnop");
  BOOST_TEST(secret_in("base64:YWJjZGVmZ2hpamtsbW5vcA==") == "abcdefghijklmnop");
  BOOST_TEST(secret_in("file:sixteen") == "file:0123456789a");
  BOOST_TEST(secret_in("env:sixteen") == "env:0123456789ab");
  BOOST_TEST(secret_in("credential:sixteen") == "credential:01234");
  BOOST_TEST(said(with_client("secret: \"file:nothing\"")).find("is empty") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_looks_like_a_number_is_text_where_text_is_wanted) {
  const model m = model_of(with_client("token: 123, secret: 1234567890123456"));
  BOOST_TEST(m.clients.at(0).token == "123");
  BOOST_TEST(m.clients.at(0).secrets.at(0).value.reveal() == "1234567890123456");
}

BOOST_AUTO_TEST_CASE(generations_come_newest_first) {
  const model m = model_of(with_client(
      "secrets: [{id: b, value: 0123456789abcdef, from: 2026-02-01, until: 2027-01-01T00:00:01Z},"
      " {id: a, value: 0123456789abcdeg}, {id: c, value: 0123456789abcdeh, from: 2026-03-01}]"));
  const auto& secrets = m.clients.at(0).secrets;
  BOOST_REQUIRE_EQUAL(secrets.size(), 3U);
  BOOST_TEST(secrets[0].id == "c");
  BOOST_TEST(secrets[1].id == "b");
  BOOST_TEST(secrets[2].id == "a");
  BOOST_TEST(secrets[1].from.value() == 1769904000);
  BOOST_TEST(secrets[1].until.value() == 1798761601);
  BOOST_TEST(!secrets[2].from);
}

BOOST_AUTO_TEST_CASE(four_secrets_may_be_in_force_and_more_one_after_the_other) {
  std::string list;
  for (int i = 1; i <= 9; ++i) {
    const std::string n = std::to_string(i);
    list += "{id: s" + n + ", value: 0123456789abcde" + n + ", from: 2026-0" + n + "-01";
    list += i <= 5 ? ", until: 2026-0" + std::to_string(i + 4) + "-01}, " : "}, ";
  }
  BOOST_TEST(said(with_client("secrets: [" + list + "]")) == "");
}

BOOST_AUTO_TEST_CASE(two_keys_of_their_own_need_no_secret) {
  const model m =
      model_of(with_client("signing_secret: any length at all, encryption_key: 0123456789abcdef"));
  const client& c = m.clients.at(0);
  BOOST_REQUIRE_EQUAL(c.secrets.size(), 1U);
  BOOST_TEST(c.secrets[0].id == "default");
  BOOST_TEST(c.signing_secret.value().reveal() == "any length at all");
  BOOST_TEST(c.encryption_key.value().reveal() == "0123456789abcdef");
}

BOOST_AUTO_TEST_CASE(a_client_of_open_routes_only_may_have_a_secret_of_any_length) {
  const std::string text =
      "listen: 127.0.0.1:0\nclients: {a: {secret: seventeen bytes!!, routes: [open]}}\nupstreams: "
      "{o: http://h}\n"
      "routes: [{path: /open, scheme: none, upstream: o}]\n";
  BOOST_TEST(tests::config::read(text).value.has_value());
}

BOOST_AUTO_TEST_CASE(settings_of_a_client_arrive) {
  const model m =
      model_of(with_client("secret: 0123456789abcdef, cipher: aes-128-gcm, schemes: laravel, "
                           "routes: [api], enabled: false,"
                           " versions: {minimum: 1.0, deprecated_below: 1.2.0, deprecated_since: "
                           "2026-06-30, sunset: 2027-06-30}"));
  const client& c = m.clients.at(0);
  BOOST_TEST((c.cipher == core::crypto::cipher::aes_128_gcm));
  BOOST_TEST(c.schemes.value().at(0) == "laravel");
  BOOST_TEST(c.routes.value().at(0) == "api");
  BOOST_TEST(!c.enabled);
  BOOST_TEST(c.versions.minimum == "1.0");
  BOOST_TEST(c.versions.deprecated_below == "1.2.0");
  BOOST_TEST(c.versions.deprecated_since == 1782777600);
  BOOST_TEST(c.versions.sunset == 1814313600);
}

BOOST_AUTO_TEST_CASE(limits_of_a_client_arrive) {
  const model m = model_of(
      "listen: 127.0.0.1:8080\n"
      "trusted_proxies: [10.0.0.0/8, \"::1\"]\n"
      "clients:\n"
      "  one: {secret: 0123456789abcdef, addresses: [10.0.0.0/8, \"2001:db8::/32\", 192.0.2.1],\n"
      "        rate: {requests: 100, per: 2s, burst: 200}, concurrency: 5}\n"
      "  two: {secret: 0123456789abcdeF, rate: {requests: 7}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\n"
      "routes: [{path: /, scheme: laravel, upstream: orders}]\n");
  const client& one = m.clients.at(0);
  const client& two = m.clients.at(1);
  BOOST_TEST(m.trusted_proxies.networks.size() == 2U);
  BOOST_TEST((m.trusted_proxies.networks.at(1) == core::base::parse_ip_network("::1")));
  BOOST_TEST(one.addresses.value().size() == 3U);
  BOOST_TEST((one.addresses->at(1) == core::base::parse_ip_network("2001:db8::/32")));
  BOOST_TEST((one.rate == core::limit::rate{100, 2s, 200}));
  BOOST_TEST((one.concurrency == 5U));
  BOOST_TEST(!two.addresses);
  BOOST_TEST((two.rate == core::limit::rate{7, 1s, 7}));
  BOOST_TEST(!two.concurrency);
}

BOOST_AUTO_TEST_CASE(settings_of_a_route_arrive) {
  const model m = model_of(with_route(
      "host: API.Example.com, methods: [GET, POST], client_version: \">=2.0.0\", bodyless: safe, "
      "replay: per_request,"
      " rewrite: {strip_prefix: /api/, add_prefix: /v1}, forward: [Accept, X-Trace], content: any,"
      " reply: {sign: true, seal: true, plaintext: array, form: text}, body_bytes: 5KiB, name: x, "
      "envelope: laravel"));
  const route& r = m.routes.at(0);
  BOOST_TEST(r.name == "x");
  BOOST_TEST(r.host == "api.example.com");
  BOOST_TEST(r.path == "/api/");
  BOOST_TEST(!r.exact);
  BOOST_TEST(r.methods.size() == 2U);
  BOOST_TEST(r.client_version.value().text() == ">=2.0.0");
  BOOST_TEST((r.bodyless_rule == bodyless::safe));
  BOOST_TEST((r.replay == replay_rule::per_request));
  BOOST_TEST(r.strip_prefix == "/api");
  BOOST_TEST(r.add_prefix == "/v1");
  BOOST_TEST(r.forward.value().size() == 2U);
  BOOST_TEST((r.content == content::any));
  BOOST_TEST(r.reply.sign);
  BOOST_TEST(r.reply.seal);
  BOOST_TEST((r.reply.plaintext == reply_plaintext::array));
  BOOST_TEST((r.reply.form == reply_form::text));
  BOOST_TEST(r.body_bytes == 5120U);
}

BOOST_AUTO_TEST_CASE(settings_of_a_scheme_arrive) {
  const model m = model_of(
      "listen: 127.0.0.1:80\nclients: {a: {secret: 0123456789abcdef}}\nupstreams: {o: http://h}\n"
      "schemes: {old: {preset: laravel, construction: A3, allow_weak: true, payload: json, field: "
      "payload,\n"
      "  headers: {timestamp: X-Time, version: X-Ver, token: X-Key, signature: X-Sig},\n"
      "  plaintext: raw, string_as: json_text, empty_array: object}}\n"
      "routes: [{path: =/a, scheme: old, upstream: o}, {path: /b, scheme: laravel, upstream: "
      "o}]\n");
  BOOST_REQUIRE_EQUAL(m.schemes.size(), 2U);
  const scheme_settings& own = m.schemes.at(m.routes.at(0).scheme.value());
  const auto& p = std::get<laravel_preset>(own.what);
  BOOST_TEST(m.routes[0].exact);
  BOOST_TEST(m.routes[0].path == "/a");
  BOOST_TEST(own.name == "old");
  BOOST_TEST((p.scheme.construction == core::scheme::laravel_construction::a3));
  BOOST_TEST(p.scheme.timestamp_field == "X-Time");
  BOOST_TEST(p.scheme.version_field == "X-Ver");
  BOOST_TEST(p.scheme.token_field == "X-Key");
  BOOST_TEST(p.scheme.signature_field == "X-Sig");
  BOOST_TEST((p.payload == core::envelope::payload_form::json));
  BOOST_TEST(p.field == "payload");
  BOOST_TEST((p.plaintext.form == core::envelope::plaintext_form::raw));
  BOOST_TEST((p.plaintext.string_as == core::envelope::string_as::json_text));
  BOOST_TEST((p.plaintext.empty_array == core::envelope::empty_array::object));
  BOOST_TEST(m.schemes.at(m.routes[1].scheme.value()).name == "laravel");
}

BOOST_AUTO_TEST_CASE(settings_of_an_upstream_arrive) {
  const model m = model_of(
      "listen: [127.0.0.1:80, {address: \"[::1]:81\"}]\nadmin: {address: 127.0.0.1:82}\n"
      "upstreams: {o: {endpoints: [http://a:1, {url: http://b:2}], host: preserve,"
      " timeouts: {connect: 1s, response: 2s, idle: 3s}}}\nroutes: [{path: /, scheme: none, "
      "upstream: o}]\n");
  BOOST_REQUIRE_EQUAL(m.listen.size(), 2U);
  BOOST_TEST(m.listen[1].host == "::1");
  BOOST_TEST(m.admin.value().port == 82);
  const upstream& u = m.upstreams.at(0);
  BOOST_REQUIRE_EQUAL(u.endpoints.size(), 2U);
  BOOST_TEST(u.endpoints[1].host == "b");
  BOOST_TEST(u.preserve_host);
  BOOST_TEST((u.connect_timeout == 1s));
  BOOST_TEST((u.response_timeout == 2s));
  BOOST_TEST((u.idle_timeout == 3s));
  BOOST_TEST(m.routes.at(0).name == "root");
}

BOOST_AUTO_TEST_CASE(how_endpoints_are_chosen_and_watched_arrives) {
  const std::string tail = "\nroutes: [{path: /, scheme: none, upstream: o";
  const model m = model_of(
      "listen: 127.0.0.1:80\nupstreams: {o: {endpoints: [http://a:1, {url: http://b:2, weight: "
      "7}], "
      "balance: least_busy, health: {path: \"/healthz?deep=1\", interval: 1s, timeout: 500ms, "
      "rise: "
      "1, fall: 2}, eject: {failures: 9, for: 1m}, retries: 3, slow_start: 2s, resolve: 5m}}" +
      tail + ", retry: idempotent, timeouts: {response: 90s}}]\n");
  const upstream& u = m.upstreams.at(0);
  BOOST_TEST(u.endpoints.at(0).weight == 1U);
  BOOST_TEST(u.endpoints.at(1).weight == 7U);
  BOOST_TEST((u.balance == balance::least_busy));
  BOOST_TEST(u.health.value().path == "/healthz?deep=1");
  BOOST_TEST((u.health->interval == 1s));
  BOOST_TEST((u.health->timeout == 500ms));
  BOOST_TEST(u.health->rise == 1U);
  BOOST_TEST(u.health->fall == 2U);
  BOOST_TEST(u.eject.failures == 9U);
  BOOST_TEST((u.eject.time == 60s));
  BOOST_TEST(u.retries == 3U);
  BOOST_TEST((u.slow_start == 2s));
  BOOST_TEST((u.resolve == 300s));
  BOOST_TEST((m.routes.at(0).retry == retry_rule::idempotent));
  BOOST_TEST((m.routes.at(0).response_timeout == std::optional<milliseconds>(90s)));

  const model bare = model_of("listen: 127.0.0.1:80\nupstreams: {o: http://a}" + tail + "}]\n");
  BOOST_TEST(!bare.upstreams.at(0).health);
  BOOST_TEST((bare.routes.at(0).retry == retry_rule::never));
  BOOST_TEST(!bare.routes.at(0).response_timeout);
}

BOOST_AUTO_TEST_CASE(a_route_with_websockets) {
  const auto with = [](const std::string& more) {
    return model_of(
               "listen: 127.0.0.1:80\nupstreams: {o: http://a}\n"
               "routes: [{path: /a, scheme: none, upstream: o" +
               more + "}]\n")
        .routes.at(0);
  };
  const auto usual = with("");
  BOOST_TEST(!usual.websocket);
  BOOST_TEST((usual.websocket_idle == 5min));
  BOOST_TEST(!usual.body_timeout);
  const auto all = with(", websocket: true, timeouts: {websocket: 1d, body: 7s}");
  BOOST_TEST(all.websocket);
  BOOST_TEST((all.websocket_idle == 24h));
  BOOST_TEST((all.body_timeout == std::optional<milliseconds>(7s)));
}

BOOST_AUTO_TEST_CASE(routes_without_a_name_get_one_each) {
  const model m = model_of(
      "listen: 127.0.0.1:80\nupstreams: {o: http://h}\nroutes:\n"
      "  - {path: /a/b/, scheme: none, upstream: o}\n  - {path: =/a/b, scheme: none, upstream: o}\n"
      "  - {path: /x, name: a-b-2, scheme: none, upstream: o}\n  - {path: /other, scheme: none, "
      "upstream: o}\n"
      "  - {path: /~, scheme: none, upstream: o}\n");
  BOOST_TEST(m.routes.at(0).name == "a-b");
  BOOST_TEST(m.routes.at(1).name == "a-b-3");
  BOOST_TEST(m.routes.at(2).name == "a-b-2");
  BOOST_TEST(m.routes.at(3).name == "route-other");
  BOOST_TEST(m.routes.at(4).name == "root");
}

BOOST_AUTO_TEST_CASE(routes_that_differ_in_host_path_or_exactness_are_no_tie) {
  BOOST_TEST(
      said("listen: 127.0.0.1:80\nupstreams: {o: http://h}\nroutes:\n"
           "  - {path: /a, scheme: none, upstream: o}\n  - {path: =/a, scheme: none, upstream: o}\n"
           "  - {path: /a, host: x, scheme: none, upstream: o}\n  - {path: /a/, scheme: none, "
           "upstream: o}\n") == "");
}

BOOST_AUTO_TEST_CASE(problems_come_in_the_order_of_the_file) {
  const auto got =
      tests::config::read(with_client("secret: my_secret, chiper: AES-128-CBC, token: \"\""));
  BOOST_REQUIRE(got.problems.size() >= 3U);
  for (std::size_t i = 1; i < got.problems.size(); ++i) {
    const auto& a = got.problems[i - 1];
    const auto& b = got.problems[i];
    BOOST_TEST((a.line < b.line || (a.line == b.line && a.column <= b.column)));
  }
}

BOOST_AUTO_TEST_CASE(problems_without_end_are_cut_and_counted) {
  std::string text;
  for (int i = 0; i < 1500; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const auto got = tests::config::read(text);
  BOOST_REQUIRE_EQUAL(got.problems.size(), 1001U);
  BOOST_TEST(got.problems.back().message == "503 more problems are not listed");
}

BOOST_AUTO_TEST_CASE(a_text_says_whether_it_holds_secrets_itself) {
  for (const char* own :
       {"0123456789abcdef", "utf8:0123456789abcdef", "hex:30313233343536373839616263646566",
        "base64:MDEyMzQ1Njc4OWFiY2RlZg=="})
    BOOST_TEST(
        tests::config::read(with_client("secret: \"" + std::string(own) + "\"")).holds_secrets);
  for (const char* elsewhere : {"file:sixteen", "env:sixteen", "credential:sixteen"})
    BOOST_TEST(
        !tests::config::read(with_client("secret: " + std::string(elsewhere))).holds_secrets);
}

BOOST_AUTO_TEST_CASE(clients_may_stand_in_files_of_their_own) {
  const auto with = [](std::string_view clients) {
    return "listen: 127.0.0.1:8080\nclients: " + std::string(clients) + "\n" +
           std::string(tests::config::tail);
  };
  const reading one = tests::config::read(with("file:billing.yaml"));
  BOOST_TEST(tests::config::lines(one, "f") == "");
  BOOST_REQUIRE(one.value.has_value());
  BOOST_REQUIRE_EQUAL(one.value->clients.size(), 1U);
  BOOST_TEST(one.value->clients[0].id == "billing");
  BOOST_TEST(one.value->clients[0].secrets.at(0).value.reveal() == "fedcba9876543211");
  BOOST_TEST(!one.holds_secrets);
  BOOST_REQUIRE_EQUAL(one.parts.size(), 1U);
  BOOST_TEST(one.parts[0].where == "clients");
  BOOST_TEST(one.parts[0].name == "billing.yaml");
  BOOST_TEST(one.parts[0].path == "etc/billing.yaml");

  const reading two = tests::config::read(with("[file:shop.yaml, file:billing.yaml]"));
  BOOST_REQUIRE(two.value.has_value());
  BOOST_REQUIRE_EQUAL(two.value->clients.size(), 3U);
  BOOST_TEST(two.value->clients[0].id == "shop");
  BOOST_TEST(two.value->clients[0].secrets.at(0).value.reveal() == "of another file!");
  BOOST_TEST(two.value->clients[2].id == "billing");
  const std::vector<std::size_t> files = {1, 1, 2};
  BOOST_TEST(two.client_files == files, boost::test_tools::per_element());
  const reading none = tests::config::read(with("{a: {secret: 0123456789abcdef}}"));
  BOOST_TEST(none.client_files.at(0) == 0U);
}

BOOST_AUTO_TEST_CASE(secrets_may_stand_in_a_file_of_their_own) {
  const reading got = tests::config::read("clients: file:shop.yaml\nlisten: 127.0.0.1:1\n" +
                                          std::string(tests::config::tail));
  BOOST_TEST(tests::config::lines(got, "f") ==
             "etc/stock.yaml:2:18: clients.stock.secrets[1].value: warning: file:exposed: everyone "
             "can read it\n");
  BOOST_REQUIRE(got.value.has_value());
  const auto& secrets = got.value->clients.at(1).secrets;
  BOOST_REQUIRE_EQUAL(secrets.size(), 2U);
  BOOST_TEST(secrets[0].id == "b");
  BOOST_TEST(secrets[1].value.reveal() == "fedcba9876543210");
  BOOST_REQUIRE_EQUAL(got.parts.size(), 2U);
  BOOST_TEST(got.parts[1].where == "clients.stock.secrets");
}

BOOST_AUTO_TEST_CASE(a_file_of_secrets_that_others_read_is_warned_of_if_it_holds_any) {
  BOOST_TEST(said(with_client("secrets: file:exposed.yaml")) ==
             "etc/exposed.yaml: warning: holds secrets, and everyone can read it\n");
  BOOST_TEST(said(with_client("secrets: file:exposed_references.yaml")) == "");
}

BOOST_AUTO_TEST_CASE(who_stands_in_a_file_that_is_missing_is_not_missed_as_well) {
  const std::string text =
      "listen: 127.0.0.1:8080\nclients: [file:missing.yaml, file:billing.yaml]\n"
      "upstreams: {orders: http://127.0.0.1:9001}\n"
      "routes: [{path: /hook, scheme: github, client: shop, upstream: orders}]\n";
  BOOST_TEST(said(text) == "f:2:11: clients[0]: file:missing.yaml: no such file\n");
}

BOOST_AUTO_TEST_CASE(a_public_key_may_be_seen_by_everyone) {
  const secret_resolver everyones = [](std::string_view, std::string_view) {
    return resolution(base::secret("MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="),
                      "everyone can read it");
  };
  const reading got = core::config::read(
      "listen: 127.0.0.1:8080\nclients: {billing: {public_key: file:billing.pem}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\n"
      "routes: [{path: /api/, scheme: rfc9421, upstream: orders}]\n",
      everyones);
  BOOST_TEST(tests::config::lines(got, "f") == "");
  BOOST_TEST(!got.holds_secrets);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
