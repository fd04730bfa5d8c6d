// SPDX-License-Identifier: Apache-2.0
#pragma once

// Digests and HMACs by an algorithm that the configuration names (FIPS 180-4, RFC 2104), without an
// allocation per message. Where it is SHA-256 by the format itself, digest.hpp is the shorter way.

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "core/crypto/digest.hpp"

namespace core::crypto {

enum class hash { sha1, sha256, sha384, sha512 };

/// In bytes: 20, 32, 48, 64.
std::size_t digest_size(hash h);

struct digest {
  std::array<char, 64> bytes;
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
};

/// The digest of the parts joined.
digest hash_of(hash h, std::initializer_list<std::string_view> parts);

/// A key prepared once. Safe to use from many threads; wiped when it dies.
class hmac {
 public:
  hmac(hash h, std::string_view key);
  hmac(const hmac&) = default;
  hmac& operator=(const hmac&) = default;
  ~hmac();

  [[nodiscard]] hash algorithm() const { return hash_; }
  /// HMAC of the parts joined.
  [[nodiscard]] digest mac(std::initializer_list<std::string_view> parts) const;

 private:
  // SHA-384 is SHA-512 with another beginning and a shorter end (FIPS 180-4, section 5.3.4).
  using pads =
      std::variant<hmac_pads<SHA_CTX>, hmac_pads<sha256_chaining_value>, hmac_pads<SHA512_CTX>>;
  static pads prepare(hash h, std::string_view key);

  hash hash_;
  pads pads_;
};

}  // namespace core::crypto
