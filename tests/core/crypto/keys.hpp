// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keys that tests make for themselves, in the forms that the product reads.

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace tests {

using openssl_key = std::shared_ptr<EVP_PKEY>;

inline openssl_key held(EVP_PKEY* key) {
  if (key == nullptr) throw std::runtime_error("OpenSSL can't make a key");
  return {key, EVP_PKEY_free};
}

inline openssl_key make_rsa(std::size_t bits) {
  return held(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
}
/// For PSS alone (RFC 4055, section 1.2).
inline openssl_key make_rsa_pss(int bits) {
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> with(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_keygen_init(with.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_keygen_bits(with.get(), bits) == 1)
    EVP_PKEY_generate(with.get(), &key);
  return held(key);
}
inline openssl_key make_ec(const char* curve) {
  return held(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}
inline openssl_key make(const char* type) {
  return held(EVP_PKEY_Q_keygen(nullptr, nullptr, type));
}

/// What `write` writes.
template <class Write>
std::string written(Write write) {
  const std::unique_ptr<BIO, void (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free_all);
  if (write(out.get()) != 1) throw std::runtime_error("OpenSSL can't write a key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

inline std::string pkcs8(const openssl_key& key) {
  return written([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}
inline std::string spki_pem(const openssl_key& key) {
  return written([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key.get()); });
}

}  // namespace tests
