// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ed25519.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>

#include "core/crypto/key_object.hpp"

namespace core::crypto {

ed25519_key make_ed25519_key(std::string_view seed) {
  const key_object key(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), seed.size()));
  // OpenSSL wipes a memory BIO's buffer when it frees it.
  const owned<BIO, BIO_free_all> pem(BIO_new(BIO_s_mem()));
  if (!key || !pem ||
      PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    ERR_clear_error();
    throw std::runtime_error("OpenSSL can't make an Ed25519 key");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &text);
  return {base::secret({text, static_cast<std::size_t>(size)}), public_to_der(key.get())};
}

}  // namespace core::crypto
