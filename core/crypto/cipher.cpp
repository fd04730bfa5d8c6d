// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/cipher.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <array>
#include <limits>
#include <stdexcept>
#include <string>

#include "core/base/ascii.hpp"
#include "core/crypto/keyed_contexts.hpp"
#include "core/crypto/octets.hpp"

namespace core::crypto {
namespace {

constexpr std::array all_ciphers{cipher::aes_128_cbc, cipher::aes_256_cbc, cipher::aes_128_gcm,
                                 cipher::aes_256_gcm};
/// OpenSSL counts in int; a block may be added.
constexpr std::size_t most_bytes = std::numeric_limits<int>::max() - cipher_block_size;

constexpr int sealing = 1;  // EVP_CipherInit's `enc`

/// A context that knows its cipher and gets key and iv per message; so no message costs a fetch or
/// an allocation.
context make_sealing(const EVP_CIPHER* fetched) {
  context made(EVP_CIPHER_CTX_new());
  if (!made || EVP_CipherInit_ex2(made.get(), fetched, nullptr, nullptr, sealing, nullptr) != 1)
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

/// The same for a context that has its key.
bool start(EVP_CIPHER_CTX* with, std::string_view iv) {
  return EVP_CipherInit_ex2(with, nullptr, nullptr, octets(iv), -1, nullptr) == 1;
}

/// Whole blocks in CBC; of others OpenSSL doesn't decipher all, and says so. What a block deciphers
/// to is combined with the cipher's block before it (SP 800-38A, section 6.2): given as that block,
/// an IV costs one more, and much less than OpenSSL takes to set it. The context ends as it began,
/// with some block before the next.
bool decipher_blocks(EVP_CIPHER_CTX* with, std::string_view iv, std::string_view data, char* out) {
  std::array<unsigned char, cipher_block_size> unused;
  int size = 0;
  const bool began =
      EVP_CipherUpdate(with, unused.data(), &size, octets(iv), static_cast<int>(iv.size())) == 1 &&
      size == static_cast<int>(cipher_block_size);
  explicit_bzero(unused.data(), unused.size());
  return began &&
         EVP_CipherUpdate(with, octets(out), &size, octets(data), static_cast<int>(data.size())) ==
             1 &&
         size == static_cast<int>(data.size());
}

/// The size without PKCS#7's padding (RFC 5652, section 6.3), or nothing if that is wrong.
std::optional<std::size_t> unpadded(std::string_view blocks) {
  const char last = blocks.back();
  const auto size = static_cast<std::size_t>(static_cast<unsigned char>(last));
  if (size == 0 || size > cipher_block_size) return std::nullopt;
  const std::size_t text = blocks.size() - size;
  if (blocks.find_first_not_of(last, text) != std::string_view::npos) return std::nullopt;
  return text;
}

/// What GCM authenticates beside the message, in front of it.
bool associate(EVP_CIPHER_CTX* with, std::string_view data) {
  int size = 0;
  return data.empty() ||
         (data.size() <= most_bytes &&
          EVP_CipherUpdate(with, nullptr, &size, octets(data), static_cast<int>(data.size())) == 1);
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
  std::array<fetched_cipher, all_ciphers.size()> fetched;
  keyed_contexts opening;
  std::array<context, all_ciphers.size()> sealing;
  key_wrapping wrapping;

  contexts() {
    for (const cipher c : all_ciphers) {
      fetched_cipher& f = fetched[index(c)];
      f.reset(EVP_CIPHER_fetch(nullptr, std::string(name(c)).c_str(), nullptr));
      if (!f) throw std::runtime_error(std::string("OpenSSL lacks ").append(name(c)));
      sealing[index(c)] = make_sealing(f.get());
    }
  }
  static std::size_t index(cipher c) { return static_cast<std::size_t>(c); }
  keyed_contexts::place* open(cipher c, std::string_view key) {
    return opening.find(c, fetched[index(c)].get(), key);
  }
  EVP_CIPHER_CTX* seal(cipher c) { return sealing[index(c)].get(); }
};

cipher_contexts::cipher_contexts() : contexts_(std::make_unique<contexts>()) {}
cipher_contexts::~cipher_contexts() = default;
cipher_contexts::cipher_contexts(cipher_contexts&&) noexcept = default;
cipher_contexts& cipher_contexts::operator=(cipher_contexts&&) noexcept = default;

key_wrapping& cipher_contexts::wrapping() { return contexts_->wrapping; }

std::optional<std::size_t> cipher_contexts::open_cbc(cipher c, std::string_view key,
                                                     std::string_view iv, std::string_view data,
                                                     char* out) {
  if (!fits(mode::cbc, c, key, iv, data)) return std::nullopt;
  if (data.empty()) return std::nullopt;
  keyed_contexts::place* const place = contexts_->open(c, key);
  const bool deciphered = place != nullptr && decipher_blocks(place->with(), iv, data, out);
  if (place != nullptr && !deciphered) place->forget();
  const auto size = deciphered ? unpadded({out, data.size()}) : std::nullopt;
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
                               std::string_view data, std::string_view tag, char* out,
                               std::string_view associated) {
  if (!fits(mode::gcm, c, key, iv, data) || tag.size() != gcm_tag_size) return false;
  keyed_contexts::place* const place = contexts_->open(c, key);
  // OpenSSL only reads the tag, although the parameter isn't const.
  const bool opened =
      place != nullptr && start(place->with(), iv) &&
      EVP_CIPHER_CTX_ctrl(place->with(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                          const_cast<char*>(tag.data())) == 1 &&
      associate(place->with(), associated) && run(place->with(), data, out).has_value();
  if (opened) return true;
  if (place != nullptr) place->forget();
  clean_up(out, data.size());
  return false;
}

void cipher_contexts::seal_gcm(cipher c, std::string_view key, std::string_view iv,
                               std::string_view data, char* out, std::span<char, gcm_tag_size> tag,
                               std::string_view associated) {
  EVP_CIPHER_CTX* const with = contexts_->seal(c);
  const bool sealed = fits(mode::gcm, c, key, iv, data) && start(with, key, iv) &&
                      associate(with, associated) && run(with, data, out).has_value() &&
                      EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                                          tag.data()) == 1;
  if (!sealed) seal_failed(c);
}

}  // namespace core::crypto
