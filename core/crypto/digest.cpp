// SPDX-License-Identifier: Apache-2.0

// OpenSSL 3 calls the SHA256_* functions deprecated in favour of EVP. They are used on purpose,
// here alone: SHA256_CTX is a plain struct, so the states after the two pads are prepared once per
// key and copied per message, without an allocation, a fetch or a lock; an EVP_MD_CTX can't be
// shared by threads, and re-keying an EVP_MAC costs three times as much for a short message.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace core::crypto {
namespace {

constexpr std::size_t block_size = SHA256_CBLOCK;  // 64 bytes: RFC 2104 calls it B
constexpr unsigned char inner_pad = 0x36;
constexpr unsigned char outer_pad = 0x5C;

/// The digest of what `state` has seen and `parts`. The copy needs no wiping: SHA256_Final leaves
/// the digest in it and cleans its block.
sha256_digest finish(SHA256_CTX state, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) SHA256_Update(&state, part.data(), part.size());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), &state);
  sha256_digest out;
  std::copy(digest.begin(), digest.end(), out.begin());
  return out;
}

/// The state after one block of `key` combined with `pad`. `key` is at most a block long.
SHA256_CTX pad_state(std::string_view key, unsigned char pad) {
  std::array<unsigned char, block_size> block;
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= static_cast<unsigned char>(key[i]);
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
  return state;
}

/// OpenSSL only reads these parameters, although OSSL_PARAM has no place for const.
OSSL_PARAM octets(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

}  // namespace

sha256_digest sha256(std::initializer_list<std::string_view> parts) {
  SHA256_CTX state;
  SHA256_Init(&state);
  return finish(state, parts);
}

hmac_sha256::hmac_sha256(std::string_view key) {
  // RFC 2104, section 2: a key longer than a block is hashed first.
  sha256_digest hashed{};
  if (key.size() > block_size) {
    hashed = sha256({key});
    key = view(hashed);
  }
  inner_ = pad_state(key, inner_pad);
  outer_ = pad_state(key, outer_pad);
  OPENSSL_cleanse(hashed.data(), hashed.size());
}

hmac_sha256::~hmac_sha256() {
  OPENSSL_cleanse(&inner_, sizeof inner_);
  OPENSSL_cleanse(&outer_, sizeof outer_);
}

sha256_digest hmac_sha256::mac(std::initializer_list<std::string_view> parts) const {
  const sha256_digest inner = finish(inner_, parts);
  return finish(outer_, {view(inner)});
}

std::string hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info,
                        std::size_t size) {
  const std::unique_ptr<EVP_KDF, freed_by<EVP_KDF_free>> kdf(
      EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  const std::unique_ptr<EVP_KDF_CTX, freed_by<EVP_KDF_CTX_free>> context(
      kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  char digest[] = "SHA256";
  const std::array<OSSL_PARAM, 5> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      octets(OSSL_KDF_PARAM_KEY, key),
      octets(OSSL_KDF_PARAM_SALT, salt),
      octets(OSSL_KDF_PARAM_INFO, info),
      OSSL_PARAM_construct_end(),
  };
  std::string out(size, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
  if (!context || EVP_KDF_derive(context.get(), bytes, size, parameters.data()) <= 0) {
    ERR_clear_error();
    throw std::runtime_error("OpenSSL can't derive a key with HKDF-SHA-256");
  }
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  // Which byte differs must not show in the time this takes (nor that the sizes do: then `a` is
  // compared with itself).
  const bool same_size = a.size() == b.size();
  const bool same_bytes = CRYPTO_memcmp(a.data(), same_size ? b.data() : a.data(), a.size()) == 0;
  return same_size && same_bytes;
}

}  // namespace core::crypto
