// SPDX-License-Identifier: Apache-2.0
#pragma once

// ASCII classes and case, independent of any locale.

#include <algorithm>
#include <string>
#include <string_view>

namespace core::base {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/// 0x21 to 0x7E: no blank, no control, nothing beyond ASCII.
constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7F; }

/// Value of a lower-case hex digit, or -1.
constexpr int lower_hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
/// Value of a hex digit of either case, or -1.
constexpr int hex_value(char c) { return lower_hex_value(to_lower(c)); }

/// Equal but for the case of ASCII letters. For protocol names only; never for anything secret.
constexpr bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}

inline std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

}  // namespace core::base
