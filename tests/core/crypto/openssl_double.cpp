// SPDX-License-Identifier: Apache-2.0
#include "tests/core/crypto/openssl_double.hpp"

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <type_traits>

namespace {

thread_local tests::failing_openssl* active = nullptr;

/// What the library's own function says, unless it is to fail.
template <class Result, class... Parameters>
Result answer(const char* name, Result (*)(Parameters...),
              std::type_identity_t<Parameters>... arguments) {
  auto* const real = reinterpret_cast<Result (*)(Parameters...)>(dlsym(RTLD_NEXT, name));
  const bool fails = tests::failing_openssl::now(name, tests::failure::says_no);
  if constexpr (std::is_pointer_v<Result>) return fails ? nullptr : real(arguments...);
  const Result said = real(arguments...);
  return fails ? Result{} : said;
}

}  // namespace

namespace tests {

failing_openssl::failing_openssl(std::string_view function, int call, failure how)
    : function_(function), calls_before_(call), how_(how) {
  active = this;
}

failing_openssl::~failing_openssl() { active = nullptr; }

bool failing_openssl::now(std::string_view function, failure how) {
  if (active == nullptr || active->happened_) return false;
  if (active->function_ != function || active->how_ != how) return false;
  active->happened_ = active->calls_before_-- == 0;
  return active->happened_;
}

}  // namespace tests

extern "C" {

EVP_CIPHER_CTX* EVP_CIPHER_CTX_new() { return answer("EVP_CIPHER_CTX_new", EVP_CIPHER_CTX_new); }

int EVP_CipherInit_ex2(EVP_CIPHER_CTX* with, const EVP_CIPHER* cipher, const unsigned char* key,
                       const unsigned char* iv, int enc, const OSSL_PARAM parameters[]) {
  return answer("EVP_CipherInit_ex2", EVP_CipherInit_ex2, with, cipher, key, iv, enc, parameters);
}

int EVP_CipherUpdate(EVP_CIPHER_CTX* with, unsigned char* out, int* out_size,
                     const unsigned char* in, int in_size) {
  if (tests::failing_openssl::now("EVP_CipherUpdate", tests::failure::does_less)) {
    *out_size = 0;
    return 1;
  }
  return answer("EVP_CipherUpdate", EVP_CipherUpdate, with, out, out_size, in, in_size);
}

int EVP_CipherFinal_ex(EVP_CIPHER_CTX* with, unsigned char* out, int* out_size) {
  return answer("EVP_CipherFinal_ex", EVP_CipherFinal_ex, with, out, out_size);
}

int EVP_CIPHER_CTX_ctrl(EVP_CIPHER_CTX* with, int type, int number, void* data) {
  return answer("EVP_CIPHER_CTX_ctrl", EVP_CIPHER_CTX_ctrl, with, type, number, data);
}

int EVP_CIPHER_CTX_set_padding(EVP_CIPHER_CTX* with, int padding) {
  return answer("EVP_CIPHER_CTX_set_padding", EVP_CIPHER_CTX_set_padding, with, padding);
}

EVP_MD_CTX* EVP_MD_CTX_new() { return answer("EVP_MD_CTX_new", EVP_MD_CTX_new); }

int EVP_DigestVerifyInit(EVP_MD_CTX* with, EVP_PKEY_CTX** inner, const EVP_MD* digest,
                         ENGINE* engine, EVP_PKEY* key) {
  return answer("EVP_DigestVerifyInit", EVP_DigestVerifyInit, with, inner, digest, engine, key);
}

int EVP_PKEY_CTX_set_signature_md(EVP_PKEY_CTX* with, const EVP_MD* digest) {
  return answer("EVP_PKEY_CTX_set_signature_md", EVP_PKEY_CTX_set_signature_md, with, digest);
}

int EVP_PKEY_CTX_set_rsa_padding(EVP_PKEY_CTX* with, int padding) {
  return answer("EVP_PKEY_CTX_set_rsa_padding", EVP_PKEY_CTX_set_rsa_padding, with, padding);
}

int EVP_PKEY_CTX_set_rsa_pss_saltlen(EVP_PKEY_CTX* with, int size) {
  return answer("EVP_PKEY_CTX_set_rsa_pss_saltlen", EVP_PKEY_CTX_set_rsa_pss_saltlen, with, size);
}
}
