// SPDX-License-Identifier: Apache-2.0
#pragma once

// The keys that come of a client's one secret. Purpose, direction, algorithm and client are all in
// what a key is derived with, so that none serves two jobs, even if a secret does.

#include <array>
#include <cstddef>
#include <string_view>

#include "core/base/secret.hpp"

namespace core::keys {

/// "c2s" is what the client sends, "s2c" what it is sent.
struct purpose {
  std::string_view name;
  std::size_t size;  ///< of the key, in bytes
};

/// Every purpose there is.
inline constexpr std::array<purpose, 16> purposes{{
    {"sign-c2s", 32},
    {"sign-s2c", 32},
    {"enc-c2s:A128GCM", 16},
    {"enc-s2c:A128GCM", 16},
    {"enc-c2s:A256GCM", 32},
    {"enc-s2c:A256GCM", 32},
    {"enc-c2s:A128CBC-HS256", 32},
    {"enc-s2c:A128CBC-HS256", 32},
    {"enc-c2s:A256CBC-HS512", 64},
    {"enc-s2c:A256CBC-HS512", 64},
    {"enc-c2s:aes128gcm", 32},  // input keying material: RFC 8188 derives from it once more
    {"enc-s2c:aes128gcm", 32},
    {"kw-c2s:A128KW", 16},
    {"kw-s2c:A128KW", 16},
    {"kw-c2s:A256KW", 32},
    {"kw-s2c:A256KW", 32},
}};

/// Null for a name that isn't in the list.
const purpose* find_purpose(std::string_view name);

/// HKDF-SHA-256 (RFC 5869) with the salt "gw-kdf-v1" and the info "<purpose>:<client id>". Throws
/// std::runtime_error when OpenSSL can't.
base::secret derive(const base::secret& from, std::string_view purpose, std::string_view client_id,
                    std::size_t size);
base::secret derive(const base::secret& from, const purpose& p, std::string_view client_id);

}  // namespace core::keys
