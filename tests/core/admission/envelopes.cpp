// SPDX-License-Identifier: Apache-2.0
// Bodies sealed as JWE and with aes128gcm: what is refused although the signature over it is right.

#include <boost/test/unit_test.hpp>

#include "core/admission/client_request.hpp"
#include "core/admission/upstream_head.hpp"
#include "core/envelope/aes128gcm.hpp"
#include "core/envelope/jwe.hpp"
#include "tests/core/admission/client_side.hpp"

using core::base::errc;
using namespace tests::client_side;
namespace admission = core::admission;
namespace config = core::config;
namespace envelope = core::envelope;
namespace http = core::http;
namespace keys = core::keys;

namespace {

const std::string random_bytes(admission::client_random_size, 'r');

std::string yaml(const std::string& route) {
  return "listen: 127.0.0.1:8080\nclients:\n"
         "  one: {secret: "
         "\"hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"}\n"
         "  own: {secret: 0123456789abcdef, encryption_key: 0123456789abcdef0123456789abcdef}\n"
         "upstreams: {orders: http://127.0.0.1:9001}\n"
         "routes: [{path: /, scheme: rfc9421, upstream: orders" +
         route + "}]\n";
}

using fields = std::vector<std::pair<std::string, std::string>>;

/// One's signature over whatever stands here, and what comes of it.
struct sent {
  sent(const admission::snapshot& rules, fields extra, std::string body, std::size_t who = 1,
       std::string_view method = "POST")
      : text(std::move(body)) {
    const keys::client& client = rules.keys.all()[who];
    http::request_head plain;
    plain.method = method;
    plain.target = "/x";
    plain.fields.add("Host", "api.example.com");
    for (const auto& [name, value] : extra) plain.fields.add(name, value);
    const core::scheme::request_view view{plain, *http::parse_target("/x"), "api.example.com",
                                          "http"};
    const keys::scheme_key& key = *client.generations[0].key_of(0);
    all = extra;
    for (auto& field : rules.policies[0].signatures()->sign_request(
             view, text, {"1.0.0", now, "AAECAwQFBgcICQoLDA0ODw"}, {client.token, &*key.proof}))
      all.push_back(field);
    head.method = method;
    head.target = "/x";
    head.fields.add("Host", "api.example.com");
    for (const auto& [name, value] : all) head.fields.add(name, value);
    length = std::to_string(text.size());
    head.fields.add("Content-Length", length);
    judge(rules);
  }

  void judge(const admission::snapshot& rules) {
    const auto arrived = admission::arrive(head, rules, moment(), known);
    const auto claimed = admission::inspect(*admission::find_route(*arrived, rules));
    if (!claimed) {
      refused = claimed.error();
      return;
    }
    const auto proof = admission::prove(*claimed, rules);
    if (!proof.outcome) {
      refused = proof.outcome.error();
      return;
    }
    const auto opened = admission::open(*proof.outcome, text, space);
    if (!opened) {
      refused = opened.error();
      return;
    }
    const auto leaving = admission::admit(*opened, moment(), space);
    if (!leaving) {
      refused = leaving.error();
      return;
    }
    const auto reserved = admission::confirm(*leaving, core::replay::verdict::fresh);
    admission::write_upstream_head(upstream, admission::cleared(*reserved),
                                   {"127.0.0.1:9001", "127.0.0.1", "id",
                                    "00-00000000000000000000000000000001-0000000000000001-01"});
    content = leaving->content();
    is_json = leaving->content_is_json();
  }

  std::string text, length;
  fields all;
  http::request_head head;
  admission::findings known;
  admission::workspace space;
  std::optional<errc> refused;
  std::string content, upstream;
  bool is_json = false;
};

const fields jose{{"Content-Type", "application/jose"}};
const fields coded{{"Content-Type", "application/json"}, {"Content-Encoding", "aes128gcm"}};
constexpr std::string_view json = R"({"hello":"world"})";

std::string jwe(const admission::snapshot& rules, std::optional<std::int64_t> ts = {},
                std::optional<std::string_view> ver = {}, std::size_t who = 1) {
  core::crypto::cipher_contexts contexts;
  const keys::client& client = rules.keys.all()[who];
  return envelope::seal_jwe(
      json,
      {rules.model.clients[who - 1].jwe, client.generations[0].jwe.request.reveal(), client.token},
      std::string(envelope::jwe_random_size, 'r'), contexts, ts, ver);
}

std::string in_records(const admission::snapshot& rules, std::string_view keyid = "one") {
  core::crypto::cipher_contexts contexts;
  return envelope::seal_aes128gcm(
      json, {rules.keys.all()[1].generations[0].aes128gcm.request.reveal(), keyid},
      std::string(envelope::aes128gcm_salt_size, 's'), contexts);
}

/// A client that proves itself and has nothing to seal with.
std::optional<errc> of_signer(const std::string& route, const fields& extra,
                              std::string body = "sealed somehow") {
  // RFC 9421's profile, and a key that this test makes up: seed 00…1f.
  const auto rules = compile(
      "listen: 127.0.0.1:8080\nidentity: {id: gw, key: \"utf8:-----BEGIN PRIVATE KEY-----\\n"
      "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\\n"
      "-----END PRIVATE KEY-----\\n\"}\n"
      "clients: {signer: {public_key: "
      "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\n"
      "routes: [{path: /, scheme: rfc9421, upstream: orders" +
      route + "}]\n");
  http::request_head plain;
  plain.method = "POST";
  plain.target = "/x";
  plain.fields.add("Host", "api.example.com");
  for (const auto& [name, value] : extra) plain.fields.add(name, value);
  const core::scheme::request_view view{plain, *http::parse_target("/x"), "api.example.com",
                                        "http"};
  const auto made = rules.policies[0].signatures()->sign_request(
      view, body, {"1.0.0", now, "AAECAwQFBgcICQoLDA0ODw"}, {"signer", nullptr, &*rules.identity});
  http::request_head head = plain;
  for (const auto& [name, value] : made) head.fields.add(name, value);
  const std::string size = std::to_string(body.size());
  head.fields.add("Content-Length", size);
  admission::findings known;
  admission::workspace space;
  const auto arrived = admission::arrive(head, rules, moment(), known);
  const auto proof =
      admission::prove(*admission::inspect(*admission::find_route(*arrived, rules)), rules);
  if (!proof.outcome) return proof.outcome.error();
  const auto opened = admission::open(*proof.outcome, body, space);
  return opened ? std::nullopt : std::optional(opened.error());
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(envelopes)

BOOST_AUTO_TEST_CASE(jwe_is_opened) {
  const auto rules = compile(yaml(", envelope: jwe"));
  const sent s(rules, jose, jwe(rules));
  BOOST_TEST(!s.refused);
  BOOST_TEST(s.content == json);
  BOOST_TEST(s.is_json);
  BOOST_TEST(!sent(rules, {{"Content-Type", "Application/JOSE; x=y"}}, jwe(rules)).refused);
}

BOOST_AUTO_TEST_CASE(a_key_of_ones_own_is_the_jwes) {
  const auto rules = compile(yaml(", envelope: jwe"));
  const auto& key = rules.keys.all()[2].generations[0].jwe;
  BOOST_TEST((key.request.reveal() == "0123456789abcdef0123456789abcdef"));
  BOOST_TEST((key.reply.reveal() != key.request.reveal()));
  BOOST_TEST(!sent(rules, jose, jwe(rules, {}, {}, 2), 2).refused);
}

BOOST_AUTO_TEST_CASE(jwe_says_that_it_is_one) {
  const auto rules = compile(yaml(", envelope: jwe"));
  const auto refused = [&](fields f) { return *sent(rules, std::move(f), jwe(rules)).refused; };
  BOOST_TEST((refused({{"Content-Type", "application/json"}}) == errc::unsupported_content));
  BOOST_TEST((refused({}) == errc::unsupported_content));
  BOOST_TEST((refused({{"Content-Type", "application/jose"}, {"Content-Encoding", "gzip"}}) ==
              errc::unsupported_content));
}

BOOST_AUTO_TEST_CASE(time_and_version_in_a_jwe_are_those_that_were_signed) {
  const auto rules = compile(yaml(", envelope: jwe"));
  BOOST_TEST(!sent(rules, jose, jwe(rules, now, "1.0.0")).refused);
  BOOST_TEST((sent(rules, jose, jwe(rules, now + 1)).refused == errc::bad_payload));
  BOOST_TEST((sent(rules, jose, jwe(rules, now - 1, "1.0.0")).refused == errc::bad_payload));
  BOOST_TEST((sent(rules, jose, jwe(rules, now, "1.0.1")).refused == errc::bad_payload));
  BOOST_TEST((sent(rules, jose, jwe(rules, {}, "")).refused == errc::bad_payload));
}

BOOST_AUTO_TEST_CASE(a_jwe_that_was_changed_is_refused_although_its_signature_is_right) {
  const auto rules = compile(yaml(", envelope: jwe"));
  std::string changed = jwe(rules);
  const auto at = changed.rfind('.') - 3;
  changed[at] = changed[at] == 'b' ? 'c' : 'b';
  const sent s(rules, jose, changed);
  BOOST_TEST(s.refused.has_value());
  BOOST_TEST((s.refused == errc::bad_mac || s.refused == errc::decrypt_failed));
  BOOST_TEST((sent(rules, jose, "no.jwe").refused == errc::bad_payload));
}

BOOST_AUTO_TEST_CASE(aes128gcm_is_opened) {
  const auto rules = compile(yaml(", envelope: aes128gcm"));
  const sent s(rules, coded, in_records(rules));
  BOOST_TEST(!s.refused);
  BOOST_TEST(s.content == json);
  BOOST_TEST(!sent(rules, {{"Content-Encoding", "AES128GCM"}}, in_records(rules)).refused);
}

BOOST_AUTO_TEST_CASE(aes128gcm_is_the_only_coding) {
  const auto rules = compile(yaml(", envelope: aes128gcm"));
  const auto refused = [&](fields f) {
    return *sent(rules, std::move(f), in_records(rules)).refused;
  };
  BOOST_TEST((refused({}) == errc::unsupported_content));
  BOOST_TEST((refused({{"Content-Encoding", "gzip, aes128gcm"}}) == errc::unsupported_content));
  BOOST_TEST((refused({{"Content-Encoding", "aes128gcm"}, {"Content-Encoding", "gzip"}}) ==
              errc::duplicate_field));
}

BOOST_AUTO_TEST_CASE(records_that_were_changed_or_are_anothers_are_refused) {
  const auto rules = compile(yaml(", envelope: aes128gcm"));
  std::string changed = in_records(rules);
  changed.back() = static_cast<char>(changed.back() ^ 1);
  BOOST_TEST(sent(rules, coded, changed).refused.has_value());
  BOOST_TEST(sent(rules, coded, in_records(rules, "two")).refused.has_value());
}

BOOST_AUTO_TEST_CASE(a_client_without_a_secret_has_no_key_to_seal_with) {
  BOOST_TEST((of_signer(", envelope: jwe", jose) == errc::no_key));
  BOOST_TEST((of_signer(", envelope: aes128gcm", coded) == errc::no_key));
  BOOST_TEST(!of_signer("", {}));
  // Nor needs it one where nothing is sealed.
  BOOST_TEST(!of_signer(", envelope: jwe", {}, ""));
}

BOOST_AUTO_TEST_CASE(without_an_envelope_a_coding_would_hide_what_json_is_expected_to_be) {
  const auto rules = compile(yaml(""));
  BOOST_TEST(!sent(rules, {{"Content-Type", "application/json"}}, std::string(json)).refused);
  BOOST_TEST((sent(rules, {{"Content-Encoding", "gzip"}}, std::string(json)).refused ==
              errc::unsupported_content));
  BOOST_TEST((sent(rules, {}, "no json").refused == errc::not_json));
  const sent plain(rules, {{"Content-Type", "text/json"}}, std::string(json));
  BOOST_TEST(plain.upstream.find("Content-Type: application/json\r\n") != std::string::npos);
  BOOST_TEST(plain.upstream.find("Content-Type") == plain.upstream.rfind("Content-Type"));
  const auto any = compile(yaml(", content: any"));
  const sent s(any, {{"Content-Encoding", "gzip"}}, "no json");
  BOOST_TEST(!s.refused);
  BOOST_TEST(s.content == "no json");
  // What it is and how it is coded goes on as the client said it, once.
  const sent typed(any, {{"Content-Type", "text/csv"}}, std::string(json));
  BOOST_TEST(!typed.is_json);
  BOOST_TEST(typed.upstream.find("Content-Type: text/csv\r\n") != std::string::npos);
  BOOST_TEST(typed.upstream.find("Content-Type") == typed.upstream.rfind("Content-Type"));
  BOOST_TEST(!s.is_json);
}

BOOST_AUTO_TEST_CASE(nothing_needs_no_envelope) {
  const auto rules = compile(yaml(", envelope: jwe"));
  const sent s(rules, {}, "", 1, "GET");
  BOOST_TEST(!s.refused);
  BOOST_TEST(s.content.empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
