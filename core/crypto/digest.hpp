// SPDX-License-Identifier: Apache-2.0
#pragma once

// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) without an allocation per message.

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace core::crypto {

using sha256_digest = std::array<char, 32>;

/// SHA-256 of the parts joined.
sha256_digest sha256(std::initializer_list<std::string_view> parts);

/// What HMAC keeps of a key: what a hash keeps of its state after the inner and the outer pad.
template <class Kept>
struct hmac_pads {
  Kept inner;
  Kept outer;
};

/// All that SHA-256 keeps of whole blocks (FIPS 180-4, section 6.2.2). The rest of OpenSSL's state
/// is known, and three and a half times as much memory: where there are many keys, that is what to
/// wait for.
using sha256_chaining_value = std::array<std::uint32_t, 8>;

/// SHA-1 of the parts joined. Proves nothing: for protocols that name it where nothing rests on it.
std::array<char, 20> sha1(std::initializer_list<std::string_view> parts);

/// A key prepared once, 64 bytes of it. Safe to use from many threads; wiped when it dies.
class hmac_sha256 {
 public:
  explicit hmac_sha256(std::string_view key);
  hmac_sha256(const hmac_sha256&) = default;
  hmac_sha256& operator=(const hmac_sha256&) = default;
  ~hmac_sha256();

  /// HMAC of the parts joined.
  [[nodiscard]] sha256_digest mac(std::initializer_list<std::string_view> parts) const;

 private:
  hmac_pads<sha256_chaining_value> pads_;
};

inline std::string_view view(const sha256_digest& d) { return {d.data(), d.size()}; }

/// HKDF-SHA-256 (RFC 5869). `size` 1 to 255 * 32. Throws std::runtime_error when OpenSSL fails.
std::string hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info,
                        std::size_t size);

/// Compares in constant time (CRYPTO_memcmp), whatever differs; different sizes are unequal. For
/// MACs, on decoded bytes of fixed size: a comparison that stops at the first difference tells an
/// attacker the right MAC byte by byte.
bool equal(std::string_view a, std::string_view b);

}  // namespace core::crypto
