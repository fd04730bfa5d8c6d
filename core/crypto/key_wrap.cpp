// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/key_wrap.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <string>

#include "core/crypto/freed_by.hpp"

namespace core::crypto {
namespace {

using context = owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

enum direction { unwrapping = 0, wrapping = 1 };  // EVP_CipherInit's `enc`

constexpr std::size_t block_size = 8;
constexpr std::size_t smallest = 2 * block_size;  // RFC 3394, section 2.2.1: n is at least 2
constexpr std::size_t largest = 512;              // no key is larger

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

context make(const char* name, direction d) {
  const owned<EVP_CIPHER, EVP_CIPHER_free> fetched(EVP_CIPHER_fetch(nullptr, name, nullptr));
  context made(EVP_CIPHER_CTX_new());
  if (made) EVP_CIPHER_CTX_set_flags(made.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (!fetched || !made ||
      EVP_CipherInit_ex2(made.get(), fetched.get(), nullptr, nullptr, d, nullptr) != 1)
    throw std::runtime_error(std::string("OpenSSL lacks ").append(name));
  return made;
}

bool is_key(std::string_view with) { return with.size() == 16 || with.size() == 32; }

bool run(EVP_CIPHER_CTX* by, direction d, std::string_view with, std::string_view data,
         std::size_t expected, char* out) {
  int size = 0;
  return EVP_CipherInit_ex2(by, nullptr, octets(with), nullptr, d, nullptr) == 1 &&
         EVP_CipherUpdate(by, reinterpret_cast<unsigned char*>(out), &size, octets(data),
                          static_cast<int>(data.size())) == 1 &&
         size == static_cast<int>(expected);
}

}  // namespace

struct key_wrapping::contexts {
  using both = std::array<context, 2>;  // by direction
  both small{make("AES-128-WRAP", unwrapping), make("AES-128-WRAP", wrapping)};
  both large{make("AES-256-WRAP", unwrapping), make("AES-256-WRAP", wrapping)};

  EVP_CIPHER_CTX* of(std::string_view with, direction d) {
    return (with.size() == 16 ? small : large)[d].get();
  }
};

key_wrapping::key_wrapping() : contexts_(std::make_unique<contexts>()) {}
key_wrapping::~key_wrapping() = default;
key_wrapping::key_wrapping(key_wrapping&&) noexcept = default;
key_wrapping& key_wrapping::operator=(key_wrapping&&) noexcept = default;

bool key_wrapping::unwrap(std::string_view with, std::string_view wrapped, char* out) {
  const bool fits = is_key(with) && wrapped.size() >= smallest + key_wrap_growth &&
                    wrapped.size() % block_size == 0;
  if (fits && run(contexts_->of(with, unwrapping), unwrapping, with, wrapped,
                  wrapped.size() - key_wrap_growth, out))
    return true;
  OPENSSL_cleanse(out, wrapped.size());
  ERR_clear_error();
  return false;
}

void key_wrapping::wrap(std::string_view with, std::string_view key, char* out) {
  const bool fits = is_key(with) && key.size() >= smallest && key.size() <= largest &&
                    key.size() % block_size == 0;
  if (fits &&
      run(contexts_->of(with, wrapping), wrapping, with, key, key.size() + key_wrap_growth, out))
    return;
  ERR_clear_error();
  throw std::logic_error("can't wrap a key");
}

}  // namespace core::crypto
