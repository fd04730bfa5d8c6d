// SPDX-License-Identifier: Apache-2.0
#pragma once

// The algorithms of a JWE envelope (RFC 7518), as a configuration chooses them. A message never
// does.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::envelope {

/// How the content's key comes: shared, or wrapped into each message.
enum class jwe_alg : std::uint8_t { dir, a128kw, a256kw };
/// What encrypts and authenticates the content.
enum class jwe_enc : std::uint8_t { a128gcm, a256gcm, a128cbc_hs256, a256cbc_hs512 };

struct jwe_settings {
  jwe_alg alg = jwe_alg::dir;
  jwe_enc enc = jwe_enc::a256gcm;
};

/// As RFC 7518 registers them: "A256KW", "A128CBC-HS256" and so on.
std::string_view name(jwe_alg alg);
std::string_view name(jwe_enc enc);

/// Of the key that both sides share, in bytes: the content's, or the one that wraps it.
std::size_t key_size(jwe_settings how);

/// In bytes, of what content encryption takes and makes.
struct jwe_sizes {
  std::size_t key, iv, tag;
};
jwe_sizes sizes(jwe_enc enc);

}  // namespace core::envelope
