// SPDX-License-Identifier: Apache-2.0
#pragma once

// HMAC (RFC 2104) over hashes whose state is a plain struct: what is left of it after each of the
// two pads, which are one block, is prepared once per key and taken up again for each message,
// without an allocation, a fetch or a lock; an EVP_MD_CTX can't be shared by threads, and re-keying
// an EVP_MAC costs three times as much for a short message. For this room's own sources. OpenSSL 3
// calls these functions deprecated in favour of EVP; they are used on purpose, and a source that
// includes this file suppresses the warning before its first header.
#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#endif

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "core/crypto/digest.hpp"

namespace core::crypto {

template <class State, auto Init, auto Update, auto Final, std::size_t Block, std::size_t Size>
struct plain_hash {
  using state = State;
  using kept = State;                               ///< of one whole block
  static constexpr std::size_t block_size = Block;  // RFC 2104 calls it B
  using digest = std::array<char, Size>;

  static state begun() {
    state s;
    Init(&s);
    return s;
  }
  static kept kept_of(const state& s) { return s; }
  static state resumed(const kept& before) { return before; }
  static void update(state& s, std::string_view bytes) { Update(&s, bytes.data(), bytes.size()); }

  /// The digest of what `s` has seen and `parts`. The copy ends with the digest in it; the block,
  /// with a message's end, SHA-1's and SHA-256's Final clean and SHA-512's does not.
  static digest finish(state s, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) update(s, part);
    std::array<unsigned char, Size> bytes;
    Final(bytes.data(), &s);
    if constexpr (Block == SHA512_CBLOCK) OPENSSL_cleanse(&s, sizeof s);
    digest out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
  }
  /// The digest of what `before` has seen and of another digest.
  static digest finish_with(const kept& before, const digest& other) {
    return finish(resumed(before), {{other.data(), other.size()}});
  }
};

/// SHA-256, which every message of every client is hashed with, ends its last block here (FIPS
/// 180-4, section 5.1.1): SHA256_Final takes half as long for that as for the block itself.
struct plain_sha256 : plain_hash<SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final,
                                 SHA256_CBLOCK, SHA256_DIGEST_LENGTH> {
  using kept = sha256_chaining_value;
  static kept kept_of(const state& s) { return std::to_array(s.h); }
  /// There is nothing in its block, which is not set.
  static state resumed(const kept& before) {
    state s;
    std::ranges::copy(before, s.h);
    s.Nl = block_size * 8;
    s.Nh = 0;
    s.num = 0;
    s.md_len = SHA256_DIGEST_LENGTH;
    return s;
  }

  static digest finish(state s, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) update(s, part);
    auto* const block = reinterpret_cast<unsigned char*>(s.data);
    std::size_t used = s.num;
    block[used++] = 0x80;
    if (used > size_at) {
      std::memset(block + used, 0, block_size - used);
      SHA256_Transform(&s, block);
      used = 0;
    }
    std::memset(block + used, 0, size_at - used);
    put_big_endian(block + size_at, s.Nh);
    put_big_endian(block + size_at + sizeof s.Nh, s.Nl);
    SHA256_Transform(&s, block);
    wipe(block);
    return digest_of(s);
  }

  /// The digest of what `before` has seen, which is one block, and of another digest: what is left
  /// is one block more, whose padding is always the same.
  static digest finish_with(const kept& before, const digest& other) {
    constexpr auto padded = [] {
      std::array<unsigned char, block_size> block{};
      constexpr std::size_t bits = (block_size + SHA256_DIGEST_LENGTH) * 8;
      block[SHA256_DIGEST_LENGTH] = 0x80;
      block[block_size - 2] = bits >> 8;
      block[block_size - 1] = bits & 0xFF;
      return block;
    }();
    std::array<unsigned char, block_size> block = padded;
    std::copy(other.begin(), other.end(), block.begin());
    state s;
    std::ranges::copy(before, s.h);
    SHA256_Transform(&s, block.data());
    wipe(block.data());
    return digest_of(s);
  }

 private:
  /// Where the message's size in bits stands in its last block.
  static constexpr std::size_t size_at = block_size - 8;

  /// A block that held a message or its digest, of a size that is known: four stores, which the
  /// compiler must not leave out because the memory could be looked at behind them.
  /// OPENSSL_cleanse would take a quarter of the time of a hash for it.
  static void wipe(unsigned char* block) {
    std::memset(block, 0, block_size);
    asm("" : : "r"(block) : "memory");  // without a result, it is kept as it is
  }

  static void put_big_endian(void* out, SHA_LONG word) {
    if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap32(word);
    std::memcpy(out, &word, sizeof word);
  }
  /// As one, because what reads it next reads more than a word, and would wait for words.
  static digest digest_of(const state& s) {
    using words [[gnu::vector_size(SHA256_DIGEST_LENGTH)]] = SHA_LONG;
    words all;
    std::memcpy(&all, s.h, sizeof all);
    if constexpr (std::endian::native == std::endian::little)
      all = all >> 24 | (all >> 8 & 0xFF00) | (all << 8 & 0xFF'0000) | all << 24;
    digest out;
    std::memcpy(out.data(), &all, sizeof all);
    return out;
  }
};

using plain_sha1 =
    plain_hash<SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final, SHA_CBLOCK, SHA_DIGEST_LENGTH>;
using plain_sha384 = plain_hash<SHA512_CTX, SHA384_Init, SHA384_Update, SHA384_Final, SHA512_CBLOCK,
                                SHA384_DIGEST_LENGTH>;
using plain_sha512 = plain_hash<SHA512_CTX, SHA512_Init, SHA512_Update, SHA512_Final, SHA512_CBLOCK,
                                SHA512_DIGEST_LENGTH>;

/// HMAC of the parts joined.
template <class Hash>
typename Hash::digest hmac_of(const hmac_pads<typename Hash::kept>& pads,
                              std::initializer_list<std::string_view> parts) {
  const typename Hash::digest inner = Hash::finish(Hash::resumed(pads.inner), parts);
  return Hash::finish_with(pads.outer, inner);
}

/// What is kept after one block of `key` combined with `pad`. `key` is at most a block long.
template <class Hash>
typename Hash::kept padded(std::string_view key, unsigned char pad) {
  std::array<char, Hash::block_size> block;
  block.fill(static_cast<char>(pad));
  for (std::size_t i = 0; i < key.size(); ++i)
    block[i] = static_cast<char>(static_cast<unsigned char>(key[i]) ^ pad);
  typename Hash::state s = Hash::begun();
  Hash::update(s, {block.data(), block.size()});
  const typename Hash::kept kept = Hash::kept_of(s);
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(&s, sizeof s);
  return kept;
}

template <class Hash>
hmac_pads<typename Hash::kept> pads_of(std::string_view key) {
  // RFC 2104, section 2: a key longer than a block is hashed first.
  typename Hash::digest hashed{};
  if (key.size() > Hash::block_size) {
    hashed = Hash::finish(Hash::begun(), {key});
    key = {hashed.data(), hashed.size()};
  }
  const hmac_pads<typename Hash::kept> pads{padded<Hash>(key, 0x36), padded<Hash>(key, 0x5C)};
  OPENSSL_cleanse(hashed.data(), hashed.size());
  return pads;
}

}  // namespace core::crypto
