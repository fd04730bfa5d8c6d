// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_scheme.hpp"

#include <optional>

#include "core/base/encoding.hpp"
#include "tests/core/scheme/templates.hpp"

namespace {

using namespace core;
using base::errc;
using scheme::template_reading;
using scheme::template_scheme;
using namespace tests::templates;

const std::string vector_key = "0127678054456465623f6d9cb06a06c773a516b58866c4aa840dd40142e49cdb";

std::optional<errc> refusal(const template_scheme& s, message m) {
  template_reading reading;
  const auto claim = s.inspect(m.view(), reading);
  if (claim) return std::nullopt;
  return claim.error();
}

bool proves(const template_scheme& s, message m, const keys::scheme_key& key) {
  template_reading reading;
  const auto request = m.view();
  return s.inspect(request, reading).has_value() && s.verify(reading, request, m.body, key);
}

const keys::scheme_key& gw1_key() {
  static const keys::scheme_key key = key_for(gw1(), tests::templates::counted_secret());
  return key;
}

/// As the vectors say a message is to be judged: syntax, time, and any of the secrets.
bool accepted(const boost::json::value& v) {
  const auto settings = tests::templates::vector_scheme(tests::text(v, "scheme"));
  const template_scheme s(settings);
  const auto& said = v.at("message");
  message m;
  m.method = tests::text(said, "method");
  m.target = tests::text(said, "target");
  m.body = tests::text(said, "body");
  for (const auto& field : said.at("headers").as_array())
    m.fields.emplace_back(field.at(0).as_string(), field.at(1).as_string());
  template_reading reading;
  const auto request = m.view();
  const auto claim = s.inspect(request, reading);
  if (!claim) return false;
  const std::int64_t now = v.at("now").as_int64();
  if (claim->stamped && (claim->timestamp < now - 300 || claim->timestamp > now + 60)) return false;
  for (const auto& secret : v.at("secrets").as_array())
    if (s.verify(reading, request, m.body, key_for(settings, std::string(secret.as_string()))))
      return true;
  return false;
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(::core::base::errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(std::optional<::core::base::errc>)
BOOST_TEST_DONT_PRINT_LOG_VALUE(std::nullopt_t)

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(template_scheme)

BOOST_AUTO_TEST_CASE(all_vectors_hold) {
  int seen = 0;
  for (const auto& v : tests::vectors("template.json", "cases")) {
    BOOST_TEST(accepted(v) == (tests::text(v, "expect") == "accept"), tests::text(v, "name"));
    ++seen;
  }
  BOOST_TEST(seen == 31);
}

BOOST_AUTO_TEST_CASE(a_claim_holds_what_the_fields_say) {
  message m = gw1_message();
  template_reading reading;
  const auto c = ::core::scheme::template_scheme(gw1()).inspect(m.view(), reading).value();
  BOOST_TEST(c.token == "client-1");
  BOOST_TEST(c.version == "1.4.0");
  BOOST_TEST(c.nonce == "AAECAwQFBgcICQoLDA0ODw");
  BOOST_TEST(c.timestamp_text == "1700000000");
  BOOST_TEST(c.timestamp == 1700000000);
  BOOST_TEST(c.stamped);
  BOOST_TEST(reading.candidate_count == 1U);
}

BOOST_AUTO_TEST_CASE(everything_that_gw1_signs_is_proven) {
  const ::core::scheme::template_scheme s(gw1());
  BOOST_TEST(s.signs_body());
  BOOST_TEST(s.names_client());
  BOOST_TEST(proves(s, gw1_message(), gw1_key()));
  const auto changed = [&](auto change) {
    message m = gw1_message();
    change(m);
    return proves(s, m, gw1_key());
  };
  BOOST_TEST(!changed([](message& m) { m.method = "PUT"; }));
  BOOST_TEST(!changed([](message& m) { m.target = "/v1/orders?b=2&a=~1"; }));
  BOOST_TEST(!changed([](message& m) { m.target += '&'; }));
  BOOST_TEST(!changed([](message& m) { m.authority = "api.example.org"; }));
  BOOST_TEST(!changed([](message& m) { m.body += '\n'; }));
  BOOST_TEST(!changed([](message& m) { m.set("X-Auth-Token", "client-2"); }));
  BOOST_TEST(!changed([](message& m) { m.set("X-Auth-Version", "1.4.1"); }));
  BOOST_TEST(!changed([](message& m) { m.set("X-Auth-Timestamp", "1700000001"); }));
  BOOST_TEST(!changed([](message& m) { m.set("X-Auth-Nonce", "BAECAwQFBgcICQoLDA0ODw"); }));
  BOOST_TEST(changed([](message& m) { m.scheme = "http"; }));  // which it does not sign
  BOOST_TEST(!proves(s, gw1_message(), key_for(gw1(), counted_secret(), "client-2")));
  BOOST_TEST(!proves(s, gw1_message(), key_for(gw1(), "another secret")));
  BOOST_TEST(!proves(s, gw1_message(), {}));
}

BOOST_AUTO_TEST_CASE(each_digit_of_the_signature_counts) {
  const ::core::scheme::template_scheme s(gw1());
  const std::string signature = gw1_message().fields.back().second;
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string other = signature;
    other[i] = other[i] == '0' ? '1' : '0';
    message m = gw1_message().set("X-Auth-Signature", other);
    BOOST_TEST(!proves(s, m, gw1_key()));
  }
}

BOOST_AUTO_TEST_CASE(missing_repeated_and_malformed_fields_are_told_apart) {
  const ::core::scheme::template_scheme s(gw1());
  BOOST_TEST(refusal(s, gw1_message()) == std::nullopt);
  BOOST_TEST(refusal(s, message{}) == errc::missing_credential);
  for (const char* name :
       {"X-Auth-Token", "X-Auth-Version", "X-Auth-Timestamp", "X-Auth-Nonce", "X-Auth-Signature"}) {
    BOOST_TEST(refusal(s, message(gw1_message()).drop(name)) == errc::missing_field, name);
    message twice = gw1_message();
    twice.fields.emplace_back(::core::base::lower(name), "x");
    BOOST_TEST(refusal(s, twice) == errc::duplicate_field, name);
    BOOST_TEST(refusal(s, message(gw1_message()).set(name, "")) == errc::malformed_field, name);
    BOOST_TEST(refusal(s, message(gw1_message()).set(name, "a b")) == errc::malformed_field, name);
  }
}

BOOST_AUTO_TEST_CASE(each_value_has_its_syntax) {
  const ::core::scheme::template_scheme s(gw1());
  const auto with = [&](const char* name, std::string value) {
    return refusal(s, message(gw1_message()).set(name, std::move(value)));
  };
  for (const char* bad :
       {"-1", "+1", "01", "1.0", "1e9", "0x1", "123456789012", "1700000000 ", "১"})
    BOOST_TEST(with("X-Auth-Timestamp", bad) == errc::malformed_field, bad);
  BOOST_TEST(with("X-Auth-Timestamp", "0") == std::nullopt);
  BOOST_TEST(with("X-Auth-Timestamp", "12345678901") == std::nullopt);
  BOOST_TEST(with("X-Auth-Nonce", std::string(15, 'a')) == errc::malformed_field);
  BOOST_TEST(with("X-Auth-Nonce", std::string(16, 'a')) == std::nullopt);
  BOOST_TEST(with("X-Auth-Nonce", std::string(128, 'a')) == std::nullopt);
  BOOST_TEST(with("X-Auth-Nonce", std::string(129, 'a')) == errc::malformed_field);
  BOOST_TEST(with("X-Auth-Token", "a/b") == errc::malformed_field);
  BOOST_TEST(with("X-Auth-Version", std::string(33, '1')) == errc::malformed_field);
  const std::string good = gw1_message().fields.back().second;
  BOOST_TEST(with("X-Auth-Signature", good.substr(1)) == errc::malformed_field);
  BOOST_TEST(with("X-Auth-Signature", good + "0") == errc::malformed_field);
  BOOST_TEST(with("X-Auth-Signature", good.substr(2) + "zz") == errc::malformed_field);
}

BOOST_AUTO_TEST_CASE(a_version_is_one_whatever_its_charset) {
  auto settings = gw1();
  for (auto& f : settings.fields)
    if (f.name == "version") f.charset.clear();
  const ::core::scheme::template_scheme s(settings);
  BOOST_TEST(refusal(s, message(gw1_message()).set("X-Auth-Version", "1:4")) ==
             errc::malformed_field);
  BOOST_TEST(refusal(s, message(gw1_message()).set("X-Auth-Version", "1+4")) == std::nullopt);
}

BOOST_AUTO_TEST_CASE(milliseconds_become_seconds) {
  auto settings = gw1();
  for (auto& f : settings.fields)
    if (f.name == "timestamp") f.milliseconds = true;
  const ::core::scheme::template_scheme s(settings);
  message m = gw1_message().set("X-Auth-Timestamp", "1700000000999");
  template_reading reading;
  const auto c = s.inspect(m.view(), reading).value();
  BOOST_TEST(c.timestamp == 1700000000);
  BOOST_TEST(c.timestamp_text == "1700000000999");
  BOOST_TEST(refusal(s, m.set("X-Auth-Timestamp", "123456789012345")) == errc::malformed_field);
  BOOST_TEST(refusal(s, m.set("X-Auth-Timestamp", "12345678901234")) == std::nullopt);
}

BOOST_AUTO_TEST_CASE(any_of_eight_candidates_may_be_the_one) {
  const auto settings = vector_scheme("stripe");
  const ::core::scheme::template_scheme s(settings);
  const auto key = key_for(settings, "whsec_test_secret");
  const std::string good = "86748dbec9cc87a9219f8a96632da703271bf5e85aa0afa2b310c37ba059d514";
  const std::string other(64, '0');
  for (int place = 0; place < 8; ++place) {
    message m;
    std::string value = "t=1700000000";
    for (int i = 0; i < 8; ++i) value.append(",v1=").append(i == place ? good : other);
    m.fields = {{"Stripe-Signature", value}};
    BOOST_TEST(proves(s, m, key), place);
    m.fields[0].second = "t=1700000000";
    for (int i = 0; i < 8; ++i) m.fields[0].second.append(",v1=").append(other);
    BOOST_TEST(!proves(s, m, key));
    BOOST_TEST(refusal(s, m.set("Stripe-Signature", value + ",v1=" + other)) ==
               errc::malformed_field);
  }
  message m;
  m.fields = {{"Stripe-Signature", "t=1700000000,v0=" + good}};
  BOOST_TEST(refusal(s, m) == errc::missing_field);
  BOOST_TEST(refusal(s, m.set("Stripe-Signature", "v1=" + good)) == errc::missing_field);
  BOOST_TEST(refusal(s, m.set("Stripe-Signature", "t=1,t=1,v1=" + good)) == errc::duplicate_field);
}

BOOST_AUTO_TEST_CASE(an_optional_field_may_be_absent_and_else_counts) {
  auto settings = gw1();
  for (auto& f : settings.fields)
    if (f.name == "version") f.optional = true;
  settings.string_to_sign = "{token}{lf}{version?}{lf}{timestamp}{lf}{nonce}{lf}{body|sha256|hex}";
  settings.response.reset();
  const ::core::scheme::template_scheme s(settings);
  message m = gw1_message().drop("X-Auth-Version");
  template_reading reading;
  BOOST_TEST(s.inspect(m.view(), reading).value().version.empty());
  BOOST_TEST(s.explain(reading, m.view(), "").starts_with("client-1\n\n1700000000\n"));
  m.fields.emplace_back("X-Auth-Version", "");
  BOOST_TEST(refusal(s, m) == errc::malformed_field);
  m.set("X-Auth-Version", "2");
  BOOST_TEST(s.inspect(m.view(), reading).value().version == "2");
  BOOST_TEST(s.explain(reading, m.view(), "").starts_with("client-1\n2\n1700000000\n"));
}

BOOST_AUTO_TEST_CASE(other_header_fields_may_be_signed) {
  auto settings = gw1();
  settings.string_to_sign =
      "{header:Content-Type}{lf}{header:X-B?}{lf}{timestamp}{lf}{nonce}{lf}"
      "{path}{lf}{query}{lf}{scheme}{lf}{body}";
  const ::core::scheme::template_scheme s(settings);
  for (const char* name : {"Content-Type", "content-type", "X-B"}) BOOST_TEST(s.covers_field(name));
  for (const char* name : {"X-A", "X-Auth-Nonce", "X", "X-B-C"}) BOOST_TEST(!s.covers_field(name));
  message m = gw1_message();
  BOOST_TEST(refusal(s, m) == errc::missing_field);
  m.fields.emplace_back("content-type", "text/plain; a=b");
  template_reading reading;
  BOOST_TEST(s.inspect(m.view(), reading).has_value());
  BOOST_TEST(
      s.explain(reading, m.view(), m.body) ==
      "text/plain; a=b\n\n1700000000\nAAECAwQFBgcICQoLDA0ODw\n/v1/orders\nb=2&a=%7E1\nhttps\n" +
          m.body);
  m.fields.emplace_back("X-B", "1");
  m.fields.emplace_back("X-B", "2");
  BOOST_TEST(refusal(s, m) == errc::duplicate_field);
}

// A field may be called as a word of the language is, or as something that stands in the text.
BOOST_AUTO_TEST_CASE(only_header_fields_are_covered_as_header_fields) {
  auto settings = gw1();
  settings.string_to_sign = "x-role{timestamp}.{nonce}.{header:X-A}.{method}.{body}";
  const ::core::scheme::template_scheme s(settings);
  BOOST_TEST(s.covers_field("x-a"));
  for (const char* name : {"x-role", "timestamp", "nonce", "method", "body"})
    BOOST_TEST(!s.covers_field(name), name);
}

BOOST_AUTO_TEST_CASE(fixed_values_of_the_signatures_list_are_demanded) {
  // Kong's hmac-auth with a fixed list of headers.
  ::core::scheme::template_settings settings;
  settings.fields = {
      {{"Authorization", "hmac ", {{.key = "username", .quoted = true}}, {}}, "token", {}},
      {{"X-Time", {}, {}, {}}, "timestamp", {}}};
  settings.signature = {{"Authorization", "hmac ", {{.key = "signature", .quoted = true}}, {}},
                        ::core::scheme::text_encoding::base64};
  settings.require = {{"algorithm", "hmac-sha256"}, {"headers", "x-time request-line"}};
  settings.string_to_sign = "x-time: {timestamp}{lf}{method} {target} HTTP/1.1";
  const ::core::scheme::template_scheme s(settings);
  message m;
  const auto authorization = [](std::string_view list, std::string_view algorithm) {
    return R"(hmac username="alice", algorithm=")" + std::string(algorithm) + R"(", headers=")" +
           std::string(list) + R"(", signature="0qgAiZj+St/dOktwfRHyqrd5hPy1tVi7miu0TOYKc3s=")";
  };
  m.fields = {{"X-Time", "1700000000"},
              {"Authorization", authorization("x-time request-line", "hmac-sha256")}};
  BOOST_TEST(refusal(s, m) == std::nullopt);
  BOOST_TEST(refusal(s, m.set("Authorization", authorization("x-time", "hmac-sha256"))) ==
             errc::malformed_field);
  BOOST_TEST(refusal(s, m.set("Authorization", authorization("x-time request-line", "none"))) ==
             errc::malformed_field);
  m.set(
      "Authorization",
      R"(hmac username="alice", headers="x-time request-line", signature="0qgAiZj+St/dOktwfRHyqrd5hPy1tVi7miu0TOYKc3s=")");
  BOOST_TEST(refusal(s, m) == errc::missing_field);
  m.set("Authorization",
        authorization("x-time request-line", "hmac-sha256") + R"(, headers="x-time request-line")");
  BOOST_TEST(refusal(s, m) == errc::duplicate_field);
  BOOST_TEST((s.credential_fields() == std::vector<std::string_view>{"Authorization", "X-Time"}));
}

BOOST_AUTO_TEST_CASE(nobody_sees_the_secret_that_is_signed) {
  const auto settings = vector_scheme("laravel-seed-A2");
  const ::core::scheme::template_scheme s(settings);
  const auto key = key_for(settings, "0123456789abcdef");
  message m;
  m.fields = {{"timestamp", "1700000000"},
              {"version", "1.0.0"},
              {"token", "my_key"},
              {"signature", "7bb86d28d1ac3dc2bab3a126bf5487f6925dfc31c3466acc88261cacf4ed77c7"}};
  BOOST_TEST(!s.signs_body());
  template_reading reading;
  const auto request = m.view();
  BOOST_TEST(s.inspect(request, reading).has_value());
  BOOST_TEST(s.verify(reading, request, {}, key));
  BOOST_TEST(s.explain(reading, request, {}) == "1700000000<secret>");
  BOOST_TEST(reading.text.find("0123456789abcdef") == std::string::npos);
  // A key without a secret would let sign whoever knows that.
  ::core::keys::scheme_key empty = key;
  empty.secret = {};
  BOOST_TEST(!s.verify(reading, request, {}, empty));
  m.set("signature", "276b633610a53cefabdae7e95ac35cb2180e204eae074176be800ce37bcdd3e7");  // A1's
  BOOST_TEST(!proves(s, m, empty));
  BOOST_TEST(!proves(s, m, key));
}

BOOST_AUTO_TEST_CASE(ed25519_is_proven_with_the_public_key_alone) {
  const auto settings = vector_scheme("standard-webhooks-ed25519");
  const ::core::scheme::template_scheme s(settings);
  const auto key = key_for(settings, "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
  const std::string good =
      "v1a,8+CudfbD3R8i4ewHWc49m8C11VHTIigok5YCwuQ530IM39sPMOqmp2/"
      "fhWOeTPxBQAnaLnW7a96XKnGOxaE4Cg==";
  const std::string other = "v1a," + std::string(86, 'A') + "==";
  message m;
  m.fields = {
      {"webhook-id", "msg_1"}, {"webhook-timestamp", "1700000000"}, {"webhook-signature", good}};
  BOOST_TEST(proves(s, m, key));
  BOOST_TEST(proves(s, message(m).set("webhook-signature", other + " " + good), key));
  BOOST_TEST(!proves(s, message(m).set("webhook-signature", other), key));
  BOOST_TEST(!proves(s, message(m).set("webhook-id", "msg_2"), key));
  BOOST_TEST(!proves(s, m, gw1_key()));
  BOOST_TEST(!proves(s, m, {}));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_signed_as_it_is_stands_in_its_place) {
  auto settings = gw1();
  settings.string_to_sign = "{timestamp}.{nonce}.{body}|{body|sha256|hex}";
  const ::core::scheme::template_scheme s(settings);
  message m = gw1_message();
  template_reading reading;
  BOOST_TEST(s.inspect(m.view(), reading).has_value());
  BOOST_TEST(s.explain(reading, m.view(), "abc") ==
             "1700000000.AAECAwQFBgcICQoLDA0ODw.abc|"
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(a_reading_is_used_again) {
  const ::core::scheme::template_scheme s(gw1());
  template_reading reading;
  message m = gw1_message();
  const auto request = m.view();
  BOOST_TEST(s.inspect(request, reading).has_value());
  BOOST_TEST(s.verify(reading, request, m.body, gw1_key()));
  message other = gw1_message().set("X-Auth-Nonce", "BAECAwQFBgcICQoLDA0ODw");
  const auto next = other.view();
  BOOST_TEST(s.inspect(next, reading).has_value());
  BOOST_TEST(!s.verify(reading, next, other.body, gw1_key()));
}

BOOST_AUTO_TEST_CASE(a_message_is_remembered_by_what_cannot_be_changed) {
  const auto identity = [](const ::core::scheme::template_settings& settings, message m) {
    template_reading reading;
    const ::core::scheme::template_scheme s(settings);
    const auto request = m.view();
    BOOST_TEST_REQUIRE(s.inspect(request, reading).has_value());
    const auto id = s.identify(reading, request, m.body);
    return std::string(id.kind).append("|").append(id.first).append("|").append(id.second);
  };
  BOOST_TEST(identity(gw1(), gw1_message()) == "template-nonce|AAECAwQFBgcICQoLDA0ODw|");

  auto webhooks = vector_scheme("standard-webhooks");
  webhooks.replay_id = "id";
  message m;
  m.fields = {{"webhook-id", "msg_1"},
              {"webhook-timestamp", "1700000000"},
              {"webhook-signature", "v1,HNkn2caO4INd1A7JpnFL50WigpEYa2CD5EL80IT/b90="}};
  BOOST_TEST(identity(webhooks, m) == "template-id|msg_1|1700000000");

  const auto github = vector_scheme("github");
  message hook;
  hook.fields = {{"X-Hub-Signature-256", "sha256=" + std::string(64, '0')}};
  const std::string first = identity(github, hook);
  BOOST_TEST(first == "template-text|" +
                          std::string(::core::crypto::view(::core::crypto::sha256({hook.body}))) +
                          "|");
  hook.set("X-Hub-Signature-256", "sha256=" + std::string(64, '1'));
  BOOST_TEST(identity(github, hook) == first);
  hook.body += ' ';
  BOOST_TEST(identity(github, hook) != first);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
