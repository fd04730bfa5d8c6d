// SPDX-License-Identifier: Apache-2.0
#pragma once

// Ed25519 keys in the forms that files and other programs take (RFC 8032, RFC 8410). Makes them
// from random bytes; draws none.

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/secret.hpp"

namespace core::crypto {

inline constexpr std::size_t ed25519_seed_size = 32;

struct ed25519_key {
  base::secret private_pem;  ///< PKCS#8
  std::string public_spki;   ///< SubjectPublicKeyInfo, DER, as bytes
};

/// `seed` is ed25519_seed_size random bytes. Throws std::runtime_error when OpenSSL can't.
ed25519_key make_ed25519_key(std::string_view seed);

}  // namespace core::crypto
