// SPDX-License-Identifier: Apache-2.0
#include "core/config/presets.hpp"

#include "tests/core/config/sample.hpp"
#include "tests/core/scheme/templates.hpp"

namespace {

using namespace core;
using config::template_preset;
using scheme::template_settings;

template_settings preset(std::string_view name) {
  const config::preset_text* found = config::find_preset(name);
  return config::settings_of(*found);
}

config::model model_with(std::string_view schemes, std::string_view route) {
  std::string text =
      "listen: 127.0.0.1:8080\nclients: {shop: {secret: a_secret_of_24_characters}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\nschemes:\n";
  return tests::config::model_of(text.append(schemes)
                                     .append("\nroutes: [{path: /, upstream: orders, ")
                                     .append(route)
                                     .append("}]\n"));
}

template_settings only_scheme(std::string_view yaml) {
  const auto m = model_with("  one: " + std::string(yaml), "scheme: one, client: shop");
  return std::get<template_preset>(m.schemes.at(0).what).scheme;
}

bool same(const template_settings& a, const template_settings& b) {
  const auto where = [](const scheme::extraction_settings& e) {
    const auto kv = e.kv.value_or(scheme::kv_rule{});
    const auto list = e.list.value_or(scheme::list_rule{});
    return e.header + '|' + e.prefix + '|' + kv.key + kv.sep + kv.assign + (kv.quoted ? '"' : '-') +
           '|' + list.sep + list.pick;
  };
  if (a.fields.size() != b.fields.size()) return false;
  for (const auto& f : a.fields) {
    const auto* other = b.field(f.name);
    if (other == nullptr || where(f) != where(*other)) return false;
  }
  return a.algorithm == b.algorithm && where(a.signature) == where(b.signature) &&
         a.signature.encoding == b.signature.encoding && a.key.encoding == b.key.encoding &&
         a.string_to_sign == b.string_to_sign;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(presets)

BOOST_AUTO_TEST_CASE(each_preset_says_what_the_vectors_were_made_by) {
  for (const char* name : {"standard-webhooks", "stripe", "github", "slack", "shopify"})
    BOOST_TEST(same(preset(name), tests::templates::vector_scheme(name)), name);
  BOOST_TEST(same(preset("gw1"), tests::templates::gw1()));
  const auto gw1 = preset("gw1");
  BOOST_TEST(gw1.key.derive == "sign-c2s");
  BOOST_TEST(gw1.response->string_to_sign == tests::templates::gw1().response->string_to_sign);
  BOOST_TEST(gw1.response->derive == "sign-s2c");
  BOOST_TEST(gw1.field("nonce")->charset == "[A-Za-z0-9_-]{16,128}");
  BOOST_TEST(gw1.field("token")->charset == "[A-Za-z0-9._~-]{1,64}");
  BOOST_TEST(gw1.field("version")->charset == "[A-Za-z0-9._+-]{1,32}");
  BOOST_TEST(preset("standard-webhooks").replay_id == "id");
  BOOST_TEST(preset("github").release_on_failure);
  BOOST_TEST(preset("shopify").release_on_failure);
  BOOST_TEST(!preset("stripe").release_on_failure);
  BOOST_TEST(::core::config::find_preset("gw2") == nullptr);
}

BOOST_AUTO_TEST_CASE(each_preset_compiles_and_none_proves_a_body_unsigned) {
  for (const auto& p : ::core::config::template_presets)
    BOOST_TEST(::core::scheme::template_scheme(::core::config::settings_of(p)).signs_body(),
               p.name);
}

BOOST_AUTO_TEST_CASE(a_route_names_a_preset_and_nothing_is_warned_of) {
  for (const auto& p : ::core::config::template_presets) {
    const bool names_client = p.name == "gw1";
    const std::string secret = p.name == "standard-webhooks"
                                   ? "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                                   : "a_secret_of_24_characters";
    const auto got = tests::config::read(
        "listen: 127.0.0.1:8080\nclients: {shop: {secret: " + secret +
        "}}\nupstreams: {orders: http://127.0.0.1:9001}\nroutes: [{path: /, scheme: " +
        std::string(p.name) + (names_client ? "" : ", client: shop") + ", upstream: orders}]\n");
    BOOST_TEST(tests::config::lines(got, "x").empty(), tests::config::lines(got, "x"));
    BOOST_REQUIRE(got.value.has_value());
    BOOST_TEST(got.value->schemes.at(0).name == p.name);
    BOOST_TEST(std::get<template_preset>(got.value->schemes.at(0).what).preset == p.name);
    BOOST_TEST(got.value->routes.at(0).scheme.value() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(single_settings_come_on_top_of_a_preset) {
  const auto s = only_scheme(
      "{preset: stripe, window: 10m, future: 0s, fields: {timestamp: {kv: {key: time}}, id: "
      "{header: "
      "X-Id}}, signature: {encoding: base64url}, string_to_sign: \"{id}\\n{timestamp}.{body}\"}");
  BOOST_TEST(s.window.value() == 600);
  BOOST_TEST(s.future.value() == 0);
  BOOST_TEST(s.field("timestamp")->header == "Stripe-Signature");
  BOOST_TEST(s.field("timestamp")->kv->key == "time");
  BOOST_TEST(s.field("id")->header == "X-Id");
  BOOST_TEST(s.signature.kv->key == "v1");
  BOOST_TEST((s.signature.encoding == ::core::scheme::text_encoding::base64url));
  BOOST_TEST(s.string_to_sign == "{id}\n{timestamp}.{body}");
  BOOST_TEST(!preset("stripe").window.has_value());
}

BOOST_AUTO_TEST_CASE(every_key_of_a_template_is_read) {
  const auto s = only_scheme(R"(
    type: template
    algorithm: hmac-sha512
    key: {encoding: base64url, strip: [a_, b_], derive: sign-s2c}
    fields:
      timestamp: {header: X-T, prefix: "t ", unit: ms}
      word: {header: X-W, list: {sep: ";", pick: "w:"}, charset: "[a-z]{1,9}", optional: true}
    signature: {header: X-S, prefix: "p ", kv: {key: s, sep: ";", assign: ":", quoted: true}, encoding: base64}
    require: {alg: hs512, v: "1"}
    string_to_sign: "{word?}{lf}{timestamp}{lf}{body}"
    replay_id: word
    allow_weak: true)");
  BOOST_TEST((s.algorithm == ::core::scheme::template_algorithm::hmac_sha512));
  BOOST_TEST((s.key.encoding == ::core::scheme::text_encoding::base64url));
  BOOST_TEST((s.key.strip == std::vector<std::string>{"a_", "b_"}));
  BOOST_TEST(s.key.derive == "sign-s2c");
  BOOST_TEST(s.field("timestamp")->prefix == "t ");
  BOOST_TEST(s.field("timestamp")->milliseconds);
  const auto& word = *s.field("word");
  BOOST_TEST(word.list->sep == ';');
  BOOST_TEST(word.list->pick == "w:");
  BOOST_TEST(word.charset == "[a-z]{1,9}");
  BOOST_TEST(word.optional);
  BOOST_TEST(s.signature.prefix == "p ");
  BOOST_TEST(s.signature.kv->sep == ';');
  BOOST_TEST(s.signature.kv->assign == ':');
  BOOST_TEST(s.signature.kv->quoted);
  BOOST_REQUIRE(s.require.size() == 2U);
  BOOST_TEST(s.require[1].key + "=" + s.require[1].value == "v=1");
  BOOST_TEST(s.replay_id == "word");
  BOOST_TEST(s.allow_weak);
}

BOOST_AUTO_TEST_CASE(what_is_printed_of_a_template_reads_back_the_same) {
  const std::string tail = "\nroutes: [{path: /, scheme: one, upstream: orders}]\n";
  for (const std::string& yaml :
       {std::string("{preset: gw1, window: 20s}"),
        std::string(
            "{type: template, fields: {token: {header: X-T}, timestamp: {header: X-A, kv: "
            "{key: t}}}, signature: {header: X-A, kv: {key: s, sep: ' '}}, require: {a: ' b'}, "
            "key: {strip: 'x'}, string_to_sign: \"{timestamp}\\n{token}\\n{body}\"}")}) {
    const auto m = model_with("  one: " + yaml, "scheme: one");
    std::string text = print(m);
    // A secret is the one thing that is not printed.
    text.replace(text.find("\"<redacted>\""), 12, "a_secret_of_24_characters");
    const auto again = tests::config::model_of(text);
    BOOST_TEST(print(again) == print(m));
    BOOST_TEST(same(std::get<template_preset>(again.schemes.at(0).what).scheme,
                    std::get<template_preset>(m.schemes.at(0).what).scheme));
  }
}

BOOST_AUTO_TEST_CASE(what_a_scheme_signs_decides_what_a_route_may_ask) {
  const auto refused = [](std::string_view route) {
    const auto got = tests::config::read(
        "listen: 127.0.0.1:8080\nclients: {shop: {secret: a_secret_of_24_characters}}\n"
        "upstreams: {orders: http://127.0.0.1:9001}\nroutes: [{path: /, upstream: orders, " +
        std::string(route) + "}]\n");
    return !got.value.has_value();
  };
  BOOST_TEST(!refused("scheme: gw1, reply: {sign: true}"));
  BOOST_TEST(refused("scheme: gw1, client: shop"));
  BOOST_TEST(!refused("scheme: slack, client: shop"));
  BOOST_TEST(refused("scheme: slack"));
  BOOST_TEST(refused("scheme: slack, client: shop, reply: {sign: true}"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
