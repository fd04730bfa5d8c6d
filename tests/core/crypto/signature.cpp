// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/signature.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "core/base/encoding.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/hmac.hpp"
#include "tests/core/crypto/keys.hpp"
#include "tests/core/vectors.hpp"

using namespace core::crypto;
using core::base::base64;
using core::base::unbase64;

namespace {

constexpr signature_algorithm all[]{
    signature_algorithm::hmac_sha256,       signature_algorithm::ed25519,
    signature_algorithm::ecdsa_p256_sha256, signature_algorithm::ecdsa_p384_sha384,
    signature_algorithm::rsa_pss_sha512,    signature_algorithm::rsa_v1_5_sha256};

public_key read(std::string_view text) { return std::get<public_key>(public_key::parse(text)); }
private_key read_private(std::string_view text) {
  return std::get<private_key>(private_key::parse(text));
}

/// The names of the algorithms that a key fits.
template <class Key>
std::string fitting(const Key& key) {
  std::string names;
  for (const signature_algorithm a : all)
    if (key.fits(a)) names.append(names.empty() ? "" : " ").append(name(a));
  return names;
}

/// A key per kind, made once: an RSA key takes a while.
const std::vector<tests::openssl_key>& keys() {
  static const std::vector<tests::openssl_key> made{tests::make("ED25519"), tests::make_ec("P-256"),
                                                    tests::make_ec("P-384"), tests::make_rsa(2048)};
  return made;
}

/// Every pair of an own key and an algorithm that it fits.
template <class Work>
void with_each(Work work) {
  for (const tests::openssl_key& key : keys())
    for (const signature_algorithm a : all) {
      const private_key signer = read_private(tests::pkcs8(key));
      if (signer.fits(a)) work(a, signer, read(tests::spki_pem(key)));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(signature)

BOOST_AUTO_TEST_CASE(names_are_those_of_rfc_9421) {
  for (const signature_algorithm a : all) BOOST_TEST((parse_signature_algorithm(name(a)) == a));
  BOOST_TEST(name(signature_algorithm::rsa_v1_5_sha256) == "rsa-v1_5-sha256");
  for (const std::string_view other : {"", "HMAC-SHA256", "ed25519 ", "rsa-v1_5-sha1", "none"})
    BOOST_TEST(!parse_signature_algorithm(other));
  for (const signature_algorithm a : all)
    BOOST_TEST(is_symmetric(a) == (a == signature_algorithm::hmac_sha256));
}

BOOST_AUTO_TEST_CASE(the_vectors_of_rfc_9421_verify_and_nothing_near_them) {
  for (const auto& vector : tests::vectors("rfc9421.json", "rfc9421")) {
    BOOST_TEST_CONTEXT(tests::text(vector, "name")) {
      const auto a = parse_signature_algorithm(tests::text(vector, "algorithm")).value();
      const std::string base = tests::text(vector, "base");
      const std::string signature = unbase64(tests::text(vector, "signature")).value();
      if (is_symmetric(a)) {
        const hmac key(hash::sha256, unbase64(tests::text(vector.at("key"), "b64")).value());
        BOOST_TEST(key.mac({base}).view() == signature);
        continue;
      }
      const public_key key = read(tests::text(vector.at("key"), "pem"));
      BOOST_TEST(key.fits(a));
      BOOST_TEST(key.verify(a, base, signature));
      BOOST_TEST(!key.verify(a, base + " ", signature));
      for (std::size_t at = 0; at < signature.size(); at += 15) {
        std::string other = signature;
        other[at] = static_cast<char>(other[at] ^ 1);
        BOOST_TEST(!key.verify(a, base, other));
      }
      for (const signature_algorithm other : all)
        if (other != a) BOOST_TEST(!key.verify(other, base, signature));
    }
  }
}

// The seed of the default profile's vector is 00 to 1f, and Ed25519's signatures are deterministic.
BOOST_AUTO_TEST_CASE(ed25519_makes_the_signature_of_the_vector) {
  std::string seed(ed25519_seed_size, '\0');
  std::iota(seed.begin(), seed.end(), '\0');
  const private_key key = read_private(make_ed25519_key(seed).private_pem.reveal());
  BOOST_TEST(base64(key.public_spki()) ==
             "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
  bool found = false;
  for (const auto& vector : tests::vectors("rfc9421.json", "rfc9421")) {
    if (tests::text(vector, "name") != "default profile, ed25519") continue;
    found = true;
    BOOST_TEST(base64(key.sign(signature_algorithm::ed25519, tests::text(vector, "base"))) ==
               tests::text(vector, "signature"));
  }
  BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(what_a_private_key_signs_its_public_key_verifies) {
  std::string seen;
  with_each([&](signature_algorithm a, const private_key& signer, const public_key& verifier) {
    BOOST_TEST_CONTEXT(name(a)) {
      seen.append(name(a)).append(" ");
      for (const std::string_view message : {"", "a message"}) {
        const std::string signature = signer.sign(a, message);
        BOOST_TEST(verifier.verify(a, message, signature));
        BOOST_TEST(verifier.verify(a, message, signature));  // a prepared context serves again
        BOOST_TEST(!verifier.verify(a, "another", signature));
        BOOST_TEST(read(signer.public_spki()).verify(a, message, signature));
      }
    }
  });
  BOOST_TEST(seen == "ed25519 ecdsa-p256-sha256 ecdsa-p384-sha384 rsa-pss-sha512 rsa-v1_5-sha256 ");
}

BOOST_AUTO_TEST_CASE(a_signature_of_another_width_is_refused) {
  with_each([&](signature_algorithm a, const private_key& signer, const public_key& verifier) {
    const std::string signature = signer.sign(a, "a message");
    const std::string_view whole = signature;
    BOOST_TEST_CONTEXT(name(a)) {
      for (std::size_t size = 0; size < signature.size(); ++size)
        BOOST_TEST(!verifier.verify(a, "a message", whole.substr(0, size)));
      BOOST_TEST(!verifier.verify(a, "a message", signature + '\0'));
      BOOST_TEST(!verifier.verify(a, "a message", '\0' + signature));
      BOOST_TEST(!verifier.verify(a, "a message", signature + signature));
    }
  });
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_CASE(r_and_s_lie_within_the_order) {
  with_each([&](signature_algorithm a, const private_key& signer, const public_key& verifier) {
    if (name(a).substr(0, 5) != "ecdsa") return;
    const std::string signature = signer.sign(a, "a message");
    const std::size_t width = signature.size() / 2;
    for (const std::size_t at : {std::size_t{0}, width})
      for (const char bytes : {'\0', '\xFF'}) {
        std::string other = signature;
        other.replace(at, width, std::string(width, bytes));
        BOOST_TEST(!verifier.verify(a, "a message", other));
      }
    BOOST_TEST(!verifier.verify(a, "a message", std::string(2 * width, '\0')));
  });
}

// A number with leading zeros, or with its first bit set, has another length in DER.
BOOST_AUTO_TEST_CASE(ecdsa_verifies_numbers_of_every_length) {
  const signature_algorithm a = signature_algorithm::ecdsa_p256_sha256;
  const private_key signer = read_private(tests::pkcs8(keys()[1]));
  const public_key verifier = read(signer.public_spki());
  unsigned seen = 0;  // bit 0: a leading zero; bit 1: a first bit
  for (int i = 0; i < 4000 && seen != 3; ++i) {
    const std::string message = std::to_string(i);
    const std::string signature = signer.sign(a, message);
    if (signature[0] == '\0') seen |= 1;
    if (static_cast<unsigned char>(signature[0]) >= 0x80) seen |= 2;
    BOOST_REQUIRE(verifier.verify(a, message, signature));
  }
  BOOST_TEST(seen == 3U);
}

// RFC 9421, section 3.3.1: 64 bytes of salt, so that a signature has one form.
BOOST_AUTO_TEST_CASE(pss_takes_no_other_salt_and_no_other_hash) {
  const signature_algorithm a = signature_algorithm::rsa_pss_sha512;
  const tests::openssl_key key = keys()[3];
  const public_key verifier = read(tests::spki_pem(key));
  const auto signs = [&](int salt, const EVP_MD* mask) {
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> with(
        EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free);
    const digest hashed = hash_of(hash::sha512, {"a message"});
    std::string out(256, '\0');
    std::size_t size = out.size();
    EVP_PKEY_sign_init(with.get());
    EVP_PKEY_CTX_set_signature_md(with.get(), EVP_sha512());
    EVP_PKEY_CTX_set_rsa_padding(with.get(), RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_mgf1_md(with.get(), mask);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(with.get(), salt);
    BOOST_REQUIRE(EVP_PKEY_sign(with.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                                reinterpret_cast<const unsigned char*>(hashed.bytes.data()),
                                hashed.size) == 1);
    return out;
  };
  BOOST_TEST(verifier.verify(a, "a message", signs(64, EVP_sha512())));
  for (const int salt : {0, 32, 63, 65})
    BOOST_TEST(!verifier.verify(a, "a message", signs(salt, EVP_sha512())));
  BOOST_TEST(!verifier.verify(a, "a message", signs(64, EVP_sha1())));
}

BOOST_AUTO_TEST_CASE(a_key_for_pss_alone_is_for_nothing_else) {
  const tests::openssl_key key = tests::make_rsa_pss(2048);
  BOOST_TEST(fitting(read(tests::spki_pem(key))) == "rsa-pss-sha512");
  const private_key signer = read_private(tests::pkcs8(key));
  BOOST_TEST(fitting(signer) == "rsa-pss-sha512");
  const signature_algorithm a = signature_algorithm::rsa_pss_sha512;
  BOOST_TEST(read(tests::spki_pem(key)).verify(a, "m", signer.sign(a, "m")));
}

BOOST_AUTO_TEST_CASE(a_key_fits_what_its_kind_and_curve_are_for) {
  const std::vector<std::string> expected{"ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384",
                                          "rsa-pss-sha512 rsa-v1_5-sha256"};
  for (std::size_t i = 0; i < keys().size(); ++i) {
    BOOST_TEST(fitting(read(tests::spki_pem(keys()[i]))) == expected[i]);
    BOOST_TEST(fitting(read_private(tests::pkcs8(keys()[i]))) == expected[i]);
  }
  BOOST_CHECK_THROW(
      static_cast<void>(
          read_private(tests::pkcs8(keys()[0])).sign(signature_algorithm::rsa_pss_sha512, "m")),
      std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
