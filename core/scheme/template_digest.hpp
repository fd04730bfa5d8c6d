// SPDX-License-Identifier: Apache-2.0
#pragma once

// The hash or HMAC that a template's algorithm makes of signed bytes.

#include <optional>

#include "core/crypto/hmac.hpp"
#include "core/scheme/template_reading.hpp"
#include "core/scheme/template_settings.hpp"

namespace core::scheme {

/// Which hash it uses; Ed25519, which none of these is, has SHA-512 within.
crypto::hash hash_of(template_algorithm algorithm);

/// Nothing where an HMAC has no key, or the algorithm is neither hash nor HMAC.
std::optional<crypto::digest> digest_by(template_algorithm algorithm,
                                        const std::optional<crypto::hmac>& key,
                                        const signed_bytes& bytes);

}  // namespace core::scheme
