// SPDX-License-Identifier: Apache-2.0

#define OPENSSL_SUPPRESS_DEPRECATED  // hash_states.hpp says why

#include "core/crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>

#include "core/crypto/freed_by.hpp"
#include "core/crypto/hash_states.hpp"

namespace core::crypto {
namespace {

/// OpenSSL only reads these parameters, although OSSL_PARAM has no place for const.
OSSL_PARAM parameter(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

}  // namespace

sha256_digest sha256(std::initializer_list<std::string_view> parts) {
  return plain_sha256::finish(plain_sha256::begun(), parts);
}

std::array<char, 20> sha1(std::initializer_list<std::string_view> parts) {
  return plain_sha1::finish(plain_sha1::begun(), parts);
}

hmac_sha256::hmac_sha256(std::string_view key) : pads_(pads_of<plain_sha256>(key)) {}

hmac_sha256::~hmac_sha256() { OPENSSL_cleanse(&pads_, sizeof pads_); }

sha256_digest hmac_sha256::mac(std::initializer_list<std::string_view> parts) const {
  return hmac_of<plain_sha256>(pads_, parts);
}

std::string hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info,
                        std::size_t size) {
  const owned<EVP_KDF, EVP_KDF_free> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  const owned<EVP_KDF_CTX, EVP_KDF_CTX_free> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  char digest[] = "SHA256";
  const std::array<OSSL_PARAM, 5> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      parameter(OSSL_KDF_PARAM_KEY, key),
      parameter(OSSL_KDF_PARAM_SALT, salt),
      parameter(OSSL_KDF_PARAM_INFO, info),
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
