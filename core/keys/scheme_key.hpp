// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one scheme proves one generation's messages with, prepared at load: the scheme says how it
// is made of the secret.

#include <optional>

#include "core/base/secret.hpp"
#include "core/crypto/hmac.hpp"
#include "core/crypto/signature.hpp"

namespace core::keys {

struct scheme_key {
  base::secret secret;                ///< as the scheme reads it, where the signed bytes hold it
  std::optional<crypto::hmac> proof;  ///< of requests
  std::optional<crypto::hmac> reply;  ///< of replies: a key of their own, or nothing
  std::optional<crypto::public_key> public_key;  ///< instead of `proof`
  /// Of `public_key`; the message never chooses.
  std::optional<crypto::signature_algorithm> algorithm;
};

}  // namespace core::keys
