// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asymmetric keys as OpenSSL holds them, and the texts they come in and go out as: for this room's
// own sources.

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/secret.hpp"
#include "core/crypto/freed_by.hpp"

namespace core::crypto {

using key_object = owned<EVP_PKEY, EVP_PKEY_free>;

/// The bytes of the one PEM block that `text` is (RFC 7468), if that has this label; after it
/// nothing but white space.
std::optional<base::secret> from_pem(std::string_view text, std::string_view label);

/// A SubjectPublicKeyInfo (RFC 5280) or a PKCS#8 PrivateKeyInfo (RFC 5208), DER, whole. Null if it
/// is none.
key_object public_from_der(std::string_view der);
key_object private_from_der(std::string_view der);

/// SubjectPublicKeyInfo, DER. Throws std::runtime_error when OpenSSL can't.
std::string public_to_der(const EVP_PKEY* key);

}  // namespace core::crypto
