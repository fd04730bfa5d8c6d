// SPDX-License-Identifier: Apache-2.0
// V14: what proves is compared by CRYPTO_memcmp, over all of its decoded bytes, whatever differs.
// The program's own CRYPTO_memcmp stands before OpenSSL's and counts.

#include <openssl/crypto.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "core/base/encoding.hpp"
#include "core/crypto/cipher.hpp"
#include "core/crypto/digest.hpp"
#include "core/envelope/jwe.hpp"
#include "core/envelope/laravel.hpp"
#include "core/keys/key_ring.hpp"
#include "core/scheme/laravel.hpp"

namespace {

std::vector<std::size_t>& compared() {
  static std::vector<std::size_t> sizes;
  return sizes;
}

/// The sizes that were compared while `work` ran.
template <class Work>
std::vector<std::size_t> during(Work&& work) {
  compared().clear();
  work();
  return compared();
}

}  // namespace

extern "C" int CRYPTO_memcmp(const void* a, const void* b, std::size_t size) {
  compared().push_back(size);
  const auto* x = static_cast<const unsigned char*>(a);
  const auto* y = static_cast<const unsigned char*>(b);
  unsigned difference = 0;
  for (std::size_t i = 0; i < size; ++i) difference |= static_cast<unsigned>(x[i] ^ y[i]);
  return static_cast<int>(difference);
}

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(constant_time)

BOOST_AUTO_TEST_CASE(v14_every_comparison_takes_all_bytes) {
  const std::string mac(32, 'm');
  const std::vector<std::size_t> once{32};
  for (std::size_t at = 0; at < mac.size(); ++at) {
    std::string other = mac;
    other[at] = 'x';
    bool same = true;
    BOOST_TEST(during([&] { same = core::crypto::equal(mac, other); }) == once);
    BOOST_TEST(!same);
  }
  BOOST_TEST(during([&] { BOOST_TEST(core::crypto::equal(mac, mac)); }) == once);
}

BOOST_AUTO_TEST_CASE(v14_another_length_costs_the_same_work) {
  const std::string mac(32, 'm');
  const std::vector<std::size_t> once{32};
  for (const std::size_t size : {0U, 1U, 31U, 33U, 64U}) {
    const std::string other(size, 'm');
    BOOST_TEST(during([&] { BOOST_TEST(!core::crypto::equal(mac, other)); }) == once);
  }
}

BOOST_AUTO_TEST_CASE(v14_a_signature_is_compared_by_its_decoded_bytes) {
  const core::base::secret secret("0123456789abcdef");
  const auto key = core::keys::make_generation("first", 0, 4'000'000'000, secret, secret,
                                               core::crypto::cipher::aes_128_cbc);
  const core::scheme::laravel scheme(core::scheme::laravel_settings{});
  core::scheme::claim claim;
  claim.timestamp_text = "1700000000";
  BOOST_REQUIRE(core::base::unhex(scheme.sign(claim.timestamp_text, key), claim.signature));
  const std::vector<std::size_t> once{32};
  BOOST_TEST(during([&] { BOOST_TEST(scheme.verify(claim, key)); }) == once);
  claim.signature[0] ^= 1;
  BOOST_TEST(during([&] { BOOST_TEST(!scheme.verify(claim, key)); }) == once);
}

BOOST_AUTO_TEST_CASE(v14_the_mac_of_a_payload_is_compared_by_its_decoded_bytes) {
  constexpr std::string_view key = "0123456789abcdef";
  const core::crypto::hmac_sha256 mac(key);
  core::crypto::cipher_contexts contexts;
  const core::envelope::laravel_key keys{core::crypto::cipher::aes_128_cbc, key, mac};
  const std::string sealed =
      core::envelope::seal_laravel("s:1:\"x\";", keys, "0123456789abcdef", contexts);
  const std::vector<std::size_t> once{32};
  const auto opens = [&](std::string text) {
    return static_cast<bool>(core::envelope::open_laravel(text, keys, contexts));
  };
  BOOST_TEST(during([&] { BOOST_TEST(opens(sealed)); }) == once);
  const std::string json = core::base::unbase64(sealed).value();
  const std::size_t digit = json.find("\"mac\":\"") + 7;
  for (std::size_t at = digit; at < digit + 64; at += 21) {
    std::string other = json;
    other[at] = other[at] == '0' ? '1' : '0';
    BOOST_TEST(during([&] { BOOST_TEST(!opens(core::base::base64(other))); }) == once);
  }
}

BOOST_AUTO_TEST_CASE(v14_the_tag_of_a_jwe_is_compared_by_its_decoded_bytes) {
  namespace envelope = core::envelope;
  core::crypto::cipher_contexts contexts;
  for (const envelope::jwe_enc enc :
       {envelope::jwe_enc::a128cbc_hs256, envelope::jwe_enc::a256cbc_hs512}) {
    const envelope::jwe_sizes sizes = envelope::sizes(enc);
    const std::string bytes(sizes.key, 'k');
    const envelope::jwe_key key{{envelope::jwe_alg::dir, enc}, bytes, ""};
    const std::string sealed =
        envelope::seal_jwe("x", key, std::string(envelope::jwe_random_size, 'r'), contexts);
    const std::vector<std::size_t> once{sizes.tag};
    const auto opens = [&](std::string text) {
      return static_cast<bool>(envelope::open_jwe(text, key, contexts));
    };
    BOOST_TEST(during([&] { BOOST_TEST(opens(sealed)); }) == once);
    const std::size_t tag = sealed.rfind('.') + 1;
    for (std::size_t at = tag; at + 1 < sealed.size(); at += 5) {
      std::string other = sealed;
      other[at] = other[at] == 'A' ? 'B' : 'A';
      BOOST_TEST(during([&] { BOOST_TEST(!opens(other)); }) == once);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
