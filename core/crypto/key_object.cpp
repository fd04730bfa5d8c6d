// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/key_object.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>
#include <stdexcept>

#include "core/crypto/octets.hpp"

namespace core::crypto {
namespace {

constexpr std::size_t most_key_bytes = 64 * 1024;  // no key comes near it

}  // namespace

std::optional<base::secret> from_pem(std::string_view text, std::string_view label) {
  const std::string begin = std::string("-----BEGIN ").append(label).append("-----");
  if (!text.starts_with(begin) || text.size() > most_key_bytes) return std::nullopt;
  const owned<BIO, BIO_free_all> in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  const bool read = in && PEM_read_bio(in.get(), &name, &header, &data, &size) == 1;
  std::optional<base::secret> out;
  if (read) {
    const std::size_t rest = static_cast<std::size_t>(BIO_pending(in.get()));
    // Text behind it is passed over, as all readers of PEM do; which of two keys is meant, is not
    // said.
    const bool alone = text.find("-----BEGIN ", text.size() - rest) == text.npos;
    // A header would be that of an encrypted key (RFC 1421).
    if (label == name && *header == '\0' && alone)
      out.emplace(
          std::string_view(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)));
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    OPENSSL_free(name);
    OPENSSL_free(header);
  }
  ERR_clear_error();
  return out;
}

key_object public_from_der(std::string_view der) {
  if (der.size() > most_key_bytes) return nullptr;
  const unsigned char* at = octets(der);
  key_object key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (key && at != octets(der) + der.size()) key.reset();
  return key;
}

key_object private_from_der(std::string_view der) {
  if (der.size() > most_key_bytes) return nullptr;
  const unsigned char* at = octets(der);
  const owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  const bool whole = info && at == octets(der) + der.size();
  key_object key(whole ? EVP_PKCS82PKEY(info.get()) : nullptr);
  ERR_clear_error();
  return key;
}

std::string public_to_der(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) {
    ERR_clear_error();
    throw std::runtime_error("OpenSSL can't write a public key");
  }
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace core::crypto
