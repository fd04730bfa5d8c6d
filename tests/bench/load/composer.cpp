// SPDX-License-Identifier: Apache-2.0
#include "bench/load/composer.hpp"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkstemp is POSIX's, not <cstdlib>'s
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <filesystem>
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
  const std::string_view body = std::string_view(bytes).substr(parsed->size);
  const auto proof = core::admission::prove(*claimed, *s.rules, body);
  BOOST_REQUIRE(proof.outcome);
  core::admission::workspace space;
  const auto opened =
      core::admission::open(*proof.outcome, std::span(bytes).subspan(parsed->size), space);
  BOOST_REQUIRE(opened);
  const auto admitted = core::admission::admit(*opened, instant, space);
  BOOST_REQUIRE(admitted);
  return std::string(admitted->content());
}

/// A file with this text, gone with the object.
class file {
 public:
  explicit file(std::string_view text) {
    std::string name = std::filesystem::temp_directory_path() / "countersign-composer-XXXXXX";
    const int opened = ::mkstemp(name.data());
    BOOST_REQUIRE(opened >= 0);
    BOOST_REQUIRE(::write(opened, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(opened);
    path = name;
  }
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  ~file() { std::remove(path.c_str()); }
  std::string path;
};

// The key is RFC 9421's, B.1.4.
constexpr std::string_view signed_config =
    "listen: 127.0.0.1:0\n"
    "clients:\n"
    "  sealer: {secret: fedcba9876543210fedcba9876543210}\n"
    "  signer: {public_key: MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=}\n"
    "upstreams: {service: http://127.0.0.1:9}\n"
    "routes:\n"
    "  - {path: /signed/, scheme: rfc9421, upstream: service}\n"
    "  - {path: /jwe/, scheme: rfc9421, envelope: jwe, upstream: service}\n"
    "  - {path: /coded/, scheme: rfc9421, envelope: aes128gcm, upstream: service}\n"
    "  - {path: /small/, scheme: gw1, upstream: service}\n";
constexpr std::string_view signer_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n"
    "-----END PRIVATE KEY-----\n";

options signed_by(std::string_view client, std::string_view path, const std::string& config,
                  std::string private_key = {}) {
  options o;
  o.to = std::get<bench::load::target>(
      bench::load::parse_target("http://127.0.0.1:80" + std::string(path)));
  o.config = config;
  o.client = client;
  o.private_key = std::move(private_key);
  o.size = 200;
  return o;
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

BOOST_AUTO_TEST_CASE(what_is_signed_by_rfc_9421_is_opened_by_the_gateway) {
  const file config(signed_config);
  const file key(signer_pem);
  for (const options& o :
       {signed_by("sealer", "/signed/x?y", config.path), signed_by("sealer", "/jwe/x", config.path),
        signed_by("signer", "/signed/x", config.path, key.path)}) {
    const subject s = found(o);
    composer c(o, s);
    bench::load::request r;
    std::set<std::string> seen;
    for (int i = 0; i < 3; ++i) {
      c.compose(r, now);
      BOOST_TEST(opened_by_the_gateway(r.bytes, s, now) == c.message(r.serial));
      BOOST_TEST(seen.insert(r.bytes).second);
    }
    // What waited for long is made anew, what did not goes as it is.
    const std::string before = r.bytes;
    c.restamp(r, now + 30);
    BOOST_TEST(r.bytes == before);
    c.restamp(r, now + 31);
    BOOST_TEST(r.stamp == now + 31);
    BOOST_TEST(opened_by_the_gateway(r.bytes, s, now + 300) == c.message(r.serial));
  }
}

BOOST_AUTO_TEST_CASE(a_spoiled_one_is_refused_for_what_is_wrong_with_it) {
  const file config(signed_config);
  for (const auto& [spoil, reason] :
       {std::pair{bench::load::spoiled::signature, core::base::errc::bad_signature},
        std::pair{bench::load::spoiled::token, core::base::errc::unknown_client}}) {
    options o = signed_by("sealer", "/signed/x", config.path);
    o.spoil = spoil;
    const subject s = found(o);
    composer c(o, s);
    bench::load::request r;
    c.compose(r, now);
    core::http::request_head head;
    BOOST_REQUIRE(gateway::net::parse_request_head(r.bytes, 16384, head));
    core::admission::findings known;
    const auto arrived =
        core::admission::arrive(head, *s.rules, core::base::from_unix_seconds(now), known);
    const auto claimed = core::admission::inspect(*core::admission::find_route(*arrived, *s.rules));
    BOOST_REQUIRE(claimed);
    BOOST_TEST((core::admission::prove(*claimed, *s.rules).outcome.error() == reason));
  }
}

BOOST_AUTO_TEST_CASE(what_can_not_be_made_is_told) {
  const file config(signed_config);
  for (const auto& [client, path, why] : std::initializer_list<std::array<const char*, 3>>{
           {"signer", "/signed/", "give the private one with --private-key"},
           {"signer", "/jwe/", "give the private one with --private-key"},
           {"sealer", "/coded/", "not sealed, or sealed as JWE"},
           {"sealer", "/small/", "messages of a template can't be made"}}) {
    const auto s = bench::load::find_subject(signed_by(client, path, config.path), now);
    BOOST_REQUIRE(std::holds_alternative<std::string>(s));
    BOOST_TEST(std::get<std::string>(s).find(why) != std::string::npos, std::get<std::string>(s));
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
