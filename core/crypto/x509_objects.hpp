// SPDX-License-Identifier: Apache-2.0
#pragma once

// Certificates and private keys as OpenSSL holds them, from the PEM files in which TLS servers keep
// them: for this room's own sources and for TLS (gateway/net).

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string_view>
#include <vector>

#include "core/crypto/freed_by.hpp"

namespace core::crypto {

using x509_object = owned<X509, X509_free>;
using tls_key = owned<EVP_PKEY, EVP_PKEY_free>;

/// All that are in the text, in their order; what stands between the blocks is for people. Empty if
/// there is none, or one can't be read.
std::vector<x509_object> certificates_from_pem(std::string_view text);

/// The first private key in the text (PKCS#8, or as RSA and EC keys stand by themselves), not
/// encrypted. Null if there is none.
tls_key private_key_from_pem(std::string_view text);

}  // namespace core::crypto
