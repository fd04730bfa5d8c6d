// SPDX-License-Identifier: Apache-2.0
// What a proven client is told while its body isn't open: under its route's signature, but for what
// nobody may tell from a wrong signature.

#include <boost/test/unit_test.hpp>

#include "core/admission/answer.hpp"
#include "core/admission/client_reply.hpp"
#include "tests/core/admission/client_side.hpp"

using core::base::errc;
using namespace tests::client_side;
namespace admission = core::admission;

namespace {

constexpr std::string_view problem_type = "application/problem+json";

/// A client that shares a secret, and one whose key is the private one of the gateway's identity:
/// seed 00…1f.
admission::snapshot rules_of(const std::string& route, const std::string& sealing = {}) {
  return compile(
      "listen: 127.0.0.1:8080\nidentity: {id: gw, key: \"utf8:-----BEGIN PRIVATE KEY-----\\n"
      "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\\n"
      "-----END PRIVATE KEY-----\\n\"}\n"
      "clients:\n  billing: {secret: 0123456789abcdef}\n  signer: {public_key: "
      "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=" +
      sealing +
      "}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\nroutes:\n  - {path: /api/, upstream: orders, "
      "scheme: " +
      route + "}\n");
}

admission::client_request ask(const admission::client_message& m,
                              const admission::snapshot& rules) {
  admission::workspace space;
  auto made = admission::make_client_request(m, std::string(admission::client_random_size, 'n'),
                                             rules, space);
  if (const auto* why = std::get_if<std::string>(&made)) throw std::runtime_error(*why);
  return std::get<admission::client_request>(std::move(made));
}

/// Why it doesn't open, and what the client is told then.
struct refused {
  std::string reason = "(nothing)";
  std::string answer;

  refused(const admission::client_request& asked, const admission::snapshot& rules) {
    std::string length;
    std::string body = asked.body.value_or(std::string());
    const auto head = asked.head(length);
    admission::workspace space;
    admission::findings known;
    const auto claimed = admission::inspect(
        *admission::find_route(*admission::arrive(head, rules, moment(), known), rules));
    const auto proof = admission::prove(*claimed, rules, body);
    const auto opened = admission::open(*proof.outcome, body, space);
    if (opened) return;
    reason = core::base::name(opened.error());
    admission::envelope_facts facts;
    facts.request_id = "r-1";
    facts.date = "Tue, 14 Nov 2023 22:13:21 GMT";
    facts.now = now;
    facts.sender = &*proof.outcome;
    admission::write_problem(answer, {opened.error(), &claimed->policy(), {}, {}}, facts,
                             std::string(admission::random_size, 'q'), space);
  }
};

admission::client_reply read_reply(const admission::client_request& asked,
                                   const std::string& answer, const admission::snapshot& rules) {
  const taken_apart got(answer);
  admission::workspace space;
  auto reply = admission::open_client_reply(asked, response_head(got), got.body, now, rules, space);
  if (const auto* why = std::get_if<std::string>(&reply)) throw std::runtime_error(*why);
  return std::get<admission::client_reply>(std::move(reply));
}

/// As a client makes it that doesn't know of the envelope.
admission::client_request unsealed(const std::string& scheme, const admission::snapshot& rules) {
  const auto plain = rules_of(scheme);
  auto asked = ask(message(), plain);
  asked.policy = rules.policies.data();
  asked.client = &rules.keys.all()[1];
  asked.key = asked.client->generations.data();
  return asked;
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(problems_after_proof)

BOOST_AUTO_TEST_CASE(content_that_the_route_does_not_take_is_told_under_signature_and_seal) {
  for (const char* scheme : {"rfc9421", "gw1"})
    for (const char* envelope : {"jwe", "aes128gcm"}) {
      const auto rules = rules_of(std::string(scheme) + ", envelope: " + envelope +
                                  ", reply: {sign: true, seal: true}");
      const auto asked = unsealed(scheme, rules);
      const refused told(asked, rules);
      BOOST_TEST_CONTEXT(scheme << " " << envelope) {
        BOOST_TEST(told.reason == "unsupported_content");
        const auto reply = read_reply(asked, told.answer, rules);
        BOOST_TEST(reply.verified);
        BOOST_TEST(reply.opened);
        BOOST_TEST(reply.body.find(R"("code":"unsupported_content")") != std::string::npos);
      }
    }
}

BOOST_AUTO_TEST_CASE(a_route_that_only_signs_tells_it_under_signature_alone) {
  const auto rules = rules_of("rfc9421, envelope: jwe, reply: {sign: true}");
  const auto asked = unsealed("rfc9421", rules);
  const auto reply = read_reply(asked, refused(asked, rules).answer, rules);
  BOOST_TEST(reply.verified);
  BOOST_TEST(!reply.opened);
}

BOOST_AUTO_TEST_CASE(who_has_nothing_to_seal_with_is_told_so_by_the_gateways_identity) {
  for (const char* envelope : {"jwe", "aes128gcm", "laravel"}) {
    const auto rules = rules_of(std::string("rfc9421, envelope: ") + envelope +
                                ", reply: {sign: true, seal: true}");
    auto m = message();
    m.client = "signer";
    m.method = "GET";
    m.body.reset();
    m.private_key = &*rules.identity;
    const auto asked = ask(m, rules);
    const refused told(asked, rules);
    BOOST_TEST_CONTEXT(envelope) {
      BOOST_TEST(told.reason == "no_key");
      const auto reply = read_reply(asked, told.answer, rules);
      BOOST_TEST(reply.verified);
      BOOST_TEST(!reply.opened);
      BOOST_TEST(reply.body.find(R"("code":"no_key")") != std::string::npos);
      BOOST_TEST(told.answer.find(problem_type) != std::string::npos);
    }
  }
  // Nor with a body, on a route whose replies are not sealed.
  const auto rules = rules_of("rfc9421, envelope: laravel, reply: {sign: true}");
  const auto plain = rules_of("rfc9421");
  auto m = message();
  m.client = "signer";
  m.private_key = &*plain.identity;
  BOOST_TEST(refused(ask(m, plain), rules).reason == "no_key");
}

BOOST_AUTO_TEST_CASE(a_public_keys_owner_with_a_key_to_seal_with_gets_sealed_problems) {
  const std::string sealing = ", encryption_key: 0123456789abcdef0123456789ABCDEF";
  const auto rules = rules_of("rfc9421, envelope: jwe, reply: {sign: true, seal: true}", sealing);
  const auto plain = rules_of("rfc9421", sealing);
  auto m = message();
  m.client = "signer";
  m.private_key = &*rules.identity;
  auto asked = ask(m, plain);
  asked.policy = rules.policies.data();
  asked.client = &rules.keys.all()[2];
  asked.key = asked.client->generations.data();
  const refused told(asked, rules);
  BOOST_TEST(told.reason == "unsupported_content");
  const auto reply = read_reply(asked, told.answer, rules);
  BOOST_TEST(reply.verified);
  BOOST_TEST(reply.opened);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_authentic_gets_what_a_stranger_gets) {
  const auto rules = rules_of("gw1, envelope: jwe, reply: {sign: true, seal: true}");
  // Signed as it is, which is no JWE.
  auto asked = ask(message("no.jwe"), rules_of("gw1"));
  for (auto& f : asked.fields)
    if (f.name == "Content-Type") f.value = "application/jose";
  const refused told(asked, rules);
  BOOST_TEST(told.reason == "bad_payload");
  ::core::admission::envelope_facts stranger;
  stranger.request_id = "r-1";
  stranger.date = "Tue, 14 Nov 2023 22:13:21 GMT";
  stranger.now = now;
  ::core::admission::workspace space;
  std::string theirs;
  ::core::admission::write_problem(theirs, {errc::unknown_client, rules.policies.data(), {}, {}},
                                   stranger, std::string(::core::admission::random_size, 'q'),
                                   space);
  BOOST_TEST(told.answer == theirs);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
