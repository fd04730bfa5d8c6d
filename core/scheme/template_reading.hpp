// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a template has read from one message. Lives as long as the request; used again for the next
// one, so that reading allocates nothing in the long run.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/digest.hpp"
#include "core/scheme/extraction.hpp"

namespace core::scheme {

inline constexpr std::size_t most_fields = 16;
inline constexpr std::size_t largest_signature = 64;

/// The bytes that are signed, without copying a body: `before`, `body` and `after` joined.
struct signed_bytes {
  std::string_view before, body, after;
};

struct template_reading {
  /// The declared fields in their order; nothing: absent.
  std::array<std::optional<std::string_view>, most_fields> fields;
  /// Decoded, each of the algorithm's size.
  std::array<std::array<char, largest_signature>, most_values> candidates;
  std::size_t candidate_count = 0;
  /// What is signed once a body was there to build it, without a body that is signed as it is.
  std::string text;
  std::size_t body_at = 0;  ///< where in `text` such a body belongs
  std::string_view body;    ///< such a body
  bool built = false;
  crypto::sha256_digest fingerprint{};
  std::vector<std::string> own;  ///< what the views look at where we sign ourselves

  template_reading() = default;
  template_reading(const template_reading&) = delete;
  template_reading& operator=(const template_reading&) = delete;

  [[nodiscard]] signed_bytes parts() const {
    const std::string_view all = text;
    return {all.substr(0, body_at), body, all.substr(body_at)};
  }
};

}  // namespace core::scheme
