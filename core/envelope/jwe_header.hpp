// SPDX-License-Identifier: Apache-2.0
#pragma once

// The protected header of a JWE (RFC 7516, section 4), read strictly. It knows the members' names
// and types, neither keys nor what they should say.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/envelope/jwe_settings.hpp"

namespace core::envelope {

inline constexpr std::size_t largest_jwe_header = 1024;

struct jwe_header {
  std::optional<std::string_view> alg, enc, kid, ver;
  std::optional<std::int64_t> ts;
};

/// Members beside these are passed over, as RFC 7516 demands, but for those that would change what
/// the message is: `crit` (extensions that must be understood), `zip` (a small body that grows),
/// `p2c` and `p2s` (work that the sender sets). A repeated name, another type, nesting beyond 2,
/// more members than member_names has room for are refused. Strings are un-escaped in place.
std::optional<jwe_header> read_jwe_header(std::span<char> json);

/// The text of a header; members that are nothing are left out, and an empty kid.
std::string write_jwe_header(jwe_settings how, std::string_view kid, std::optional<std::int64_t> ts,
                             std::optional<std::string_view> ver);

}  // namespace core::envelope
