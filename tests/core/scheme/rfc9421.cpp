// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/rfc9421.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "core/base/encoding.hpp"
#include "tests/core/scheme/signed_messages.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
using base::errc;
using crypto::signature_algorithm;
using scheme::rfc9421_settings;

/// The RFC's own messages: few components, no tag, no nonce.
rfc9421_settings open_settings() {
  rfc9421_settings s;
  s.required = {"@authority"};
  s.cover_content_type = s.content_digest = s.nonce = false;
  s.any_nonce = true;
  s.tag = "";
  s.algorithms = {signature_algorithm::hmac_sha256,       signature_algorithm::ed25519,
                  signature_algorithm::ecdsa_p256_sha256, signature_algorithm::ecdsa_p384_sha384,
                  signature_algorithm::rsa_pss_sha512,    signature_algorithm::rsa_v1_5_sha256};
  return s;
}

keys::scheme_key key_of(const boost::json::value& vector) {
  const boost::json::object& key = vector.at("key").as_object();
  if (const auto* const secret = key.if_contains("b64"))
    return tests::mac_key(base::unbase64(std::string_view(secret->as_string())).value());
  return tests::public_key(
      std::string_view(key.at("pem").as_string()),
      crypto::parse_signature_algorithm(tests::text(vector, "algorithm")).value());
}

tests::request_text signed_text(const boost::json::value& vector) {
  tests::request_text text = tests::request_of(vector.at("message"));
  text.set("Signature-Input", "sig=" + tests::text(vector, "signature_input"));
  text.set("Signature", "sig=:" + tests::text(vector, "signature") + ":");
  return text;
}

const keys::scheme_key& good_key() {
  static const keys::scheme_key key = tests::mac_key(tests::client_secret);
  return key;
}

/// With other parameters, signed as they stand.
std::string with_parameters(const std::string& parameters, const rfc9421_settings& settings = {}) {
  tests::request_text text = tests::good_request();
  text.set("Signature-Input", "sig=" + tests::good_components + parameters);
  tests::sign_again(text, good_key(), settings);
  return tests::outcome(text, good_key(), settings);
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(rfc9421)

BOOST_AUTO_TEST_CASE(the_vectors_requests_are_proven) {
  int seen = 0;
  for (const auto& vector : vectors("rfc9421.json", "rfc9421")) {
    if (vector.at("message").as_object().contains("status")) continue;
    ++seen;
    const std::string name = tests::text(vector, "name");
    const bool closed = name.starts_with("default profile");
    const rfc9421_settings settings = closed ? rfc9421_settings{} : open_settings();
    request_text text = signed_text(vector);
    if (name.starts_with("RFC 9421 B.2.1")) {
      // A signature of nothing but its own parameters: right, and no proof of a message.
      BOOST_TEST(outcome(text, key_of(vector), settings) == "not_covered", name);
      continue;
    }
    BOOST_TEST(outcome(text, key_of(vector), settings) == "", name);
    text.set("Host", "other.example");
    text.authority = "other.example";
    BOOST_TEST(outcome(text, key_of(vector), settings) == "bad_signature", name);
  }
  BOOST_TEST(seen == 12);
}

BOOST_AUTO_TEST_CASE(a_message_survives_what_proxies_may_do_to_it) {
  const boost::json::value* whole = nullptr;
  const auto& all = vectors("rfc9421.json", "rfc9421");
  for (const auto& vector : all)
    if (tests::text(vector, "name").starts_with("RFC 9421 B.4")) whole = &vector;
  BOOST_TEST_REQUIRE(whole != nullptr);
  int accepted = 0;
  int refused = 0;
  for (const auto& change : vectors("rfc9421.json", "transformations")) {
    request_text text = request_of(change.at("message"));
    const request_text original = signed_text(*whole);
    for (const char* name : {"Signature-Input", "Signature"}) text.set(name, original.at(name));
    const bool passes = change.at("accepted").as_bool();
    BOOST_TEST(outcome(text, key_of(*whole), open_settings()) == (passes ? "" : "bad_signature"),
               tests::text(change, "name"));
    ++(passes ? accepted : refused);
  }
  BOOST_TEST(accepted == 3);
  BOOST_TEST(refused == 2);
}

BOOST_AUTO_TEST_CASE(the_claim_is_what_the_parameters_say) {
  request_text text = good_request();
  const viewed v(text);
  ::core::scheme::rfc9421_reading reading;
  const auto claim = ::core::scheme::rfc9421({}).inspect(v.view, reading);
  BOOST_TEST_REQUIRE(claim.has_value());
  BOOST_TEST(claim->token == "client-1");
  BOOST_TEST(claim->nonce == good_nonce);
  BOOST_TEST(claim->timestamp == 1700000000);
  BOOST_TEST(claim->timestamp_text == "1700000000");
  BOOST_TEST(claim->stamped);
  BOOST_TEST(claim->version == "");
  BOOST_TEST(reading.base.size() == 382U);
}

BOOST_AUTO_TEST_CASE(every_covered_byte_is_proven) {
  const auto spoilt = [](auto change) {
    request_text text = good_request();
    change(text);
    return outcome(text, good_key());
  };
  BOOST_TEST(spoilt([](request_text&) {}) == "");
  BOOST_TEST(spoilt([](request_text& t) { t.method = "PUT"; }) == "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) { t.authority = "api.example.org"; }) == "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) { t.target = "/v1/orderz?b=2&a=%7E1"; }) ==
             "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) { t.target = "/v1/orders?b=2&a=%7e1"; }) ==
             "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) { t.target = "/v1/orders?b=2&a=~1"; }) == "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) { t.target = "/v1/orders"; }) == "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) { t.set("Content-Type", "text/plain"); }) ==
             "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) {
               t.set("Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
             }) == "bad_signature");
  BOOST_TEST(spoilt([](request_text& t) { t.body += "\n"; }) == "bad_digest");
  BOOST_TEST(spoilt([](request_text& t) { t.body = ""; }) == "bad_digest");
  BOOST_TEST(outcome(good_request(), mac_key(reply_secret)) == "bad_signature");
}

BOOST_AUTO_TEST_CASE(each_field_must_be_there) {
  request_text text = good_request();
  text.erase("Signature");
  BOOST_TEST(refusal(text) == "missing_field");
  text.erase("Signature-Input");
  BOOST_TEST(refusal(text) == "missing_credential");
  text = good_request();
  text.erase("Signature-Input");
  BOOST_TEST(refusal(text) == "missing_field");
  text = good_request();
  text.erase("Content-Digest");
  BOOST_TEST(refusal(text) == "missing_field");
  // Content-Type is covered, and isn't there.
  text = good_request();
  text.erase("Content-Type");
  BOOST_TEST(refusal(text) == "missing_field");
  text = good_request();
  text.add({{"content-type", "application/json"}});
  BOOST_TEST(refusal(text) == "duplicate_field");
}

BOOST_AUTO_TEST_CASE(a_field_may_be_split_over_lines) {
  rfc9421_settings settings;
  settings.other_signatures = true;
  request_text text = good_request();
  text.add({{"Signature-Input", "other=();tag=\"else\""}, {"Signature", "other=:AAAA:"}});
  BOOST_TEST(outcome(text, good_key(), settings) == "");
  text = good_request();
  const std::string digest = text.at("Content-Digest");
  text.set("Content-Digest", "md5=:AAAA:");
  text.add({{"Content-Digest", digest}});
  sign_again(text, good_key());
  BOOST_TEST(outcome(text, good_key()) == "");
  text.body += ' ';
  BOOST_TEST(outcome(text, good_key()) == "bad_digest");
}

BOOST_AUTO_TEST_CASE(a_signature_has_one_form) {
  const auto with = [](const std::string& signature) {
    request_text text = good_request();
    text.set("Signature", signature);
    return outcome(text, good_key());
  };
  BOOST_TEST(with("sig=:AGOf3JCp+yBk1cX5xjqb8sR/zwSrdzUY8jmc9MEu2Ec=:") == "");
  BOOST_TEST(with("sig=:AGOf3JCp+yBk1cX5xjqb8sR/zwSrdzUY8jmc9MEu2A==:") == "bad_signature");
  BOOST_TEST(with("sig=:AGOf3JCp+yBk1cX5xjqb8sR/zwSrdzUY8jmc9MEu2EcA:") == "bad_signature");
  BOOST_TEST(with("sig=:agof3jcP+YbK1Cx5XJQB8Sr/ZWsRDZuy8JMC9meU2eC=:") == "malformed_field");
  BOOST_TEST(with("sig=:AGOf3JCp+yBk1cX5xjqb8sR/zwSrdzUY8jmc9MEu2Ed=:") == "malformed_field");
  for (const std::string text :
       {"", "sig=::", "sig", "sig=1", "sig=\"AAAA\"", "sig=(:AAAA:)",
        "sig=:AAA:", "sig=:A AA:", "sig=:AAAA:,", "sig=:AAAA:, sig=:AAAA:", "Sig=:AAAA:"})
    BOOST_TEST(with(text) == "malformed_field", text);
  BOOST_TEST(with("sig=:" + ::core::base::base64(std::string(513, 'x')) + ":") ==
             "malformed_field");
  BOOST_TEST(with("sig=:" + ::core::base::base64(std::string(512, 'x')) + ":") == "bad_signature");
  // What there is no room for isn't decoded at all.
  BOOST_TEST(with("sig=:" + ::core::base::base64(std::string(700000, 'x')) + ":") ==
             "malformed_field");
}

BOOST_AUTO_TEST_CASE(the_profiles_parameters_must_be_there_in_their_types) {
  const std::string rest = R"(;keyid="client-1";nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw")";
  BOOST_TEST(with_parameters(";created=1700000000" + rest) == "");
  BOOST_TEST(with_parameters(";created=1700000000;unknown=1" + rest) == "");
  BOOST_TEST(with_parameters(rest) == "missing_field");
  BOOST_TEST(with_parameters(R"(;created=1;keyid="c";tag="gw")") == "missing_field");
  BOOST_TEST(with_parameters(R"(;created=1;nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw")") ==
             "missing_field");
  for (const std::string created : {"-1", "01", "1.0", "\"1\"", "1a", ":AAAA:", "?1",
                                    "100000000000", "99999999999999999999", "000", "-0"})
    BOOST_TEST(with_parameters(";created=" + created + rest) == "malformed_field", created);
  for (const std::string created : {"0", "99999999999"})
    BOOST_TEST(with_parameters(";created=" + created + rest) == "", created);
  BOOST_TEST(with_parameters(";created" + rest) == "malformed_field");
  BOOST_TEST(with_parameters(";created=1;created=1" + rest) == "malformed_field");
}

BOOST_AUTO_TEST_CASE(texts_among_the_parameters_have_their_charsets) {
  const auto keyid = [](const std::string& value) {
    return with_parameters(";created=1;keyid=" + value +
                           R"(;nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw")");
  };
  BOOST_TEST(keyid("\"c\"") == "");
  BOOST_TEST(keyid("\"" + std::string(128, 'c') + "\"") == "");
  for (const std::string& value :
       {std::string("\"\""), std::string("c"), std::string("1"), std::string("\"a b\""),
        std::string(R"("a\"b")"), std::string(R"("a\\b")"), "\"" + std::string(129, 'c') + "\""})
    BOOST_TEST(keyid(value) == "malformed_field", value);
  const auto nonce = [](const std::string& value, const rfc9421_settings& settings = {}) {
    return with_parameters(";created=1;keyid=\"c\";nonce=" + value + ";tag=\"gw\"", settings);
  };
  BOOST_TEST(nonce("\"0123456789ab-_CD\"") == "");
  BOOST_TEST(nonce("\"" + std::string(128, 'n') + "\"") == "");
  for (const std::string& value :
       {std::string("\"0123456789abcde\""), "\"" + std::string(129, 'n') + "\"",
        std::string("\"0123456789abcdef=\""), std::string("\"0123456789abcdef \""),
        std::string("n123456789abcdef")})
    BOOST_TEST(nonce(value) == "malformed_field", value);
  rfc9421_settings any;
  any.any_nonce = true;
  BOOST_TEST(nonce("\"a=/+ b\"", any) == "");
  for (const std::string& value :
       {std::string("\"\""), std::string(R"("a\\b")"), "\"" + std::string(129, 'n') + "\""})
    BOOST_TEST(nonce(value, any) == "malformed_field", value);
}

BOOST_AUTO_TEST_CASE(expires_is_within_the_window) {
  const std::string rest = R"(;keyid="c";nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw")";
  const auto expires = [&](const std::string& at) {
    return with_parameters(";created=1000;expires=" + at + rest);
  };
  BOOST_TEST(expires("1000") == "");
  BOOST_TEST(expires("1300") == "");
  BOOST_TEST(expires("1301") == "malformed_field");
  BOOST_TEST(expires("999") == "malformed_field");
  BOOST_TEST(expires("\"1000\"") == "malformed_field");
  BOOST_TEST(expires("1000.5") == "malformed_field");

  ::core::scheme::rfc9421_reading reading;
  BOOST_TEST(::core::scheme::rfc9421::in_time(reading, 5000));
  reading.expires = 1000;
  BOOST_TEST(::core::scheme::rfc9421::in_time(reading, 1000));
  BOOST_TEST(!::core::scheme::rfc9421::in_time(reading, 1001));
}

BOOST_AUTO_TEST_CASE(the_key_chooses_the_algorithm_and_the_message_never) {
  const std::string rest = R"(;keyid="c";nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw")";
  BOOST_TEST(with_parameters(";created=1;alg=\"hmac-sha256\"" + rest) == "");
  // Allowed here, but not this key's.
  BOOST_TEST(with_parameters(";created=1;alg=\"ed25519\"" + rest) == "bad_signature");
  for (const std::string alg : {"\"rsa-pss-sha512\"", "\"HMAC-SHA256\"", "\"none\"", "\"\""})
    BOOST_TEST(with_parameters(";created=1;alg=" + alg + rest) == "unknown_alg", alg);
  BOOST_TEST(with_parameters(";created=1;alg=hmac-sha256" + rest) == "malformed_field");

  rfc9421_settings only_ed;
  only_ed.algorithms = {signature_algorithm::ed25519};
  BOOST_TEST(with_parameters(";created=1" + rest, only_ed) == "bad_signature");
  // A secret of another hash is no hmac-sha256, and no key at all proves nothing.
  ::core::keys::scheme_key other;
  other.proof = crypto::hmac(crypto::hash::sha512, client_secret);
  request_text text = good_request();
  text.set("Signature-Input", "sig=" + good_components + ";created=1" + rest);
  sign_again(text, other);
  BOOST_TEST(outcome(text, other) == "bad_signature");
  BOOST_TEST(outcome(good_request(), {}) == "bad_signature");
}

BOOST_AUTO_TEST_CASE(a_version_is_read_where_it_is_covered) {
  const auto with = [](const std::string& components, const field_list& fields,
                       const std::string& name = "Client-Version") {
    rfc9421_settings settings;
    settings.version_field = name;
    request_text text = good_request();
    text.add(fields);
    std::string list = good_components;
    list.insert(list.size() - 1, components);
    text.set("Signature-Input", "sig=" + list + good_parameters);
    const viewed v(text);
    ::core::scheme::rfc9421_reading reading;
    const auto claim = ::core::scheme::rfc9421(settings).inspect(v.view, reading);
    return claim ? std::string(claim->version) : std::string(::core::base::name(claim.error()));
  };
  BOOST_TEST(with(R"( "client-version")", {{"client-version", "1.2.3"}}) == "1.2.3");
  BOOST_TEST(with("", {{"Client-Version", "1.2.3"}}) == "not_covered");
  BOOST_TEST(with(R"( "client-version")", {{"client-version", "1 2"}}) == "malformed_field");
  BOOST_TEST(with(R"( "client-version")", {{"client-version", ""}}) == "malformed_field");
  BOOST_TEST(with(R"( "client-version")", {{"client-version", "1"}, {"Client-Version", "1"}}) ==
             "duplicate_field");
  BOOST_TEST(with("", {{"Client-Version", "1.2.3"}}, "") == "");
  BOOST_TEST(with(R"( "x-v")", {{"X-V", "7"}}, "X-V") == "7");
}

BOOST_AUTO_TEST_CASE(settings_by_which_nothing_is_proven_are_refused) {
  const auto refused = [](auto change) {
    rfc9421_settings settings;
    change(settings);
    try {
      const ::core::scheme::rfc9421 made(settings);
      return false;
    } catch (const std::invalid_argument&) {
      return true;
    }
  };
  BOOST_TEST(!refused([](rfc9421_settings&) {}));
  BOOST_TEST(refused([](rfc9421_settings& s) { s.required.clear(); }));
  BOOST_TEST(refused([](rfc9421_settings& s) { s.algorithms.clear(); }));
  for (const std::string name :
       {"", "@nope", "@status", "@query-param", "@signature-params", "Date", "a b"})
    BOOST_TEST(refused([&](rfc9421_settings& s) { s.required.push_back(name); }), name);
}

BOOST_AUTO_TEST_CASE(a_stranger_is_told_what_to_sign) {
  BOOST_TEST(
      ::core::scheme::rfc9421({}).accept_signature() ==
      R"(sig=("@method" "@authority" "@path" "@query" "content-type" "content-digest");created;tag="gw")");
  rfc9421_settings settings;
  settings.required = {"@method"};
  settings.algorithms = {signature_algorithm::ed25519};
  settings.label = "mine";
  settings.tag = "";
  BOOST_TEST(::core::scheme::rfc9421(settings).accept_signature(false) ==
             R"(mine=("@method" "content-digest");created;alg="ed25519")");
}

BOOST_AUTO_TEST_CASE(a_field_is_covered_by_a_component_that_is_all_of_it) {
  ::core::scheme::rfc9421_reading reading;
  reading.base =
      "\"x-plain\": \"x-quoted\": a\n\"x-strict\";sf: a=1\n\"x-bytes\";bs: :YQ==:\n"
      "\"x-member\";key=\"a\": 1\n\"x-long\": \n\"@signature-params\": (\"x-other\")";
  for (const char* name : {"x-plain", "X-Plain", "x-strict", "x-bytes", "x-long"})
    BOOST_TEST(::core::scheme::rfc9421::covers_field(reading, name), name);
  for (const char* name : {"x-quoted", "x-member", "x-other", "x-plai", "x-plainer", "x", ""})
    BOOST_TEST(!::core::scheme::rfc9421::covers_field(reading, name), name);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
