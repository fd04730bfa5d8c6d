// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/cipher.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <limits>
#include <stdexcept>
#include <string>

#include "core/base/ascii.hpp"

namespace core::crypto {
namespace {

constexpr std::array all_ciphers{cipher::aes_128_cbc, cipher::aes_256_cbc, cipher::aes_128_gcm,
                                 cipher::aes_256_gcm};
constexpr std::size_t block_size = 16;
/// OpenSSL counts in int; a block may be added.
constexpr std::size_t most_bytes = std::numeric_limits<int>::max() - block_size;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

struct context_free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, context_free>;

enum class direction { open = 0, seal = 1 };  // the values of EVP_CipherInit's `enc`

/// A context that knows its cipher and gets key and iv per message; so no message costs a fetch or
/// an allocation.
context make_context(const EVP_CIPHER* fetched, direction way) {
  context made(EVP_CIPHER_CTX_new());
  if (!made || EVP_CipherInit_ex2(made.get(), fetched, nullptr, nullptr, static_cast<int>(way),
                                  nullptr) != 1)
    throw std::runtime_error("OpenSSL can't prepare a cipher context");
  return made;
}

enum class mode { cbc, gcm };

/// True if `c` is of the mode wanted and the sizes are its own.
bool fits(mode wanted, cipher c, std::string_view key, std::string_view iv, std::string_view data) {
  return is_gcm(c) == (wanted == mode::gcm) && key.size() == key_size(c) &&
         iv.size() == iv_size(c) && data.size() <= most_bytes;
}

/// Gives the context this message's key and iv. That also resets whatever the message before left,
/// however it failed.
bool start(EVP_CIPHER_CTX* with, std::string_view key, std::string_view iv) {
  return EVP_CipherInit_ex2(with, nullptr, octets(key), octets(iv), -1, nullptr) == 1;
}

/// @return the bytes written, or nothing.
std::optional<std::size_t> run(EVP_CIPHER_CTX* with, std::string_view data, char* out) {
  int size = 0;
  int last = 0;
  if (!data.empty() &&
      EVP_CipherUpdate(with, octets(out), &size, octets(data), static_cast<int>(data.size())) != 1)
    return std::nullopt;
  if (EVP_CipherFinal_ex(with, octets(out) + size, &last) != 1) return std::nullopt;
  return static_cast<std::size_t>(size) + static_cast<std::size_t>(last);
}

/// What an open that failed leaves behind: nothing unproven in `out`, no error that TLS on this
/// thread could mistake for its own.
void clean_up(char* out, std::size_t size) {
  OPENSSL_cleanse(out, size);
  ERR_clear_error();
}

[[noreturn]] void seal_failed(cipher c) {
  ERR_clear_error();
  throw std::logic_error(std::string("can't seal with ").append(name(c)));
}

}  // namespace

std::string_view name(cipher c) {
  switch (c) {
    case cipher::aes_128_cbc: return "AES-128-CBC";
    case cipher::aes_256_cbc: return "AES-256-CBC";
    case cipher::aes_128_gcm: return "AES-128-GCM";
    case cipher::aes_256_gcm: return "AES-256-GCM";
  }
  return "unknown";
}

std::optional<cipher> parse_cipher(std::string_view text) {
  for (const cipher c : all_ciphers)
    if (base::iequals(text, name(c))) return c;
  return std::nullopt;
}

bool is_gcm(cipher c) { return c == cipher::aes_128_gcm || c == cipher::aes_256_gcm; }
std::size_t key_size(cipher c) {
  return c == cipher::aes_128_cbc || c == cipher::aes_128_gcm ? 16 : 32;
}
std::size_t iv_size(cipher c) { return is_gcm(c) ? 12 : 16; }

struct cipher_contexts::contexts {
  std::array<context, all_ciphers.size()> opening;
  std::array<context, all_ciphers.size()> sealing;

  contexts() {
    for (const cipher c : all_ciphers) {
      // The contexts hold a reference of their own to what was fetched.
      const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> fetched(
          EVP_CIPHER_fetch(nullptr, std::string(name(c)).c_str(), nullptr), &EVP_CIPHER_free);
      if (!fetched) throw std::runtime_error(std::string("OpenSSL lacks ").append(name(c)));
      opening[index(c)] = make_context(fetched.get(), direction::open);
      sealing[index(c)] = make_context(fetched.get(), direction::seal);
    }
  }
  static std::size_t index(cipher c) { return static_cast<std::size_t>(c); }
  EVP_CIPHER_CTX* open(cipher c) { return opening[index(c)].get(); }
  EVP_CIPHER_CTX* seal(cipher c) { return sealing[index(c)].get(); }
};

cipher_contexts::cipher_contexts() : contexts_(std::make_unique<contexts>()) {}
cipher_contexts::~cipher_contexts() = default;
cipher_contexts::cipher_contexts(cipher_contexts&&) noexcept = default;
cipher_contexts& cipher_contexts::operator=(cipher_contexts&&) noexcept = default;

std::optional<std::size_t> cipher_contexts::open_cbc(cipher c, std::string_view key,
                                                     std::string_view iv, std::string_view data,
                                                     char* out) {
  if (!fits(mode::cbc, c, key, iv, data)) return std::nullopt;
  EVP_CIPHER_CTX* const with = contexts_->open(c);
  // What isn't whole blocks, or no block at all, is refused by OpenSSL like wrong padding.
  const auto size = start(with, key, iv) ? run(with, data, out) : std::nullopt;
  if (!size) clean_up(out, data.size());
  return size;
}

std::size_t cipher_contexts::seal_cbc(cipher c, std::string_view key, std::string_view iv,
                                      std::string_view data, char* out) {
  EVP_CIPHER_CTX* const with = contexts_->seal(c);
  if (!fits(mode::cbc, c, key, iv, data) || !start(with, key, iv)) seal_failed(c);
  const auto size = run(with, data, out);
  if (!size) seal_failed(c);
  return *size;
}

bool cipher_contexts::open_gcm(cipher c, std::string_view key, std::string_view iv,
                               std::string_view data, std::string_view tag, char* out) {
  if (!fits(mode::gcm, c, key, iv, data) || tag.size() != gcm_tag_size) return false;
  EVP_CIPHER_CTX* const with = contexts_->open(c);
  // OpenSSL only reads the tag, although the parameter isn't const.
  const bool opened = start(with, key, iv) &&
                      EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                                          const_cast<char*>(tag.data())) == 1 &&
                      run(with, data, out).has_value();
  if (!opened) clean_up(out, data.size());
  return opened;
}

void cipher_contexts::seal_gcm(cipher c, std::string_view key, std::string_view iv,
                               std::string_view data, char* out,
                               std::span<char, gcm_tag_size> tag) {
  EVP_CIPHER_CTX* const with = contexts_->seal(c);
  const bool sealed = fits(mode::gcm, c, key, iv, data) && start(with, key, iv) &&
                      run(with, data, out).has_value() &&
                      EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                                          tag.data()) == 1;
  if (!sealed) seal_failed(c);
}

}  // namespace core::crypto
