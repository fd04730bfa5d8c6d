// SPDX-License-Identifier: Apache-2.0
#pragma once

// The members of a Laravel payload's JSON object, as texts. It knows their names and which may be
// absent, neither keys nor ciphers.

#include <optional>
#include <span>
#include <string_view>

namespace core::envelope {

/// Base64 and hex texts as they stand after JSON decoding: these texts, not what they decode to,
/// are what the MAC covers.
struct laravel_members {
  std::span<char> iv;
  std::span<char> value;
  std::span<char> mac;
  std::optional<std::span<char>> tag;  ///< nothing if absent or null
};

/// Strict: any order and white space, escapes, and unknown members (beside a tag, and no more than
/// member_names has room for; no Laravel writes any) pass; a repeated name, another type, nesting
/// beyond 2, anything after the object are refused. Strings are un-escaped in place.
std::optional<laravel_members> read_laravel_members(std::span<char> json);

}  // namespace core::envelope
