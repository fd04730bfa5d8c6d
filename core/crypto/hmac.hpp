// SPDX-License-Identifier: Apache-2.0
#pragma once

// Digests and HMACs by an algorithm that the configuration names (FIPS 180-4, RFC 2104), without an
// allocation per message. Where it is SHA-256 by the format itself, digest.hpp is the shorter way.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>

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

/// A key prepared once: the states after the inner and the outer pad, wiped when the last copy
/// dies. Copies share them; safe to use from many threads.
class hmac {
 public:
  hmac(hash h, std::string_view key);

  [[nodiscard]] hash algorithm() const { return hash_; }
  /// HMAC of the parts joined.
  [[nodiscard]] digest mac(std::initializer_list<std::string_view> parts) const;

 private:
  struct prepared;
  hash hash_;
  std::shared_ptr<const prepared> prepared_;
};

}  // namespace core::crypto
