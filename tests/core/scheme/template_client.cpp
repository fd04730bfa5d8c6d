// SPDX-License-Identifier: Apache-2.0
// Signing of requests and replies, proven by what reads them.

#include "core/crypto/ed25519.hpp"
#include "core/scheme/template_digest.hpp"
#include "tests/core/crypto/keys.hpp"
#include "tests/core/scheme/templates.hpp"

namespace {

using namespace core;
using base::errc;
using scheme::field_list;
using scheme::outgoing;
using scheme::template_reading;
using scheme::template_scheme;
using namespace tests::templates;

const outgoing usual{.token = "client-1",
                     .version = "1.4.0",
                     .timestamp = 1700000000,
                     .nonce = "AAECAwQFBgcICQoLDA0ODw",
                     .others = {},
                     .private_key = nullptr};

field_list signed_fields(const template_settings& settings, message& m, const outgoing& what,
                         const keys::scheme_key& key) {
  template_reading reading;
  auto made = template_scheme(settings).sign(m.view(), m.body, what, key, reading);
  if (const auto* why = std::get_if<std::string>(&made)) return {{"problem", *why}};
  return std::get<field_list>(std::move(made));
}

std::string problem(const template_settings& settings, message m, const outgoing& what,
                    const keys::scheme_key& key) {
  const field_list made = signed_fields(settings, m, what, key);
  return made.at(0).first == "problem" ? made.at(0).second : "";
}

/// What was signed is read and proven by the same template.
bool round_trip(const template_settings& settings, message m, const outgoing& what,
                const keys::scheme_key& signing, const keys::scheme_key& proving) {
  const field_list made = signed_fields(settings, m, what, signing);
  m.fields.insert(m.fields.end(), made.begin(), made.end());
  template_reading reading;
  const template_scheme s(settings);
  const auto request = m.view();
  return s.inspect(request, reading).has_value() && s.verify(reading, request, m.body, proving);
}

http::response_head reply_head(unsigned status, const field_list& fields) {
  http::response_head head;
  head.status = status;
  for (const auto& [name, value] : fields) head.fields.add(name, value);
  return head;
}

/// A request that was read, to be replied to.
struct asked {
  message m = gw1_message();
  template_scheme s{gw1()};
  keys::scheme_key key = key_for(gw1(), counted_secret());
  template_reading reading;
  scheme::request_view request = m.view();

  asked() { BOOST_TEST_REQUIRE(s.inspect(request, reading).has_value()); }

  base::result<std::int64_t> check(unsigned status, const field_list& fields,
                                   std::string_view body) const {
    return s.verify_reply(reading, request, reply_head(status, fields), body, key);
  }
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(::core::base::errc)

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(template_client)

BOOST_AUTO_TEST_CASE(gw1_is_signed_as_its_example_says) {
  message m;
  const auto made = signed_fields(gw1(), m, usual, key_for(gw1(), counted_secret()));
  field_list wanted = gw1_message().fields;
  wanted.erase(wanted.begin());
  BOOST_TEST((made == wanted));
}

BOOST_AUTO_TEST_CASE(every_scheme_proves_what_it_signed) {
  for (const auto& v : tests::vectors("template.json", "schemes")) {
    auto settings = settings_from(v);
    if (settings.algorithm == ::core::scheme::template_algorithm::ed25519) continue;
    if (settings.field("id") != nullptr) settings.replay_id = "id";
    if (settings.key.encoding == ::core::scheme::text_encoding::base64) settings.key.encoding = {};
    const auto key = key_for(settings, "00112233445566778899aabbccddeeff");
    BOOST_TEST(round_trip(settings, {}, usual, key, key), tests::text(v, "name"));
    BOOST_TEST(!round_trip(settings, {}, usual, key_for(settings, "0011"), key));
  }
}

BOOST_AUTO_TEST_CASE(stripes_one_field_holds_both) {
  const auto settings = vector_scheme("stripe");
  message m;
  const auto made = signed_fields(settings, m, usual, key_for(settings, "whsec_test_secret"));
  BOOST_REQUIRE(made.size() == 1U);
  BOOST_TEST(made[0].second ==
             "t=1700000000,v1=86748dbec9cc87a9219f8a96632da703271bf5e85aa0afa2b310c37ba059d514");
}

BOOST_AUTO_TEST_CASE(quoted_lists_and_required_values_are_written_as_they_are_read) {
  template_settings settings;
  settings.fields = {
      {{"Authorization", "hmac ", {{.key = "username", .quoted = true}}, {}}, "token", {}},
      {{"X-Time", {}, {}, {}}, "timestamp", {}, false, true}};
  settings.signature = {{"Authorization", "hmac ", {{.key = "signature", .quoted = true}}, {}},
                        ::core::scheme::text_encoding::base64url};
  settings.require = {{"headers", "x-time"}};
  settings.string_to_sign = "{timestamp}";
  const auto key = key_for(settings, "secret");
  message m;
  const auto made = signed_fields(settings, m, usual, key);
  BOOST_REQUIRE(made.size() == 2U);
  BOOST_TEST(
      made[0].second.starts_with(R"(hmac username="client-1",headers="x-time",signature=")"));
  BOOST_TEST(made[1].second == "1700000000000");
  BOOST_TEST(round_trip(settings, {}, usual, key, key));
}

BOOST_AUTO_TEST_CASE(hashes_and_encodings_of_every_kind_prove) {
  using enum ::core::scheme::template_algorithm;
  using enum ::core::scheme::text_encoding;
  for (const auto algorithm : {hmac_sha1, hmac_sha256, hmac_sha384, hmac_sha512, sha256, sha512}) {
    for (const auto encoding : {hex, base64, base64url}) {
      auto settings = gw1();
      settings.algorithm = algorithm;
      settings.allow_weak = true;
      settings.key = {};
      settings.response.reset();
      settings.signature.encoding = encoding;
      settings.string_to_sign = "{timestamp}.{nonce}.{secret|sha256|hex}.{body}";
      const auto key = key_for(settings, "one secret");
      BOOST_TEST(round_trip(settings, {}, usual, key, key));
      BOOST_TEST(!round_trip(settings, {}, usual, key_for(settings, "another"), key));
    }
  }
}

// A client may have a key for each of several schemes: that of another is none for this one.
BOOST_AUTO_TEST_CASE(only_an_hmac_is_made_with_an_hmac_key) {
  using enum ::core::scheme::template_algorithm;
  const ::core::scheme::signed_bytes bytes{"a", "b", "c"};
  const std::optional<crypto::hmac> key = crypto::hmac(crypto::hash::sha512, "secret");
  BOOST_TEST(!digest_by(ed25519, key, bytes).has_value());
  BOOST_TEST(!digest_by(hmac_sha512, std::nullopt, bytes).has_value());
  BOOST_TEST(digest_by(hmac_sha512, key, bytes).value().view() == key->mac({"abc"}).view());
  BOOST_TEST(digest_by(sha512, key, bytes).value().view() ==
             crypto::hash_of(crypto::hash::sha512, {"abc"}).view());
}

BOOST_AUTO_TEST_CASE(ed25519_is_signed_with_the_private_key_alone) {
  auto settings = vector_scheme("standard-webhooks-ed25519");
  settings.replay_id = "id";
  const auto key = key_for(settings, "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
  const auto pair = ::core::crypto::make_ed25519_key(counted_secret());
  const auto own = std::get<::core::crypto::private_key>(
      ::core::crypto::private_key::parse(pair.private_pem.reveal()));
  outgoing what = usual;
  what.nonce = "msg_1";
  what.private_key = &own;
  BOOST_TEST(round_trip(settings, {}, what, {}, key));
  message m;
  BOOST_TEST(
      signed_fields(settings, m, what, {}).back().second ==
      "v1a,8+CudfbD3R8i4ewHWc49m8C11VHTIigok5YCwuQ530IM39sPMOqmp2/fhWOeTPxBQAnaLnW7a96XKnGOxaE4"
      "Cg==");
  const auto other = std::get<::core::crypto::private_key>(
      ::core::crypto::private_key::parse(tests::pkcs8(tests::make_ec("P-256"))));
  what.private_key = &other;
  BOOST_TEST(problem(settings, {}, what, key) ==
             "an Ed25519 signature needs the client's private key");
  what.private_key = nullptr;
  BOOST_TEST(problem(settings, {}, what, key) ==
             "an Ed25519 signature needs the client's private key");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_signed_is_told) {
  const auto key = key_for(gw1(), counted_secret());
  const auto with = [&](auto change) {
    outgoing what = usual;
    change(what);
    return problem(gw1(), {}, what, key);
  };
  BOOST_TEST(with([](outgoing& o) { o.nonce = {}; }) ==
             "there is no nonce to send in X-Auth-Nonce");
  BOOST_TEST(with([](outgoing& o) { o.token = {}; }) ==
             "there is no token to send in X-Auth-Token");
  BOOST_TEST(with([](outgoing& o) { o.version = {}; }) ==
             "there is no version to send in X-Auth-Version");
  BOOST_TEST(with([](outgoing& o) { o.timestamp = -1; }) ==
             "there is no timestamp to send in X-Auth-Timestamp");
  BOOST_TEST(with([](outgoing& o) { o.nonce = "short"; }) ==
             "the nonce is not as the scheme has it");
  BOOST_TEST(problem(gw1(), {}, usual, {}) == "the client has no key for this scheme");
  auto settings = gw1();
  settings.string_to_sign += "{lf}{header:Content-Type}";
  BOOST_TEST(problem(settings, {}, usual, key) ==
             "the request must have one field Content-Type, which is signed");
  const auto a2 = vector_scheme("laravel-seed-A2");
  ::core::keys::scheme_key bare = key_for(a2, "secret");
  bare.secret = {};
  BOOST_TEST(problem(a2, {}, usual, bare) == "the client has no key for this scheme");
}

BOOST_AUTO_TEST_CASE(other_fields_have_values_of_their_own) {
  auto settings = vector_scheme("standard-webhooks");
  settings.key = {};
  const auto key = key_for(settings, "secret");
  BOOST_TEST(problem(settings, {}, usual, key) == "there is no id to send in webhook-id");
  outgoing what = usual;
  what.others = {{"id", "msg_7"}};
  message m;
  BOOST_TEST(signed_fields(settings, m, what, key).at(0).second == "msg_7");
}

BOOST_AUTO_TEST_CASE(gw1_replies_are_signed_as_the_vectors_say) {
  const asked a;
  int seen = 0;
  for (const auto& v : tests::vectors("template.json", "gw1_reply")) {
    const std::string body = tests::text(v, "body");
    const auto status = static_cast<unsigned>(v.at("status").as_int64());
    const field_list made =
        a.s.sign_reply(a.reading, a.request, {v.at("timestamp").as_int64(), status, body}, a.key);
    BOOST_TEST((made == field_list{{"X-Auth-Timestamp", "1700000001"},
                                   {"X-Auth-Signature", tests::text(v, "signature")}}));
    BOOST_TEST(a.check(status, made, body).value() == 1700000001);
    ++seen;
  }
  BOOST_TEST(seen == 2);
}

BOOST_AUTO_TEST_CASE(a_reply_answers_one_request_with_one_body_and_status) {
  const asked a;
  field_list made = a.s.sign_reply(a.reading, a.request, {1700000001, 200, "{}"}, a.key);
  BOOST_TEST(a.check(200, made, "{}").has_value());
  BOOST_TEST((a.check(201, made, "{}").error() == errc::bad_signature));
  BOOST_TEST((a.check(200, made, "{} ").error() == errc::bad_signature));
  asked other;
  other.m.set("X-Auth-Nonce", "BAECAwQFBgcICQoLDA0ODw");
  const auto request = other.m.view();
  BOOST_TEST_REQUIRE(other.s.inspect(request, other.reading).has_value());
  BOOST_TEST((other.check(200, made, "{}").error() == errc::bad_signature));
  made[0].second = "1700000002";
  BOOST_TEST((a.check(200, made, "{}").error() == errc::bad_signature));
}

BOOST_AUTO_TEST_CASE(a_replys_fields_are_read_as_strictly_as_a_requests) {
  const asked a;
  const field_list good = a.s.sign_reply(a.reading, a.request, {1700000001, 200, "{}"}, a.key);
  BOOST_TEST((a.check(200, {}, "{}").error() == errc::missing_credential));
  BOOST_TEST((a.check(200, {good[0]}, "{}").error() == errc::missing_field));
  BOOST_TEST((a.check(200, {good[1]}, "{}").error() == errc::missing_field));
  BOOST_TEST((a.check(200, {good[0], good[1], good[1]}, "{}").error() == errc::duplicate_field));
  BOOST_TEST((a.check(200, {good[0], good[0], good[1]}, "{}").error() == errc::duplicate_field));
  for (const char* stamp : {"", "01700000001", "1700000001.0"})
    BOOST_TEST(
        (a.check(200, {{good[0].first, stamp}, good[1]}, "{}").error() == errc::malformed_field));
  const std::string signature = good[1].second;
  for (const std::string& text : {signature.substr(2), signature + "00", "v0=" + signature,
                                  std::string("Z") + signature.substr(1)})
    BOOST_TEST(
        (a.check(200, {good[0], {good[1].first, text}}, "{}").error() == errc::malformed_field));
}

BOOST_AUTO_TEST_CASE(a_reply_is_stamped_in_the_unit_of_its_request) {
  auto settings = gw1();
  for (auto& f : settings.fields)
    if (f.name == "timestamp") f.milliseconds = true;
  message m = gw1_message();
  m.set("X-Auth-Timestamp", "1700000000250");
  const auto request = m.view();
  const ::core::scheme::template_scheme s(settings);
  template_reading reading;
  BOOST_TEST_REQUIRE(s.inspect(request, reading).has_value());
  const auto key = key_for(settings, counted_secret());
  const auto made = s.sign_reply(reading, request, {1700000001, 200, "{}"}, key);
  BOOST_TEST_REQUIRE(made.size() == 2U);
  BOOST_TEST(made[0].second == "1700000001000");
  const auto check = [&](field_list fields) {
    return s.verify_reply(reading, request, reply_head(200, fields), "{}", key);
  };
  BOOST_TEST(check(made).value() == 1700000001);
  // What is signed is what is written.
  BOOST_TEST((check({{made[0].first, "1700000001"}, made[1]}).error() == errc::bad_signature));
  BOOST_TEST((check({{made[0].first, "1700000001001"}, made[1]}).error() == errc::bad_signature));
  BOOST_TEST(
      (check({{made[0].first, "170000000100000"}, made[1]}).error() == errc::malformed_field));
  // A stamp in seconds has no more digits than a request's.
  const asked a;
  const auto seconds = a.s.sign_reply(a.reading, a.request, {1700000001, 200, "{}"}, a.key);
  BOOST_TEST((a.check(200, {{made[0].first, "1700000001000"}, seconds[1]}, "{}").error() ==
              errc::malformed_field));
}

BOOST_AUTO_TEST_CASE(a_replys_signature_may_have_a_prefix) {
  auto settings = gw1();
  settings.response->prefix = "v1=";
  asked a;
  const ::core::scheme::template_scheme s(settings);
  const auto made = s.sign_reply(a.reading, a.request, {1700000001, 200, ""}, a.key);
  BOOST_TEST(made[1].second.starts_with("v1="));
  BOOST_TEST(s.verify_reply(a.reading, a.request, reply_head(200, made), "", a.key).has_value());
  BOOST_TEST((a.check(200, made, "").error() == errc::malformed_field));
  const auto with = [&](const std::string& text) {
    return s.verify_reply(a.reading, a.request, reply_head(200, {made[0], {made[1].first, text}}),
                          "", a.key);
  };
  for (const char* prefix : {"", "v2=", "V1=", "v1"})
    BOOST_TEST((with(prefix + made[1].second.substr(3)).error() == errc::malformed_field), prefix);
}

BOOST_AUTO_TEST_CASE(without_a_text_or_a_key_of_its_own_no_reply_is_signed) {
  asked a;
  ::core::keys::scheme_key bare = a.key;
  bare.reply.reset();
  const auto made = a.s.sign_reply(a.reading, a.request, {1700000001, 200, ""}, a.key);
  BOOST_TEST(a.s.sign_reply(a.reading, a.request, {1700000001, 200, ""}, bare).empty());
  BOOST_TEST((a.s.verify_reply(a.reading, a.request, reply_head(200, made), "", bare).error() ==
              errc::bad_signature));
  auto settings = gw1();
  settings.response.reset();
  const ::core::scheme::template_scheme s(settings);
  BOOST_TEST(!s.signs_replies());
  BOOST_TEST(s.sign_reply(a.reading, a.request, {1700000001, 200, ""}, a.key).empty());
  BOOST_TEST((s.verify_reply(a.reading, a.request, reply_head(200, made), "", a.key).error() ==
              errc::internal));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
