// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "core/base/encoding.hpp"

using namespace core::crypto;
using core::base::hex;

namespace {

std::string bytes(std::string_view hex_text) {
  return core::base::unhex_any_case(hex_text).value();
}
std::string sha256_hex(std::initializer_list<std::string_view> parts) {
  return hex(view(sha256(parts)));
}
std::string mac_hex(std::string_view key, std::initializer_list<std::string_view> parts) {
  return hex(view(hmac_sha256(key).mac(parts)));
}

struct mac_case {
  std::string key, data;
  std::string_view mac;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(digest)

// NIST's examples for FIPS 180.
BOOST_AUTO_TEST_CASE(sha256_gives_the_values_of_fips_180) {
  BOOST_TEST(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sha256_hex({"abc"}) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256_hex({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"}) ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(sha256_hex({std::string(1'000'000, 'a')}) ==
             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// The end of a hash and the outer hash of an HMAC are made here: OpenSSL's is the twin.
BOOST_AUTO_TEST_CASE(sha256_and_its_hmac_are_openssls_of_random_input) {
  std::mt19937_64 random(20261127);  // the same each time: what fails once fails again
  const auto text_of_up_to = [&random](std::size_t most) {
    std::string text(random() % (most + 1), '\0');
    for (char& c : text) c = static_cast<char>(random());
    return text;
  };
  for (int i = 0; i < 2000; ++i) {
    const std::string key = text_of_up_to(150);
    const std::string text = text_of_up_to(400);
    const std::string_view all = text;
    const std::size_t cut = random() % (text.size() + 1);
    sha256_digest expected{};
    auto* const out = reinterpret_cast<unsigned char*>(expected.data());
    BOOST_REQUIRE(EVP_Digest(text.data(), text.size(), out, nullptr, EVP_sha256(), nullptr) == 1);
    BOOST_REQUIRE((sha256({all.substr(0, cut), all.substr(cut)}) == expected));
    const auto* const bytes_of = reinterpret_cast<const unsigned char*>(text.data());
    BOOST_REQUIRE(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of,
                       text.size(), out, nullptr) != nullptr);
    BOOST_REQUIRE((hmac_sha256(key).mac({all.substr(0, cut), all.substr(cut)}) == expected));
  }
}

// Where a message ends within its block decides whether the padding needs one more.
BOOST_AUTO_TEST_CASE(sha256_is_openssls_for_every_size) {
  std::string text;
  for (std::size_t size = 0; size <= 300; ++size, text += static_cast<char>(size)) {
    std::array<unsigned char, 32> expected{};
    BOOST_REQUIRE(
        EVP_Digest(text.data(), text.size(), expected.data(), nullptr, EVP_sha256(), nullptr) == 1);
    const std::string_view all = text;
    const sha256_digest whole = sha256({all});
    BOOST_TEST(std::memcmp(whole.data(), expected.data(), expected.size()) == 0);
    for (const std::size_t cut : {size / 3, size - size / 3})
      BOOST_TEST((sha256({all.substr(0, cut), all.substr(cut)}) == whole));
  }
}

BOOST_AUTO_TEST_CASE(parts_are_joined_without_a_separator) {
  const std::string text(200, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view all = text;
    BOOST_TEST(sha256_hex({all.substr(0, cut), "", all.substr(cut)}) == sha256_hex({text}));
    BOOST_TEST(mac_hex("key", {all.substr(0, cut), "", all.substr(cut)}) == mac_hex("key", {text}));
  }
}

// RFC 4231, sections 4.2 to 4.8 but for 4.6, whose MAC is truncated (checked by its first 16
// bytes).
BOOST_AUTO_TEST_CASE(hmac_gives_the_values_of_rfc_4231) {
  const std::string long_key(131, '\xaa');
  const std::vector<mac_case> cases{
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {long_key, "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {long_key,
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed "
       "before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const mac_case& c : cases) BOOST_TEST(mac_hex(c.key, {c.data}) == c.mac);
  BOOST_TEST(mac_hex(std::string(20, '\x0c'), {"Test With Truncation"}).substr(0, 32) ==
             "a3b6167473100ee06e0c796c2955552b");
}

BOOST_AUTO_TEST_CASE(a_key_is_hashed_only_when_it_is_longer_than_a_block) {
  const std::string block(64, 'k');
  const std::string more(65, 'k');
  BOOST_TEST(mac_hex(block, {"m"}) != mac_hex(view(sha256({block})), {"m"}));
  BOOST_TEST(mac_hex(more, {"m"}) == mac_hex(view(sha256({more})), {"m"}));
  BOOST_TEST(mac_hex("", {""}) ==
             "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

BOOST_AUTO_TEST_CASE(a_prepared_key_is_used_again_and_copied) {
  static_assert(sizeof(hmac_sha256) == 64);
  const hmac_sha256 key("Jefe");
  const std::string first = hex(view(key.mac({"a"})));
  (void)key.mac({"another message"});
  BOOST_TEST(hex(view(key.mac({"a"}))) == first);
  hmac_sha256 copy(key);
  BOOST_TEST(hex(view(copy.mac({"a"}))) == first);
  copy = hmac_sha256("other");
  BOOST_TEST(hex(view(copy.mac({"a"}))) != first);
  BOOST_TEST(hex(view(key.mac({"a"}))) == first);
}

BOOST_AUTO_TEST_CASE(a_prepared_key_is_wiped_when_it_dies) {
  alignas(hmac_sha256) std::array<unsigned char, sizeof(hmac_sha256)> memory{};
  auto* const key = new (memory.data()) hmac_sha256("a secret of sixteen");
  key->~hmac_sha256();
  // Read through volatile: the compiler may take the memory of a dead object for undefined.
  const volatile unsigned char* const read = memory.data();
  bool wiped = true;
  for (std::size_t i = 0; i < memory.size(); ++i) wiped = wiped && read[i] == 0;
  BOOST_TEST(wiped);
}

// RFC 5869, appendix A.1 to A.3.
BOOST_AUTO_TEST_CASE(hkdf_gives_the_values_of_rfc_5869) {
  const std::string key(22, '\x0b');
  BOOST_TEST(
      hex(hkdf_sha256(key, bytes("000102030405060708090a0b0c"), bytes("f0f1f2f3f4f5f6f7f8f9"),
                      42)) ==
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  BOOST_TEST(hex(hkdf_sha256(octets.substr(0, 80), octets.substr(0x60, 80), octets.substr(0xb0, 80),
                             82)) ==
             "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb4"
             "1c65e590e09"
             "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  BOOST_TEST(
      hex(hkdf_sha256(key, "", "", 42)) ==
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

// What PHP's hash_hkdf('sha256', $secret, $size, $info, 'gw-kdf-v1') gives.
BOOST_AUTO_TEST_CASE(reply_keys_are_those_php_derives) {
  BOOST_TEST(hex(hkdf_sha256("0123456789abcdef", "gw-kdf-v1", "laravel-reply:AES-128-CBC", 16)) ==
             "0afea7e24a100533d37eea7b1601de33");
  BOOST_TEST(hex(hkdf_sha256("0123456789abcdef0123456789ABCDEF", "gw-kdf-v1",
                             "laravel-reply:AES-256-GCM", 32)) ==
             "5905bc3cda15585477c843476d65c7a1e31e8277818c9d7c3329084ac22ab5cc");
}

BOOST_AUTO_TEST_CASE(hkdf_beyond_its_length_throws) {
  BOOST_TEST(hkdf_sha256("key", "", "", 255 * 32).size() == 255U * 32);
  BOOST_CHECK_THROW((void)hkdf_sha256("key", "", "", 255 * 32 + 1), std::runtime_error);
}

// RFC 3174, section 7.3, TEST1 and TEST2.
BOOST_AUTO_TEST_CASE(sha1_of_what_is_published) {
  const auto of = [](std::initializer_list<std::string_view> parts) {
    const auto digest = sha1(parts);
    return hex({digest.data(), digest.size()});
  };
  BOOST_TEST(of({"abc"}) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  BOOST_TEST(of({"abcdbcdecdefdefgefghfghighijhi", "jkijkljklmklmnlmnomnopnopq"}) ==
             "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

BOOST_AUTO_TEST_CASE(equal_compares_every_byte_and_the_size) {
  const std::string mac(32, 'm');
  BOOST_TEST(equal(mac, std::string(32, 'm')));
  BOOST_TEST(equal("", ""));
  BOOST_TEST(equal(std::string_view{}, ""));
  for (std::size_t i = 0; i < mac.size(); ++i) {
    std::string other = mac;
    other[i] ^= 1;
    BOOST_TEST(!equal(mac, other));
    BOOST_TEST(!equal(other, mac));
  }
  for (const std::size_t size : {0U, 1U, 31U, 33U, 64U}) {
    BOOST_TEST(!equal(mac, std::string(size, 'm')));
    BOOST_TEST(!equal(std::string(size, 'm'), mac));
  }
  BOOST_TEST(!equal(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
