// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who may call: clients, and the generations of their secrets with the time each is in force. Built
// once at load, then only read.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ip.hpp"
#include "core/base/secret.hpp"
#include "core/crypto/cipher.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/scheme_key.hpp"

namespace core::keys {

/// What seals bodies, a key for each direction, so that a reply is never a request.
struct sealing_keys {
  base::secret request;
  base::secret reply;
};

/// One secret of a client, prepared for use. The same generation that proved a message opens it
/// (never another). What each message needs of it comes first, in as few lines of the cache as can
/// be: where clients are many, each line is one to wait for.
struct alignas(64) generation {
  /// In so many bytes stands what a message takes that isn't answered with a sealed reply: all up
  /// to `schemes`.
  static constexpr std::size_t needed_bytes = 256;

  std::int64_t from = 0;  ///< in force while from <= now < until, Unix seconds
  std::int64_t until = std::numeric_limits<std::int64_t>::max();
  base::secret signing;              ///< what signs the headers
  base::secret encryption;           ///< the cipher's key: 16 or 32 bytes
  base::secret reply;                ///< HKDF of `encryption`, so that a reply is never a request
  crypto::hmac_sha256 sign_mac;      ///< keyed with `signing`
  crypto::hmac_sha256 envelope_mac;  ///< keyed with `encryption`
  std::string id;                    ///< as log and metrics name it
  /// Of schemes that make keys of their own, by the scheme's position in the configuration; empty
  /// if there is none, and nothing where this secret opens no such door.
  std::vector<std::optional<scheme_key>> schemes;
  crypto::hmac_sha256 reply_mac;  ///< keyed with `reply`
  sealing_keys jwe, aes128gcm;    ///< empty where no route of this client seals in this way

  /// Is there a secret that both sides know? Without one only a public key proves anything.
  [[nodiscard]] bool is_shared() const { return !signing.empty(); }
  /// Null if this secret is none for the scheme at this position.
  [[nodiscard]] const scheme_key* key_of(std::size_t scheme) const {
    return scheme < schemes.size() && schemes[scheme] ? &*schemes[scheme] : nullptr;
  }
  [[nodiscard]] bool in_force(std::int64_t now) const { return from <= now && now < until; }
};

/// What a client's version must be. Empty texts are conditions that are off.
struct version_policy {
  std::string minimum;
  std::string deprecated_below;
  /// Unix seconds, for the Deprecation field (RFC 9745); 0: none.
  std::int64_t deprecated_since = 0;
  /// Unix seconds, for the Sunset field (RFC 8594); 0: none.
  std::int64_t sunset = 0;
};

/// Laid out like a generation. The first line tells whether it is the one, if its token is short,
/// and leads to its secrets.
struct alignas(64) client {
  /// In so many bytes stands what each message takes: all up to `versions.deprecated_below`.
  static constexpr std::size_t needed_bytes = 256;

  std::string token;
  std::vector<generation> generations;  ///< newest first; all in force are tried
  /// Position in the key ring; 0 is the dummy that unknown tokens are checked against.
  std::uint32_t index = 0;
  crypto::cipher cipher = crypto::cipher::aes_128_cbc;
  /// A route names it as the one whose messages it takes: it works on such routes alone.
  bool bound = false;
  bool enabled = true;
  /// Names of the schemes its secret opens, and of the routes it may use; all if nothing.
  std::optional<std::vector<std::string>> schemes;
  std::optional<std::vector<std::string>> routes;
  /// Where it may call from; anywhere if nothing.
  std::optional<std::vector<base::ip_network>> addresses;
  std::string id;
  version_policy versions;
};

}  // namespace core::keys
