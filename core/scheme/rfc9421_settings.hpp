// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a gateway wants of HTTP message signatures (RFC 9421). As it stands here it is a closed
// profile, which leaves a client nothing to choose; configuration opens it.

#include <cstdint>
#include <string>
#include <vector>

#include "core/crypto/signature.hpp"
#include "core/scheme/components.hpp"

namespace core::scheme {

struct rfc9421_settings {
  /// Components that must be covered, without parameters. More may be.
  std::vector<std::string> required{"@method", "@authority", "@path", "@query", "content-digest"};
  /// Content-Type must be covered by a message that has one: it says how the body is read.
  bool cover_content_type = true;
  /// A message must have a Content-Digest, cover it, and have the body that it says. Without this
  /// a body is proven only where the digest is covered all the same.
  bool content_digest = true;

  std::string tag = "gw";           ///< of the signature that is meant; empty: any, or none
  std::string label;                ///< of it; empty: any
  bool other_signatures = false;    ///< may stand beside it
  component_parameters parameters;  ///< that components may have
  /// Of fields that ;sf may read.
  std::vector<std::string> dictionaries{"content-digest", "repr-digest", "signature",
                                        "signature-input", "priority"};

  bool created = true;  ///< must be there
  bool nonce = true;    ///< must be there
  /// Any text of 1 to 128 bytes without '"' and '\', instead of [A-Za-z0-9_-]{16,128}.
  bool any_nonce = false;
  std::int64_t window = 300;  ///< seconds from `created` to the latest `expires`
  std::vector<crypto::signature_algorithm> algorithms{crypto::signature_algorithm::hmac_sha256,
                                                      crypto::signature_algorithm::ed25519};

  /// Holds the client's version; must be covered by a message that has it. Empty: none is read.
  std::string version_field = "Client-Version";
  std::string reply_tag = "gw-response";
};

}  // namespace core::scheme
