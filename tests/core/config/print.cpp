// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "core/config/read.hpp"
#include "tests/core/config/sample.hpp"

namespace {

using core::config::model;
using tests::config::model_of;

constexpr std::string_view rich = R"(
listen:
  - {address: 127.0.0.1:8080, tls: {certificate: a.pem, key: a.key}}
  - {address: "[::1]:8080", tls: {certificates: [{certificate: a.pem, key: a.key}, {certificate: "a.pem", key: a.key}], client_ca: a.pem}}
  - 127.0.0.1:8081
  - "unix:/run/a: b"
admin: "[::1]:9901"
workers: 4
trusted_proxies: [unix, 10.0.0.0/8, "::1"]
limits: {per_address: {connections: 7, failures: 5, per: 2m}}
capture: {path: "no where", requests: 7, until: 2027-01-01T01:02:03Z}
clients:
  "123": {token: "true", secret: "hex:000102030405060708090a0b0c0d0e0f", routes: [v1], schemes: [old]}
  b:
    secrets:
      - {id: "2026", value: 0123456789abcdeX, from: 2026-11-01}
      - {id: x, value: 0123456789abcdeY, until: 2026-12-01T01:02:03Z}
    versions: {minimum: 1.0.0, deprecated_below: "2", deprecated_since: 2026-01-01, sunset: 2027-01-01}
  c: {signing_secret: sign with these bytes, encryption_key: 0123456789abcdeZ, addresses: [192.0.2.1, "2001:db8::/32"],
      rate: {requests: 100, per: 2s, burst: 200}, concurrency: 5, mode: enforce}
upstreams:
  o: {endpoints: ["http://[::1]:9001", {url: http://b, weight: 3}], host: preserve, balance: least_busy,
      health: {path: "/health?a=b", interval: 1s}, eject: {failures: 0}, retries: 2, slow_start: 0s, resolve: 0s}
  s: {endpoints: ["https://[::1]:9001", https://b], tls: {ca: a.pem, certificate: a.pem, key: a.key, server_name: B.example}}
  t: https://c:8443
  u: {endpoints: ["unix:/run/u #1", {url: unix:/run/u2, weight: 2}]}
schemes:
  old: {preset: laravel, construction: A2, field: "da:ta"}
routes:
  - {name: v1, host: a.example, path: =/x, methods: [POST], client_version: ">=2.0.0", scheme: old, upstream: o, forward: [Accept]}
  - {path: /y, scheme: none, upstream: o, rewrite: {add_prefix: /v1}}
  - {path: /z, scheme: laravel, upstream: o, reply: {sign: true, seal: true, plaintext: raw, form: text}}
  - {path: /w, scheme: laravel, upstream: o, forward: covered, retry: idempotent, timeouts: {response: 5m}}
  - {path: /s, scheme: none, upstream: s}
  - {path: /t, scheme: none, upstream: t}
  - {path: /u, scheme: none, upstream: u}
)";

/// What was redacted, put back as any secret that fits the cipher that follows it, each another.
std::string with_secrets(std::string text) {
  constexpr std::string_view redacted = "<redacted>";
  char next = 'a';
  for (std::size_t at = 0; (at = text.find(redacted, at)) != std::string::npos;) {
    const std::size_t cipher = text.find("cipher: ", at);
    const bool long_key = text.substr(cipher, 15).starts_with("cipher: AES-256");
    text.replace(at, redacted.size(), std::string(long_key ? 31 : 15, '-') + next++);
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(prints)

BOOST_AUTO_TEST_CASE(what_is_printed_reads_back_the_same) {
  const std::string once = print(model_of(rich));
  const auto again = tests::config::read(with_secrets(once));
  BOOST_REQUIRE(again.value.has_value());
  BOOST_TEST(tests::config::lines(again, "printed") == "");
  BOOST_TEST(print(*again.value) == once);
  BOOST_TEST(once.find("forward: covered") != std::string::npos);
  BOOST_TEST(once.find("forward: all") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_one_address_may_do_is_printed_where_it_is_limited) {
  const model m = model_of(with_secrets(print(model_of(rich))));
  BOOST_TEST_REQUIRE(m.limits.per_address.has_value());
  BOOST_TEST(m.limits.per_address->connections.value() == 7U);
  BOOST_TEST(m.limits.per_address->failures.value() == 5U);
  BOOST_TEST((m.limits.per_address->per == std::chrono::minutes{2}));
  const model bare =
      model_of(tests::config::text_of(COUNTERSIGN_TEST_DATA "/../conf/minimal.yaml"));
  BOOST_TEST(!bare.limits.per_address.has_value());
  BOOST_TEST(print(bare).find("per_address") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_mode_is_of_routes_and_of_clients_that_have_one) {
  model m = model_of(rich);
  m.routes[0].mode = core::config::mode::observe;
  const model again = model_of(with_secrets(print(m)));
  for (std::size_t i = 0; i < m.routes.size(); ++i)
    BOOST_TEST((again.routes[i].mode == m.routes[i].mode));
  BOOST_TEST((again.routes[0].mode == core::config::mode::observe));
  for (const core::config::client& c : again.clients) BOOST_TEST(c.enforced == (c.id == "c"));
}

BOOST_AUTO_TEST_CASE(the_examples_read_back_the_same) {
  for (const char* file : {"minimal", "laravel", "gateway"}) {
    const model m = model_of(
        tests::config::text_of(COUNTERSIGN_TEST_DATA "/../conf/" + std::string(file) + ".yaml"));
    BOOST_TEST(print(model_of(with_secrets(print(m)))) == print(m), file);
  }
}

BOOST_AUTO_TEST_CASE(no_secret_is_printed) {
  const model m = model_of(rich);
  for (const std::string& text : {print(m), print_json(m)}) {
    for (const char* secret : {"000102", "0123456789abcde", "sign with these", "BEGIN"}) {
      BOOST_TEST(text.find(secret) == std::string::npos, secret);
    }
    BOOST_TEST(text.find("<redacted>") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(json_says_the_same_with_numbers_as_numbers) {
  const auto got = boost::json::parse(print_json(model_of(rich)));
  BOOST_TEST(got.at("workers").as_int64() == 4);
  BOOST_TEST(got.at("limits").at("connections").as_int64() == 10000);
  BOOST_TEST((got.at("limits").at("body_bytes").as_string() == "1MiB"));
  BOOST_TEST((got.at("clients").at("123").at("token").as_string() == "true"));
  BOOST_TEST(got.at("clients").at("123").at("enabled").as_bool());
  BOOST_TEST(
      (got.at("clients").at("b").at("secrets").at(0).at("value").as_string() == "<redacted>"));
  BOOST_TEST((got.at("routes").at(1).at("scheme").as_string() == "none"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
