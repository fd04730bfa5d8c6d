// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/x509_objects.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <limits>

namespace core::crypto {
namespace {

using source = owned<BIO, BIO_free_all>;

source reading(std::string_view text) {
  if (text.size() > std::numeric_limits<int>::max()) return nullptr;
  return source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// There is nobody to ask for a password.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

std::vector<x509_object> certificates_from_pem(std::string_view text) {
  std::vector<x509_object> all;
  const source in = reading(text);
  ERR_clear_error();
  while (in) {
    x509_object one(PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr));
    if (!one) break;
    all.push_back(std::move(one));
  }
  // At the end there is no block left; anything else is a block that can't be read.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) all.clear();
  return all;
}

tls_key private_key_from_pem(std::string_view text) {
  const source in = reading(text);
  tls_key key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr) : nullptr);
  ERR_clear_error();
  return key;
}

}  // namespace core::crypto
