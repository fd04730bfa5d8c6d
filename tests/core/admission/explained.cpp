// SPDX-License-Identifier: Apache-2.0
// What a message may be told of itself, what it may say of its own end, and where it may be
// addressed.

#include <boost/test/unit_test.hpp>

#include "core/admission/client_request.hpp"
#include "core/base/encoding.hpp"
#include "tests/core/admission/client_side.hpp"

using core::base::errc;
using namespace tests::client_side;
namespace admission = core::admission;
namespace base = core::base;
namespace crypto = core::crypto;
namespace http = core::http;

namespace {

const std::string random_bytes(admission::client_random_size, 'r');

std::string yaml(const std::string& scheme, const std::string& client,
                 const std::string& top = {}) {
  return "listen: 127.0.0.1:8080\n" + top +
         "clients: {billing: {secret: 0123456789abcdef0123456789abcdef" + client +
         "}}\nupstreams: {orders: http://127.0.0.1:9001}\nroutes: [{path: /api/, scheme: " +
         scheme + ", upstream: orders}]\n";
}

admission::client_request sign(const admission::snapshot& rules) {
  const auto m = message();
  admission::workspace space;
  return std::get<admission::client_request>(
      admission::make_client_request(m, random_bytes, rules, space));
}

/// A request of billing's with a field's value changed, and what is said of its signature.
struct told {
  told(const admission::snapshot& rules, std::string_view field, std::string value,
       std::int64_t at = now) {
    auto made = sign(rules);
    for (auto& f : made.fields)
      if (f.name == field) f.value = std::move(value);
    std::string length;
    const auto head = made.head(length);
    admission::findings known;
    const auto claimed = admission::inspect(*admission::find_route(
        *admission::arrive(head, rules, base::from_unix_seconds(at), known), rules));
    const auto proof = admission::prove(*claimed, rules, *made.body);
    if (proof.outcome.has_error()) reason = proof.outcome.error();
    digest = admission::signed_digest(*claimed, proof, *made.body);
    text = admission::signed_text(*claimed, *made.body);
    if (rules.policies[0].signatures() != nullptr)
      wanted = base::hex(crypto::view(crypto::sha256({claimed->signature_reading().base})));
  }
  std::optional<errc> reason;
  std::string digest, wanted, text;
};

const std::string wrong = "sig1=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
const std::string asks = ", explain_to_client: {until: 2023-11-15}";

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(explained)

BOOST_AUTO_TEST_CASE(what_is_signed_is_told_without_the_secret) {
  const auto once = compile(yaml("laravel", ", cipher: AES-256-CBC"));
  BOOST_TEST(told(once, "version", "1.0.0").text == "1700000000");
  const auto twice = compile(yaml("twice", ", cipher: AES-256-CBC",
                                  "schemes: {twice: {preset: laravel, construction: A2}}\n"));
  BOOST_TEST(told(twice, "version", "1.0.0").text == "1700000000<secret>");
  const auto small = compile(yaml("gw1", ""));
  const told by_template(small, "X-Auth-Version", "1.0.0");
  BOOST_TEST(by_template.text.starts_with("GW1-HMAC-SHA256\nbilling\n1.0.0\n1700000000\n"));
}

BOOST_AUTO_TEST_CASE(a_client_that_may_know_is_told_the_digest_of_what_was_to_be_signed) {
  const auto rules = compile(yaml("rfc9421", asks));
  std::string label;
  for (const auto& f : sign(rules).fields)
    if (f.name == "Signature") label = f.value.substr(0, f.value.find('='));
  const std::string bad = label + wrong.substr(wrong.find('='));
  const told t(rules, "Signature", bad);
  BOOST_TEST((t.reason == errc::bad_signature));
  BOOST_TEST(t.digest == t.wanted);
  BOOST_TEST(t.digest.size() == 64U);
  // Not whom the gateway doesn't know, not late, not for ever, and not where nothing is wrong.
  BOOST_TEST(told(rules, "Signature", bad, now + 301).digest.empty());
  BOOST_TEST(told(rules, "X-Nothing", {}).digest.empty());
  BOOST_TEST(told(compile(yaml("rfc9421", "")), "Signature", bad).digest.empty());
  const std::string past = ", explain_to_client: {until: 2023-11-14T22:13:20Z}";
  BOOST_TEST(told(compile(yaml("rfc9421", past)), "Signature", bad).digest.empty());
}

BOOST_AUTO_TEST_CASE(templates_and_the_laravel_scheme_tell_theirs) {
  const told gw1(compile(yaml("gw1", asks)), "X-Auth-Signature", std::string(64, 'a'));
  BOOST_TEST((gw1.reason == errc::bad_signature));
  BOOST_TEST(gw1.digest.size() == 64U);
  const told laravel(compile(yaml("laravel", asks + ", cipher: AES-256-CBC")), "signature",
                     std::string(64, 'a'));
  BOOST_TEST(laravel.digest == base::hex(crypto::view(crypto::sha256({"1700000000"}))));
}

namespace {

/// What is said `at` some time of a message of `now` whose Signature-Input was changed and then
/// signed.
template <class Change>
std::optional<errc> resigned(const ::core::admission::snapshot& rules, std::int64_t at,
                             Change change) {
  auto made = sign(rules);
  std::string* input = nullptr;
  std::string* signature = nullptr;
  for (auto& f : made.fields) {
    if (f.name == "Signature-Input") input = &f.value;
    if (f.name == "Signature") signature = &f.value;
  }
  change(*input);
  std::string length;
  const auto head = made.head(length);
  ::core::admission::findings known;
  const auto claimed =
      inspect(*find_route(*arrive(head, rules, base::from_unix_seconds(at), known), rules));
  BOOST_TEST_REQUIRE(claimed.has_value());
  const auto& key = *rules.keys.all()[1].generations[0].key_of(0);
  const auto mac = key.proof->mac({claimed->signature_reading().base});
  *signature = signature->substr(0, signature->find('=')) + "=:" + base::base64(mac.view()) + ":";
  std::string again;
  const auto head_again = made.head(again);
  ::core::admission::findings anew;
  const auto proof = prove(
      *inspect(*find_route(*arrive(head_again, rules, base::from_unix_seconds(at), anew), rules)),
      rules);
  return proof.outcome.has_error() ? std::optional(proof.outcome.error()) : std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_signature_ends_when_it_says) {
  const auto rules = compile(yaml("rfc9421", ""));
  const auto ends = [](std::string& input) { input += ";expires=" + std::to_string(now + 10); };
  BOOST_TEST(!resigned(rules, now + 10, ends));
  BOOST_TEST((resigned(rules, now + 11, ends) == errc::stale));
}

/// Else it could be sent again once its mark is forgotten.
BOOST_AUTO_TEST_CASE(what_says_only_when_it_ends_ends_as_soon_as_what_is_made_now) {
  const auto rules =
      compile(yaml("open", "", "schemes: {open: {preset: rfc9421, created: false}}\n"));
  const auto ends = [](std::int64_t at) {
    return [at](std::string& input) {
      const std::string created = ";created=" + std::to_string(now);
      input.replace(input.find(created), created.size(), ";expires=" + std::to_string(at));
    };
  };
  BOOST_TEST(!resigned(rules, now, ends(now + 300)));
  BOOST_TEST((resigned(rules, now, ends(now + 301)) == errc::future));
  BOOST_TEST(!resigned(rules, now, ends(now)));
  BOOST_TEST((resigned(rules, now, ends(now - 1)) == errc::stale));
}

BOOST_AUTO_TEST_CASE(only_the_hosts_that_are_known_outside_are_addressed) {
  const auto answer = [](const std::string& top, std::string_view host) {
    const auto rules = compile(yaml("rfc9421", "", top));
    http::request_head head;
    head.method = "GET";
    head.target = "/api/x";
    head.fields.add("Host", host);
    ::core::admission::findings known;
    const auto arrived = arrive(head, rules, moment(), known);
    return arrived ? std::nullopt : std::optional(arrived.error());
  };
  const std::string top = "external: {scheme: https, authorities: [api.example.com, \"h:8443\"]}\n";
  BOOST_TEST(!answer(top, "api.example.com"));
  BOOST_TEST(!answer(top, "API.example.com:443"));
  BOOST_TEST(!answer(top, "h:8443"));
  BOOST_TEST((answer(top, "h") == errc::no_route));
  BOOST_TEST((answer(top, "api.example.com:80") == errc::no_route));
  BOOST_TEST(!answer("", "anything.at.all"));
  BOOST_TEST(!answer("external: {scheme: https}\n", "anything.at.all"));
}

BOOST_AUTO_TEST_CASE(what_may_be_signed_must_be_there) {
  const auto rules = compile(yaml("gw1", ""));
  auto made = sign(rules);
  http::request_head head;
  head.method = "POST";
  head.target = "/api/orders";
  head.minor_version = 0;
  for (const auto& f : made.fields) head.fields.add(f.name, f.value);
  ::core::admission::findings known;
  const auto arrived = arrive(head, rules, moment(), known);
  BOOST_TEST_REQUIRE(arrived.has_value());
  BOOST_TEST((inspect(*find_route(*arrived, rules)).error() == errc::missing_field));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
