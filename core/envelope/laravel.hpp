// SPDX-License-Identifier: Apache-2.0
#pragma once

// Illuminate\Encryption\Encrypter's payload, opened strictly and sealed as current versions write
// it. It knows keys and bytes, neither HTTP fields nor clients.

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/crypto/cipher.hpp"
#include "core/crypto/digest.hpp"
#include "core/envelope/payload_form.hpp"

namespace core::envelope {

/// What a payload is opened or sealed with. `mac` is keyed with the same `key`. Views must outlive
/// the call.
struct laravel_key {
  crypto::cipher cipher;
  std::string_view key;
  const crypto::hmac_sha256& mac;
};

/// What identifies a proven payload, decoded so that no other text makes the same message a new
/// one: CBC its 32-byte MAC, GCM iv ‖ tag (28 bytes).
struct payload_identity {
  std::array<char, 32> bytes{};
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
};

struct laravel_opened {
  std::span<char> plaintext;  ///< within the memory given to open_laravel
  payload_identity identity;
};

/// Authenticates, then decrypts, all in the memory of `payload` (outer base64 text), which is
/// overwritten. No allocation.
/// @return bad_payload, bad_mac or decrypt_failed.
base::result<laravel_opened> open_laravel(std::span<char> payload, const laravel_key& key,
                                          crypto::cipher_contexts& contexts);

/// Seals `plaintext`; `iv` is iv_size(cipher) fresh random bytes. @return the outer base64 text.
std::string seal_laravel(std::string_view plaintext, const laravel_key& key, std::string_view iv,
                         crypto::cipher_contexts& contexts);

}  // namespace core::envelope
