// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which bytes may stand where in a head (RFC 9110, section 5). Tables instead of branches: these
// run over every byte of every head.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/ascii.hpp"
#include "core/base/run.hpp"

namespace core::http {

namespace detail {

inline constexpr std::array<bool, 256> token_table = [] {
  std::array<bool, 256> table{};
  for (int i = 0x21; i < 0x7F; ++i)
    table[static_cast<unsigned>(i)] =
        base::is_digit(static_cast<char>(i)) || base::is_alpha(static_cast<char>(i));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

inline constexpr std::array<bool, 256> value_table = [] {
  std::array<bool, 256> table{};
  for (unsigned i = 0x20; i < 256; ++i) table[i] = i != 0x7F;
  table['\t'] = true;
  return table;
}();

/// Are all eight bytes from `first`, at most 0x80, to 0x7E? A byte below borrows and 0x7F carries;
/// the lowest one that does either shows it.
constexpr bool all_between(std::uint64_t word, unsigned first) {
  return ((word | (word - first * base::words::ones) | (word + base::words::ones)) &
          base::words::high_bits) == 0;
}

}  // namespace detail

/// A byte of a token: of a field's name, a connection option (RFC 9110, section 5.6.2).
constexpr bool is_token_byte(char c) { return detail::token_table[static_cast<unsigned char>(c)]; }

constexpr bool is_token(std::string_view text) {
  bool all = !text.empty();
  const char* at = text.data();
  const char* const end = at + text.size();
  for (; end - at >= 4; at += 4)
    all &= (unsigned{is_token_byte(at[0])} & unsigned{is_token_byte(at[1])} &
            unsigned{is_token_byte(at[2])} & unsigned{is_token_byte(at[3])}) != 0;
  for (; at != end; ++at) all &= is_token_byte(*at);
  return all;
}

/// A byte of a field's value: TAB, blank, visible, or beyond ASCII; no CR, LF, NUL or other control
/// (RFC 9110, section 5.5).
constexpr bool is_value_byte(char c) { return detail::value_table[static_cast<unsigned char>(c)]; }

/// The same for base::run_of. Values are mostly visible ASCII, which is told eight bytes at a time.
struct value_byte {
  static constexpr bool one(unsigned char c) { return detail::value_table[c]; }
  static constexpr bool eight(std::uint64_t word) { return detail::all_between(word, 0x20); }
};

/// Visible ASCII, as base::is_visible says it.
struct visible_byte {
  static constexpr bool one(unsigned char c) { return base::is_visible(static_cast<char>(c)); }
  static constexpr bool eight(std::uint64_t word) { return detail::all_between(word, 0x21); }
};

inline bool is_field_value(std::string_view text) {
  return base::run_of<value_byte>(text) == text.size();
}

}  // namespace core::http
