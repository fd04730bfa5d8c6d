// SPDX-License-Identifier: Apache-2.0
#pragma once

// Content-Digest (RFC 9530): what a body is, said in the head, where a signature covers it.
// Repr-Digest is another thing, of which nothing is read.

#include <array>
#include <string>
#include <string_view>

namespace core::scheme {

struct content_digests {
  bool has_sha256 = false;
  bool has_sha512 = false;
  std::array<char, 32> sha256;
  std::array<char, 64> sha512;

  /// Is it the digest of this body, by every algorithm that was read? False if none was.
  [[nodiscard]] bool fit(std::string_view body) const;
};

/// Reads the digests by sha-256 and sha-512; others, md5 first of all, count as not there.
/// @return false unless the text is a dictionary with one of the two or both, each of its size.
[[nodiscard]] bool parse_content_digest(content_digests& out, std::string_view text);

/// The field's value for a body: sha-256.
std::string content_digest(std::string_view body);

}  // namespace core::scheme
