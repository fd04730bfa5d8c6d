// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/key_wrap.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <boost/test/unit_test.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/encoding.hpp"
#include "core/crypto/freed_by.hpp"

using core::crypto::key_wrapping;

namespace {

std::string bytes(std::string_view hex) { return core::base::unhex_any_case(hex).value(); }

std::string wrapped(std::string_view with, std::string_view key) {
  std::string out(key.size() + core::crypto::key_wrap_growth, '\0');
  key_wrapping().wrap(with, key, out.data());
  return out;
}

std::optional<std::string> unwrapped(key_wrapping& by, std::string_view with,
                                     std::string_view text) {
  std::string out(text.size() + 1, '#');
  const bool right = by.unwrap(with, text, out.data());
  BOOST_TEST(out.back() == '#');
  BOOST_TEST(ERR_peek_error() == 0U);
  out.pop_back();
  if (right) return out.substr(0, text.size() - core::crypto::key_wrap_growth);
  BOOST_TEST(out == std::string(out.size(), '\0'));  // nothing unproven is left
  return std::nullopt;
}

struct known {
  std::string with, key, wrapped;
};

// RFC 3394, sections 4.1, 4.3, 4.5, 4.6.
const std::vector<known>& vectors() {
  static const std::vector<known> all{
      {bytes("000102030405060708090A0B0C0D0E0F"), bytes("00112233445566778899AABBCCDDEEFF"),
       bytes("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")},
      {bytes("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
       bytes("00112233445566778899AABBCCDDEEFF"),
       bytes("64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")},
      {bytes("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
       bytes("00112233445566778899AABBCCDDEEFF0001020304050607"),
       bytes("A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1")},
      {bytes("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
       bytes("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F"),
       bytes("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")}};
  return all;
}

/// As OpenSSL's own key wrap has it.
std::string wrapped_by_openssl(std::string_view with, std::string_view key) {
  const auto octets = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const core::crypto::owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  const EVP_CIPHER* const how = with.size() == 16 ? EVP_aes_128_wrap() : EVP_aes_256_wrap();
  std::string out(key.size() + core::crypto::key_wrap_growth, '\0');
  int size = 0;
  BOOST_TEST_REQUIRE(EVP_EncryptInit_ex(context.get(), how, nullptr, octets(with), nullptr) == 1);
  BOOST_TEST_REQUIRE(EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()),
                                       &size, octets(key), static_cast<int>(key.size())) == 1);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(key_wrap)

BOOST_AUTO_TEST_CASE(keys_wrap_as_in_rfc_3394) {
  key_wrapping by;
  for (const known& v : vectors()) {
    BOOST_TEST(wrapped(v.with, v.key) == v.wrapped);
    BOOST_TEST((unwrapped(by, v.with, v.wrapped) == v.key));
    BOOST_TEST((unwrapped(by, v.with, v.wrapped) == v.key));
  }
}

// From 43 blocks on, the number of a step takes more than a byte.
BOOST_AUTO_TEST_CASE(keys_of_every_size_wrap_as_openssl_wraps_them) {
  key_wrapping by;
  for (const std::string_view with :
       {std::string_view("0123456789abcdef"), std::string_view("0123456789abcdefFEDCBA9876543210")})
    for (std::size_t size = 16; size <= 512; size += 8) {
      std::string key;
      while (key.size() < size) key += static_cast<char>(key.size() * 7 + size);
      const std::string text = wrapped(with, key);
      BOOST_TEST((text == wrapped_by_openssl(with, key)), size);
      BOOST_TEST((unwrapped(by, with, text) == key), size);
    }
}

BOOST_AUTO_TEST_CASE(a_changed_bit_anywhere_shows_and_spoils_nothing_that_follows) {
  key_wrapping by;
  for (const known& v : vectors()) {
    for (std::size_t bit = 0; bit < 8 * v.wrapped.size(); ++bit) {
      std::string changed = v.wrapped;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
      BOOST_TEST(!unwrapped(by, v.with, changed).has_value());
    }
    std::string other = v.with;
    other.back() = static_cast<char>(other.back() ^ 1);
    BOOST_TEST(!unwrapped(by, other, v.wrapped).has_value());
    BOOST_TEST((unwrapped(by, v.with, v.wrapped) == v.key));
  }
}

BOOST_AUTO_TEST_CASE(other_sizes_are_refused) {
  key_wrapping by;
  const known& v = vectors().back();
  for (std::size_t size = 0; size < v.wrapped.size(); ++size)
    BOOST_TEST(!unwrapped(by, v.with, v.wrapped.substr(0, size)).has_value());
  BOOST_TEST(!unwrapped(by, v.with, v.wrapped + '\0').has_value());
  for (const std::size_t size : {0U, 1U, 24U, 31U})
    BOOST_TEST(!unwrapped(by, v.with.substr(0, size), v.wrapped).has_value());
  for (const std::size_t size : {0U, 8U, 15U, 17U})
    BOOST_CHECK_THROW(wrapped(v.with, std::string(size, 'k')), std::logic_error);
  for (const std::size_t size : {0U, 15U, 24U, 33U})
    BOOST_CHECK_THROW(wrapped(std::string(size, 'w'), v.key), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
