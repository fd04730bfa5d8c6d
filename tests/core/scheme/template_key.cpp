// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_key.hpp"

#include "core/base/encoding.hpp"
#include "tests/core/scheme/templates.hpp"

namespace {

using namespace core;
using namespace tests::templates;
using scheme::text_encoding;

std::string problem(const template_settings& s, std::string_view secret) {
  const auto made = scheme::prepare_key(s, base::secret(secret), "client-1");
  const auto* why = std::get_if<std::string>(&made);
  return why != nullptr ? *why : "";
}

std::string mac(const keys::scheme_key& key) { return base::hex(key.proof->mac({"x"}).view()); }

template_settings with(text_encoding encoding, std::vector<std::string> strip = {}) {
  template_settings s = vector_scheme("github");
  s.key.encoding = encoding;
  s.key.strip = std::move(strip);
  return s;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(template_key)

BOOST_AUTO_TEST_CASE(one_key_is_written_in_four_ways) {
  const std::string wanted = mac(key_for(with(text_encoding::utf8), "\xfb\xffkey"));
  BOOST_TEST(mac(key_for(with(text_encoding::hex), "fbff6b6579")) == wanted);
  BOOST_TEST(mac(key_for(with(text_encoding::hex), "FBFF6B6579")) == wanted);
  BOOST_TEST(mac(key_for(with(text_encoding::base64), "+/9rZXk=")) == wanted);
  BOOST_TEST(mac(key_for(with(text_encoding::base64url), "-_9rZXk")) == wanted);
}

BOOST_AUTO_TEST_CASE(a_beginning_is_taken_off_once_if_it_is_there) {
  const std::string wanted = mac(key_for(with(text_encoding::utf8), "key"));
  BOOST_TEST(mac(key_for(with(text_encoding::utf8, {"whsec_", "whpk_"}), "whsec_key")) == wanted);
  BOOST_TEST(mac(key_for(with(text_encoding::utf8, {"whsec_", "whpk_"}), "whpk_key")) == wanted);
  BOOST_TEST(mac(key_for(with(text_encoding::utf8, {"whsec_"}), "key")) == wanted);
  BOOST_TEST(mac(key_for(with(text_encoding::utf8, {"whsec_"}), "whsec_whsec_key")) ==
             mac(key_for(with(text_encoding::utf8), "whsec_key")));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_secret_is_told_without_it) {
  BOOST_TEST(problem(with(text_encoding::hex), "abc") ==
             "is not hexadecimal, as the scheme has it");
  BOOST_TEST(problem(with(text_encoding::base64), "abc") ==
             "is not base64 with padding, as the scheme has it");
  BOOST_TEST(problem(with(text_encoding::base64url), "ab=") ==
             "is not base64url without padding, as the scheme has it");
  BOOST_TEST(problem(with(text_encoding::utf8), "") == "is empty");
  BOOST_TEST(problem(with(text_encoding::utf8, {"whsec_"}), "whsec_") == "is empty");
}

BOOST_AUTO_TEST_CASE(keys_are_derived_for_client_and_direction) {
  const auto key = key_for(gw1(), counted_secret());
  template_settings plain = with(text_encoding::hex);
  BOOST_TEST(
      mac(key) ==
      mac(key_for(plain, "0127678054456465623f6d9cb06a06c773a516b58866c4aa840dd40142e49cdb")));
  BOOST_REQUIRE(key.reply.has_value());
  BOOST_TEST(
      base::hex(key.reply->mac({"x"}).view()) ==
      mac(key_for(plain, "d50b753404fb07583343c0a6f1b2f2a3218819ec57912c74e9a0eb4a015d0eb3")));
  BOOST_TEST(mac(key) != mac(key_for(gw1(), counted_secret(), "client-2")));
  BOOST_TEST(!key_for(plain, "00").reply.has_value());
}

BOOST_AUTO_TEST_CASE(the_secret_itself_is_kept_where_it_is_signed_alone) {
  BOOST_TEST(key_for(gw1(), counted_secret()).secret.empty());
  BOOST_TEST(key_for(vector_scheme("laravel-seed-A2"), "abc").secret.reveal() == "abc");
  const auto plain = key_for(vector_scheme("laravel-seed-A3"), "abc");
  BOOST_TEST(plain.secret.reveal() == "abc");
  BOOST_TEST(!plain.proof.has_value());
  auto settings = gw1();
  settings.response->string_to_sign += "{secret}";
  BOOST_TEST(key_for(settings, counted_secret()).secret.size() == 32U);
}

BOOST_AUTO_TEST_CASE(a_public_key_is_ed25519s_in_either_form) {
  auto settings = vector_scheme("standard-webhooks-ed25519");
  const auto key = key_for(settings, "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
  BOOST_TEST(key.public_key.has_value());
  BOOST_TEST((key.algorithm == ::core::crypto::signature_algorithm::ed25519));
  BOOST_TEST(!key.proof.has_value());
  constexpr std::string_view spki = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
  BOOST_TEST(key_for(settings, spki).public_key.has_value());
  BOOST_TEST(key_for(settings, "-----BEGIN PUBLIC KEY-----\n" + std::string(spki) +
                                   "\n-----END PUBLIC KEY-----\n")
                 .public_key.has_value());
  settings.key.encoding = text_encoding::utf8;
  BOOST_TEST(key_for(settings, spki).public_key.has_value());
  BOOST_TEST(!problem(settings, "whsk_AAAA").empty());
  constexpr std::string_view p256 =
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/"
      "+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6D"
      "xh71Z50VGGdldkkDXZCnTNnoXQ==";
  BOOST_TEST(problem(settings, p256) == "is no Ed25519 key");
}

BOOST_AUTO_TEST_CASE(nobodys_key_costs_what_a_clients_does_and_opens_nothing) {
  const auto dummy = ::core::scheme::dummy_key(gw1());
  BOOST_TEST(dummy.proof.has_value());
  BOOST_TEST(dummy.reply.has_value());
  BOOST_TEST(::core::scheme::dummy_key(vector_scheme("standard-webhooks")).proof.has_value());
  BOOST_TEST(!::core::scheme::dummy_key(vector_scheme("laravel-seed-A3")).secret.empty());
  BOOST_TEST(
      ::core::scheme::dummy_key(vector_scheme("standard-webhooks-ed25519")).public_key.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
