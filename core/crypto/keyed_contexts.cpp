// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/keyed_contexts.hpp"

#include <openssl/crypto.h>

#include <bit>
#include <cstring>

#include "core/crypto/octets.hpp"

namespace core::crypto {
namespace {

constexpr std::size_t longest_key = 32;

constexpr int opening = 0;  // EVP_CipherInit's `enc`

/// By Fibonacci hashing (Knuth, section 6.4); what malloc gives is aligned to sixteen bytes.
std::size_t set_of(std::string_view key) {
  constexpr int bits = std::countr_zero(keyed_contexts::sets);
  static_assert(std::has_single_bit(keyed_contexts::sets));
  const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(key.data()));
  return static_cast<std::size_t>((address >> 4U) * 0x9E3779B97F4A7C15U >> (64 - bits));
}

}  // namespace

keyed_contexts::place::~place() { OPENSSL_cleanse(key_.data(), sizeof key_); }

bool keyed_contexts::place::holds(cipher c, std::string_view key) const {
  if (!keyed_ || c != cipher_) return false;
  // All of it whatever differs, as with everything secret; a message decides nothing here.
  std::uint64_t difference = 0;
  std::uint64_t word = 0;
  for (std::size_t at = 0; at < key.size(); at += sizeof word) {
    std::memcpy(&word, key.data() + at, sizeof word);
    difference |= word ^ key_[at / sizeof word];
  }
  return difference == 0;
}

bool keyed_contexts::place::set(cipher c, const EVP_CIPHER* fetched, std::string_view key) {
  static_assert(sizeof key_ == longest_key);
  keyed_ = false;
  if (!with_ || cipher_ != c) {
    // Freed, and that wiped: a context that changes its cipher would be made anew inside as well.
    with_.reset(EVP_CIPHER_CTX_new());
    cipher_ = c;
    if (!with_ ||
        EVP_CipherInit_ex2(with_.get(), fetched, nullptr, nullptr, opening, nullptr) != 1 ||
        (!is_gcm(c) && EVP_CIPHER_CTX_set_padding(with_.get(), 0) != 1)) {
      with_.reset();
      return false;
    }
  }
  key_.fill(0);
  std::memcpy(key_.data(), key.data(), key.size());
  // The IV comes with each message; in CBC as a block before it, which follows on this one.
  constexpr std::array<unsigned char, 16> zeros{};
  keyed_ = EVP_CipherInit_ex2(with_.get(), nullptr, octets(key), is_gcm(c) ? nullptr : zeros.data(),
                              opening, nullptr) == 1;
  return keyed_;
}

keyed_contexts::place* keyed_contexts::find(cipher c, const EVP_CIPHER* fetched,
                                            std::string_view key) {
  pair& p = pairs_[set_of(key)];
  if (p.places[p.recent].holds(c, key)) return &p.places[p.recent];
  p.recent ^= 1;
  place& other = p.places[p.recent];
  return other.holds(c, key) || other.set(c, fetched, key) ? &other : nullptr;
}

}  // namespace core::crypto
