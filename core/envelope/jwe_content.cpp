// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/jwe_content.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/crypto/digest.hpp"
#include "core/crypto/hmac.hpp"
#include "core/envelope/view.hpp"

namespace core::envelope {

namespace {

using base::errc;
using crypto::cipher;

bool is_gcm(jwe_enc enc) { return enc == jwe_enc::a128gcm || enc == jwe_enc::a256gcm; }

cipher cipher_of(jwe_enc enc) {
  switch (enc) {
    case jwe_enc::a128gcm: return cipher::aes_128_gcm;
    case jwe_enc::a256gcm: return cipher::aes_256_gcm;
    case jwe_enc::a128cbc_hs256: return cipher::aes_128_cbc;
    case jwe_enc::a256cbc_hs512: break;
  }
  return cipher::aes_256_cbc;
}

std::string_view mac_key(std::string_view key) { return key.substr(0, key.size() / 2); }
std::string_view cipher_key(std::string_view key) { return key.substr(key.size() / 2); }

/// RFC 7518, section 5.2.2.1: what is associated, its length in bits behind, and of the MAC the
/// first half.
crypto::digest mac_of(const jwe_content_key& by, std::string_view data) {
  std::array<char, 8> bits;
  std::uint64_t left = std::uint64_t{8} * by.associated.size();
  for (std::size_t at = bits.size(); at-- > 0; left >>= 8)
    bits[at] = static_cast<char>(left & 0xFF);
  const crypto::hash hash =
      by.enc == jwe_enc::a128cbc_hs256 ? crypto::hash::sha256 : crypto::hash::sha512;
  crypto::digest mac =
      crypto::hmac(hash, mac_key(by.key)).mac({by.associated, by.iv, data, view(bits)});
  mac.size /= 2;
  return mac;
}

base::result<std::span<char>> open_cbc(const jwe_content_key& by, std::span<char> data,
                                       std::string_view tag, crypto::cipher_contexts& contexts) {
  // The MAC before anything else is done with the ciphertext: else its padding would answer
  // questions (Vaudenay 2002).
  if (!crypto::equal(mac_of(by, view(data)).view(), tag)) return errc::bad_mac;
  const std::optional<std::size_t> size =
      contexts.open_cbc(cipher_of(by.enc), cipher_key(by.key), by.iv, view(data), data.data());
  if (!size) return errc::decrypt_failed;
  return data.first(*size);
}

}  // namespace

base::result<std::span<char>> open_jwe_content(const jwe_content_key& by, std::span<char> data,
                                               std::string_view tag,
                                               crypto::cipher_contexts& contexts) {
  if (!is_gcm(by.enc)) {
    if (data.empty() || data.size() % crypto::cipher_block_size != 0) return errc::bad_payload;
    return open_cbc(by, data, tag, contexts);
  }
  if (!contexts.open_gcm(cipher_of(by.enc), by.key, by.iv, view(data), tag, data.data(),
                         by.associated))
    return errc::decrypt_failed;
  return data;
}

std::size_t seal_jwe_content(const jwe_content_key& by, std::string_view plaintext, char* out,
                             std::span<char> tag, crypto::cipher_contexts& contexts) {
  const cipher c = cipher_of(by.enc);
  if (is_gcm(by.enc)) {
    contexts.seal_gcm(c, by.key, by.iv, plaintext, out, tag.first<crypto::gcm_tag_size>(),
                      by.associated);
    return plaintext.size();
  }
  const std::size_t size = contexts.seal_cbc(c, cipher_key(by.key), by.iv, plaintext, out);
  const crypto::digest mac = mac_of(by, {out, size});
  std::ranges::copy(mac.view(), tag.begin());
  return size;
}

}  // namespace core::envelope
