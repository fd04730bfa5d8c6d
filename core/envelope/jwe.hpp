// SPDX-License-Identifier: Apache-2.0
#pragma once

// JWE in its compact serialization (RFC 7516), opened strictly and sealed, by the algorithms that
// the configuration names. It knows keys and bytes, neither HTTP fields nor clients.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/crypto/cipher.hpp"
#include "core/envelope/jwe_settings.hpp"

namespace core::envelope {

/// What a message is opened or sealed with. Views must outlive the call.
struct jwe_key {
  jwe_settings how;
  std::string_view bytes;  ///< key_size(how) of them
  std::string_view kid;    ///< what a message's `kid` must be if it has one
};

/// Views are within the memory given to open_jwe.
struct jwe_content {
  std::span<char> plaintext;
  std::optional<std::int64_t> ts;  ///< of the protected header, as `ver`
  std::string_view ver;
  bool has_ver = false;
};

/// Authenticates, then decrypts, all in the memory of `body` (the message's text), which is
/// overwritten. No allocation. The header only ever says what `key` says; a key that can't be
/// unwrapped is told like a wrong tag.
/// @return bad_payload, bad_mac or decrypt_failed.
base::result<jwe_content> open_jwe(std::span<char> body, const jwe_key& key,
                                   crypto::cipher_contexts& contexts);

/// Random bytes that sealing takes: an initialization vector, and a key to wrap.
inline constexpr std::size_t jwe_random_size = 96;

/// Seals `plaintext`; `random` is jwe_random_size fresh random bytes. Throws std::logic_error if it
/// or the key has another size. @return the message's text.
std::string seal_jwe(std::string_view plaintext, const jwe_key& key, std::string_view random,
                     crypto::cipher_contexts& contexts, std::optional<std::int64_t> ts = {},
                     std::optional<std::string_view> ver = {});

}  // namespace core::envelope
