// SPDX-License-Identifier: Apache-2.0
#pragma once

// The two forms of an ECDSA signature: r and s side by side in equal widths, as RFC 9421 and JWS
// have them, and the DER SEQUENCE of two INTEGERs that OpenSSL takes and gives (RFC 3279, section
// 2.2.3).

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace core::crypto {

struct ecdsa_der {
  std::array<unsigned char, 104> bytes;  // P-384: two numbers of 48 bytes and a sign's byte
  std::size_t size = 0;
};

/// `raw` is r and s, 2 * 32 or 2 * 48 bytes.
ecdsa_der ecdsa_to_der(std::string_view raw);
/// Nothing if `der` is no such sequence, or a number is wider than `width`.
std::optional<std::string> ecdsa_from_der(std::string_view der, std::size_t width);

}  // namespace core::crypto
