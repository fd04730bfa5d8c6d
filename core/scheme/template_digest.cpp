// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_digest.hpp"

namespace core::scheme {

crypto::hash hash_of(template_algorithm algorithm) {
  switch (algorithm) {
    case template_algorithm::hmac_sha1: return crypto::hash::sha1;
    case template_algorithm::hmac_sha256:
    case template_algorithm::sha256: return crypto::hash::sha256;
    case template_algorithm::hmac_sha384: return crypto::hash::sha384;
    case template_algorithm::hmac_sha512:
    case template_algorithm::sha512:
    case template_algorithm::ed25519: break;
  }
  return crypto::hash::sha512;
}

std::optional<crypto::digest> digest_by(template_algorithm algorithm,
                                        const std::optional<crypto::hmac>& key,
                                        const signed_bytes& bytes) {
  if (is_plain_hash(algorithm))
    return crypto::hash_of(hash_of(algorithm), {bytes.before, bytes.body, bytes.after});
  if (!is_hmac(algorithm) || !key) return std::nullopt;
  return key->mac({bytes.before, bytes.body, bytes.after});
}

}  // namespace core::scheme
