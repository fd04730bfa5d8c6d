// SPDX-License-Identifier: Apache-2.0
#include "bench/load/composer.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <set>
#include <string>
#include <variant>

#include "core/admission/stages.hpp"
#include "core/base/instant.hpp"
#include "core/json/check.hpp"
#include "gateway/net/head_parser.hpp"

namespace {

using bench::load::composer;
using bench::load::options;
using bench::load::subject;

constexpr std::int64_t now = 1'700'000'000;

options client_of_ones_own(std::string cipher, std::string secret) {
  options o;
  o.to = std::get<bench::load::target>(bench::load::parse_target("http://127.0.0.1:80/api/x"));
  o.token = "my_key";
  o.secret = std::move(secret);
  o.cipher = std::move(cipher);
  o.size = 200;
  return o;
}

subject found(const options& o) {
  auto s = bench::load::find_subject(o, now);
  if (const auto* why = std::get_if<std::string>(&s)) BOOST_FAIL(*why);
  return std::get<subject>(s);
}

/// What the gateway's own stages make of these bytes.
std::string opened_by_the_gateway(std::string bytes, const subject& s, std::int64_t at) {
  core::http::request_head head;
  const auto parsed = gateway::net::parse_request_head(bytes, 16384, head);
  BOOST_REQUIRE(parsed);
  BOOST_REQUIRE(parsed->complete);
  const auto instant = core::base::from_unix_seconds(at);
  core::admission::findings known;
  const auto arrived = core::admission::arrive(head, *s.rules, instant, known);
  BOOST_REQUIRE(arrived);
  BOOST_TEST(arrived->framing().length == bytes.size() - parsed->size);
  const auto routed = core::admission::find_route(*arrived, *s.rules);
  BOOST_REQUIRE(routed);
  const auto claimed = core::admission::inspect(*routed);
  BOOST_REQUIRE(claimed);
  const auto proof = core::admission::prove(*claimed, *s.rules);
  BOOST_REQUIRE(proof.outcome);
  core::admission::workspace space;
  const auto opened =
      core::admission::open(*proof.outcome, std::span(bytes).subspan(parsed->size), space);
  BOOST_REQUIRE(opened);
  const auto admitted = core::admission::admit(*opened, instant, space);
  BOOST_REQUIRE(admitted);
  return std::string(admitted->content());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench)
BOOST_AUTO_TEST_SUITE(load)
BOOST_AUTO_TEST_SUITE(composers)

BOOST_AUTO_TEST_CASE(every_cipher_form_and_plaintext_is_opened_by_the_gateway) {
  const std::string short_secret = "0123456789abcdef";
  const std::string long_secret = short_secret + short_secret;
  for (const auto& [cipher, secret] :
       std::initializer_list<std::pair<const char*, std::string>>{{"AES-128-CBC", short_secret},
                                                                  {"AES-128-GCM", short_secret},
                                                                  {"AES-256-CBC", long_secret},
                                                                  {"AES-256-GCM", long_secret}})
    for (const char* payload : {"form", "json", "raw"})
      for (const char* plaintext : {"serialized", "raw"}) {
        options o = client_of_ones_own(cipher, secret);
        o.payload = payload;
        o.plaintext = plaintext;
        const subject s = found(o);
        composer c(o, s);
        bench::load::request r;
        c.compose(r, now);
        BOOST_TEST(opened_by_the_gateway(r.bytes, s, now) == c.message(r.serial));
      }
}

BOOST_AUTO_TEST_CASE(a_message_is_json_of_the_size_asked_for_and_never_repeated) {
  options o = client_of_ones_own("AES-128-CBC", "0123456789abcdef");
  const subject s = found(o);
  for (const std::uint64_t size : {composer::smallest, std::uint64_t{200}, std::uint64_t{65536}}) {
    o.size = size;
    composer c(o, s);
    composer other(o, s);
    std::set<std::string> seen;
    for (std::uint64_t serial = 0; serial < 300; ++serial) {
      BOOST_REQUIRE(c.message(serial).size() == size);
      BOOST_REQUIRE(core::json::is_object_or_array(c.message(serial)));
      BOOST_REQUIRE(seen.emplace(c.message(serial)).second);
      BOOST_REQUIRE(seen.emplace(other.message(serial)).second);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_two_requests_have_the_same_message_or_payload) {
  const options o = client_of_ones_own("AES-128-CBC", "0123456789abcdef");
  const subject s = found(o);
  composer c(o, s);
  bench::load::request r;
  std::set<std::string> bodies;
  std::set<std::uint64_t> serials;
  for (int i = 0; i < 300; ++i) {
    c.compose(r, now);
    BOOST_TEST(serials.insert(r.serial).second);
    BOOST_TEST(bodies.insert(r.bytes.substr(r.bytes.find("data="))).second);
  }
}

BOOST_AUTO_TEST_CASE(what_was_made_ahead_leaves_with_the_stamp_of_its_second) {
  const options o = client_of_ones_own("AES-128-CBC", "0123456789abcdef");
  const subject s = found(o);
  composer c(o, s);
  bench::load::request r;
  c.compose(r, now - 5'000);
  c.restamp(r, now);
  BOOST_TEST(r.bytes.find("timestamp: 1700000000\r\n") != std::string::npos);
  BOOST_TEST(opened_by_the_gateway(r.bytes, s, now) == c.message(r.serial));
}

BOOST_AUTO_TEST_CASE(a_plain_request_holds_the_message_and_no_credentials) {
  options o = client_of_ones_own("", "");
  o.token.clear();
  o.plain = true;
  const subject s = found(o);
  composer c(o, s);
  bench::load::request r;
  c.compose(r, now);
  BOOST_TEST(r.bytes.ends_with("\r\n\r\n" + std::string(c.message(r.serial))));
  BOOST_TEST(r.bytes.find("signature") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_that_fits_no_cipher_is_told_as_in_a_configuration) {
  const auto s = bench::load::find_subject(client_of_ones_own("AES-128-CBC", "short"), now);
  BOOST_REQUIRE(std::holds_alternative<std::string>(s));
  BOOST_TEST(std::get<std::string>(s).find("must be exactly 16") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
