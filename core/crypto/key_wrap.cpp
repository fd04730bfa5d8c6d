// SPDX-License-Identifier: Apache-2.0

// OpenSSL 3.0 has AES key wrap, but by its table-driven AES, which is several times slower
// than the processor's own instructions and tells more by its timing. The few lines around a block
// cipher are therefore here, over AES in ECB mode.

#include "core/crypto/key_wrap.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "core/crypto/digest.hpp"
#include "core/crypto/freed_by.hpp"
#include "core/crypto/octets.hpp"

namespace core::crypto {
namespace {

using context = owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

enum direction { unwrapping = 0, wrapping = 1 };  // EVP_CipherInit's `enc`

constexpr std::size_t half = 8;  // of AES's block: what RFC 3394 calls a block
constexpr std::size_t smallest = 2 * half;
constexpr std::size_t rounds = 6;
/// RFC 3394, section 2.2.3.1: what shows that the key was the right one.
constexpr std::string_view initial_value = "\xA6\xA6\xA6\xA6\xA6\xA6\xA6\xA6";

context make(const char* name, direction d) {
  const owned<EVP_CIPHER, EVP_CIPHER_free> fetched(EVP_CIPHER_fetch(nullptr, name, nullptr));
  context made(EVP_CIPHER_CTX_new());
  if (!fetched || !made ||
      EVP_CipherInit_ex2(made.get(), fetched.get(), nullptr, nullptr, d, nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(made.get(), 0) != 1)
    throw std::runtime_error(std::string("OpenSSL lacks ").append(name));
  return made;
}

bool fits(std::string_view with, std::size_t key_size) {
  return (with.size() == 16 || with.size() == 32) && key_size >= smallest && key_size % half == 0;
}

bool set_key(EVP_CIPHER_CTX* by, std::string_view key) {
  return EVP_CipherInit_ex2(by, nullptr, octets(key), nullptr, -1, nullptr) == 1;
}

/// AES's block: the value that goes round all blocks, and one of these.
class pair {
 public:
  explicit pair(std::string_view value) { value.copy(bytes_.data(), half); }
  pair(const pair&) = delete;
  pair& operator=(const pair&) = delete;
  ~pair() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  [[nodiscard]] std::string_view value() const { return {bytes_.data(), half}; }
  /// The value combined with a step's number, big endian.
  void count(std::size_t step) {
    for (std::size_t at = half; step != 0; step >>= 8) {
      --at;
      bytes_[at] = static_cast<char>(static_cast<unsigned char>(bytes_[at]) ^ (step & 0xFF));
    }
  }
  /// Replaces `block`, and the value, by what the cipher makes of both.
  bool run(EVP_CIPHER_CTX* by, char* block) {
    std::copy_n(block, half, bytes_.data() + half);
    auto* const all = reinterpret_cast<unsigned char*>(bytes_.data());
    int size = 0;
    const bool done = EVP_CipherUpdate(by, all, &size, all, 2 * half) == 1 && size == 2 * half;
    std::copy_n(bytes_.data() + half, half, block);
    return done;
  }

 private:
  std::array<char, 2 * half> bytes_{};
};

}  // namespace

struct key_wrapping::contexts {
  using both = std::array<context, 2>;  // by direction
  both small{make("AES-128-ECB", unwrapping), make("AES-128-ECB", wrapping)};
  both large{make("AES-256-ECB", unwrapping), make("AES-256-ECB", wrapping)};

  EVP_CIPHER_CTX* of(std::string_view with, direction d) {
    return (with.size() == 16 ? small : large)[d].get();
  }
};

key_wrapping::key_wrapping() : contexts_(std::make_unique<contexts>()) {}
key_wrapping::~key_wrapping() = default;
key_wrapping::key_wrapping(key_wrapping&&) noexcept = default;
key_wrapping& key_wrapping::operator=(key_wrapping&&) noexcept = default;

// RFC 3394, section 2.2.2, by indexes.
bool key_wrapping::unwrap(std::string_view with, std::string_view wrapped, char* out) {
  const std::size_t size = wrapped.size() - std::min(wrapped.size(), key_wrap_growth);
  bool done = fits(with, size);
  if (done) {
    EVP_CIPHER_CTX* const by = contexts_->of(with, unwrapping);
    pair p(wrapped);
    wrapped.substr(half).copy(out, size);
    done = set_key(by, with);
    for (std::size_t step = rounds * (size / half); done && step > 0; --step) {
      p.count(step);
      done = p.run(by, out + (step - 1) % (size / half) * half);
    }
    done = done && equal(p.value(), initial_value);
  }
  if (done) return true;
  OPENSSL_cleanse(out, wrapped.size());
  ERR_clear_error();
  return false;
}

// RFC 3394, section 2.2.1, by indexes.
void key_wrapping::wrap(std::string_view with, std::string_view key, char* out) {
  bool done = fits(with, key.size());
  if (done) {
    EVP_CIPHER_CTX* const by = contexts_->of(with, wrapping);
    pair p(initial_value);
    char* const blocks = out + half;
    key.copy(blocks, key.size());
    done = set_key(by, with);
    for (std::size_t step = 1; done && step <= rounds * (key.size() / half); ++step) {
      done = p.run(by, blocks + (step - 1) % (key.size() / half) * half);
      p.count(step);
    }
    p.value().copy(out, half);
  }
  if (done) return;
  ERR_clear_error();
  throw std::logic_error("can't wrap a key");
}

}  // namespace core::crypto
