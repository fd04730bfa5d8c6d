// SPDX-License-Identifier: Apache-2.0
#pragma once

// Content encryption of JWE (RFC 7518, section 5) on decoded bytes: AES-GCM, and AES-CBC with an
// HMAC. It knows no header and no text.

#include <span>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/crypto/cipher.hpp"
#include "core/envelope/jwe_settings.hpp"

namespace core::envelope {

/// What goes into one sealing and opening. Sizes are those of sizes(enc).
struct jwe_content_key {
  jwe_enc enc;
  std::string_view key;
  std::string_view iv;
  std::string_view associated;
};

/// Authenticates, then decrypts in place. No allocation.
/// @return the plaintext within `data`; bad_payload, bad_mac or decrypt_failed.
base::result<std::span<char>> open_jwe_content(const jwe_content_key& by, std::span<char> data,
                                               std::string_view tag,
                                               crypto::cipher_contexts& contexts);

/// `tag` has the size that sizes(enc) says, `out` room for the plaintext and one block of 16 more.
/// @return the ciphertext's size. Throws std::logic_error on wrong sizes of key or iv.
std::size_t seal_jwe_content(const jwe_content_key& by, std::string_view plaintext, char* out,
                             std::span<char> tag, crypto::cipher_contexts& contexts);

}  // namespace core::envelope
