// SPDX-License-Identifier: Apache-2.0
// Which texts are keys: core/crypto/signature's parse().

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/base/encoding.hpp"
#include "core/crypto/signature.hpp"
#include "tests/core/crypto/keys.hpp"

using namespace core::crypto;
using core::base::base64;

namespace {

const tests::openssl_key& p256() {
  static const tests::openssl_key key = tests::make_ec("P-256");
  return key;
}
std::string der() {
  const auto key = std::get<private_key>(private_key::parse(tests::pkcs8(p256())));
  return key.public_spki();
}
/// What is wrong with a public key's text; empty if nothing.
std::string wrong(std::string_view text) {
  const auto found = public_key::parse(text);
  BOOST_TEST(ERR_peek_error() == 0U);
  return found.index() == 0 ? std::string() : std::get<1>(found);
}
std::string wrong_private(std::string_view text) {
  const auto found = private_key::parse(text);
  BOOST_TEST(ERR_peek_error() == 0U);
  return found.index() == 0 ? std::string() : std::get<1>(found);
}

constexpr std::string_view no_public =
    "not a public key (SubjectPublicKeyInfo) as PEM, base64 or DER";
constexpr std::string_view no_private = "not a private key (PKCS#8, not encrypted) as PEM";

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(signature_keys)

BOOST_AUTO_TEST_CASE(a_public_key_is_pem_base64_or_der) {
  BOOST_TEST(wrong(der()).empty());
  BOOST_TEST(wrong(base64(der())).empty());
  BOOST_TEST(wrong(tests::spki_pem(p256())).empty());
  BOOST_TEST(wrong(tests::spki_pem(p256()) + "\r\n \n").empty());
}

BOOST_AUTO_TEST_CASE(any_other_text_is_none) {
  const std::string pem = tests::spki_pem(p256());
  for (const std::string& text :
       {std::string(), std::string("a key"), std::string("0"), der() + '\0', der() + der(),
        base64(der()) + "\n", base64(der() + "x"), base64(der()).substr(1), pem + pem, "x" + pem,
        "\n" + pem, "-----\n" + pem, tests::pkcs8(p256()), std::string(100'000, '0')})
    BOOST_TEST(wrong(text) == no_public);
}

BOOST_AUTO_TEST_CASE(every_part_of_a_key_is_needed) {
  const std::string whole = der();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST(wrong(whole.substr(0, size)) == no_public);
    BOOST_TEST(wrong(base64(whole.substr(0, size))) == no_public);
  }
  const std::string pem = tests::spki_pem(p256());
  const std::size_t end = pem.size() - 1;  // the last line's end may be missing
  for (std::size_t size = 0; size < end; ++size)
    BOOST_TEST(wrong(pem.substr(0, size)) == no_public);
  BOOST_TEST(wrong(pem.substr(0, end)).empty());
}

BOOST_AUTO_TEST_CASE(a_short_rsa_key_is_refused) {
  const tests::openssl_key small = tests::make_rsa(1024);
  const std::string text = "an RSA key of 1024 bits; at least 2048 are needed";
  BOOST_TEST(wrong(tests::spki_pem(small)) == text);
  BOOST_TEST(wrong_private(tests::pkcs8(small)) == text);
  BOOST_TEST(wrong(tests::spki_pem(tests::make_rsa_pss(1024))) == text);
}

BOOST_AUTO_TEST_CASE(other_kinds_and_curves_are_refused) {
  BOOST_TEST(wrong(tests::spki_pem(tests::make_ec("P-521"))) ==
             "an EC key of the curve secp521r1; P-256 and P-384 can be used");
  BOOST_TEST(wrong(tests::spki_pem(tests::make("X25519"))) ==
             "neither an Ed25519, nor an EC, nor an RSA key");
  BOOST_TEST(wrong(tests::spki_pem(tests::make("ED448"))) ==
             "neither an Ed25519, nor an EC, nor an RSA key");
}

// CVE-2020-0601: a curve written out had another generator than the one it passed for.
BOOST_AUTO_TEST_CASE(a_curve_that_is_written_out_is_refused) {
  const tests::openssl_key key = tests::make_ec("P-256");
  BOOST_REQUIRE(EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                               OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1);
  BOOST_TEST(wrong(tests::spki_pem(key)) == "an EC key whose curve isn't named but written out");
}

BOOST_AUTO_TEST_CASE(a_point_off_the_curve_is_no_key) {
  std::string other = der();
  other.back() = static_cast<char>(other.back() ^ 1);
  BOOST_TEST(!wrong(other).empty());
  // The point at infinity is one zero byte; by it, a signature says nothing of the message.
  constexpr std::string_view no_bits_unused_then_infinity("\x03\x02\x00\x00", 4);
  std::string infinity = der().substr(0, 23).append(no_bits_unused_then_infinity);
  infinity[1] = static_cast<char>(infinity.size() - 2);
  BOOST_TEST(!wrong(infinity).empty());
}

BOOST_AUTO_TEST_CASE(a_private_key_is_pkcs_8_not_encrypted) {
  const std::string pem = tests::pkcs8(p256());
  BOOST_TEST(wrong_private(pem).empty());
  const std::string encrypted = tests::written([](BIO* out) {
    char word[] = "word";
    return PEM_write_bio_PKCS8PrivateKey(out, p256().get(), EVP_aes_256_cbc(), word, 4, nullptr,
                                         nullptr);
  });
  const std::string traditional = tests::written([](BIO* out) {
    return PEM_write_bio_PrivateKey_traditional(out, p256().get(), nullptr, nullptr, 0, nullptr,
                                                nullptr);
  });
  std::string with_a_header = pem;
  with_a_header.insert(pem.find('\n') + 1, "Proc-Type: 4,ENCRYPTED\n\n");
  for (const std::string& text : {std::string(), der(), tests::spki_pem(p256()), encrypted,
                                  traditional, with_a_header, pem + pem, pem.substr(0, 100)})
    BOOST_TEST(wrong_private(text) == no_private);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
