// SPDX-License-Identifier: Apache-2.0
#pragma once

// ASCII classes and case, independent of any locale.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace core::base {

/// The byte's value, 0 to 255, whatever the sign of char.
constexpr unsigned octet(char c) { return static_cast<unsigned char>(c); }
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

/// The same for each byte of a word.
constexpr std::uint64_t to_lower_eight(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  // Without their high bits the bytes are added to without a carry from one into the next.
  const std::uint64_t low = word & 0x7F * ones;
  const std::uint64_t from_a = low + (0x80 - 'A') * ones;
  const std::uint64_t past_z = low + (0x7F - 'Z') * ones;
  return word | (from_a & ~past_z & ~word & 0x80 * ones) >> 2;
}

namespace detail {

/// Size bytes of each, at most eight, as one word.
template <std::size_t Size>
bool alike(const char* a, const char* b) {
  std::uint64_t x = 0, y = 0;
  std::memcpy(&x, a, Size);
  std::memcpy(&y, b, Size);
  return x == y || to_lower_eight(x) == to_lower_eight(y);
}

}  // namespace detail

/// Equal but for the case of ASCII letters. For protocol names only; never for anything secret.
inline bool iequals(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const char* const x = a.data();
  const char* const y = b.data();
  // The last word is a whole one too: it overlaps the one before.
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8)
      if (!detail::alike<8>(x + at, y + at)) return false;
    return detail::alike<8>(x + size - 8, y + size - 8);
  }
  if (size >= 4) return detail::alike<4>(x, y) && detail::alike<4>(x + size - 4, y + size - 4);
  return std::equal(x, x + size, y, [](char c, char d) { return to_lower(c) == to_lower(d); });
}

/// Without the blanks and tabs around it, which mean nothing around a field's value or an entry of
/// a list (RFC 9110, section 5.6.3).
constexpr std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

inline std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

}  // namespace core::base
