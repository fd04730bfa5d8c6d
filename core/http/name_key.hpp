// SPDX-License-Identifier: Apache-2.0
#pragma once

// A few bytes of a field's name that tell most names apart, made once for each field of a message:
// whoever looks for a name compares keys first. Keys alone prove nothing.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/ascii.hpp"

namespace core::http {

namespace detail {

inline constexpr std::array<unsigned char, 256> fold_table = [] {
  std::array<unsigned char, 256> table{};
  table.fill('-');
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = c;
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = c;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = static_cast<unsigned char>(c + 32);
  return table;
}();

}  // namespace detail

/// Lower case for letters, themselves for digits, '-' for all else.
constexpr unsigned char fold(char c) { return detail::fold_table[static_cast<unsigned char>(c)]; }

using name_key = std::uint32_t;

/// The same for names that are equal without case, and for names that differ in punctuation alone:
/// size, first, middle and last byte, folded. Empty has no key but 0.
constexpr name_key key_of(std::string_view name) {
  if (name.empty()) return 0;
  const std::size_t size = name.size();
  const char* const bytes = name.data();
  return static_cast<name_key>(size & 0xFF) << 24 | name_key{fold(bytes[0])} << 16 |
         name_key{fold(bytes[size / 2])} << 8 | name_key{fold(bytes[size - 1])};
}

}  // namespace core::http
