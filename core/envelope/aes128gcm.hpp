// SPDX-License-Identifier: Apache-2.0
#pragma once

// The content coding aes128gcm (RFC 8188), opened strictly and sealed. It knows keys and bytes,
// neither HTTP fields nor clients.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/crypto/cipher.hpp"

namespace core::envelope {

/// What a message is opened or sealed with. Views must outlive the call.
struct aes128gcm_key {
  std::string_view keying_material;
  std::string_view keyid;  ///< what a message's keyid must be if it isn't empty
};

inline constexpr std::size_t aes128gcm_salt_size = 16;
inline constexpr std::uint32_t aes128gcm_record_size = 4096;

/// Authenticates and decrypts all records in the memory of `body`, which is overwritten. Nothing is
/// handed out before the last record was proven the last one. No allocation.
/// @return the plaintext, within `body`; bad_payload or decrypt_failed, and then no plaintext is
/// left there.
base::result<std::span<char>> open_aes128gcm(std::span<char> body, const aes128gcm_key& key,
                                             crypto::cipher_contexts& contexts);

/// Seals `plaintext`; `salt` is aes128gcm_salt_size fresh random bytes, a record 18 bytes or more
/// with its tag. Throws std::logic_error on other sizes.
std::string seal_aes128gcm(std::string_view plaintext, const aes128gcm_key& key,
                           std::string_view salt, crypto::cipher_contexts& contexts,
                           std::uint32_t record_size = aes128gcm_record_size);

}  // namespace core::envelope
