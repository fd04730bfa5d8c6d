// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ed25519.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

namespace core::crypto {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};

[[noreturn]] void fail() {
  ERR_clear_error();
  throw std::runtime_error("OpenSSL can't make an Ed25519 key");
}

}  // namespace

ed25519_key make_ed25519_key(std::string_view seed) {
  const std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>> key(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), seed.size()));
  // OpenSSL wipes a memory BIO's buffer when it frees it.
  const std::unique_ptr<BIO, freed_by<BIO_free_all>> pem(BIO_new(BIO_s_mem()));
  if (!key || !pem ||
      PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    fail();
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &text);
  unsigned char* der = nullptr;
  const int der_size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0 || der_size <= 0) fail();
  ed25519_key out{
      base::secret({text, static_cast<std::size_t>(size)}),
      std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(der_size))};
  OPENSSL_free(der);
  return out;
}

}  // namespace core::crypto
