// SPDX-License-Identifier: Apache-2.0
#pragma once

// Numbers written as decimal digits, two digits at a time. Whoever calls has seen to the room.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace core::base {

/// Of the largest number there is.
inline constexpr std::size_t most_digits = 20;

namespace decimal {

/// "00", "01" and so on up to "99".
inline constexpr std::array<char, 200> pairs = [] {
  std::array<char, 200> text{};
  for (std::size_t i = 0; i < text.size(); i += 2) {
    text[i] = static_cast<char>('0' + i / 20);
    text[i + 1] = static_cast<char>('0' + i / 2 % 10);
  }
  return text;
}();

inline constexpr std::array<std::uint64_t, most_digits> powers = [] {
  std::array<std::uint64_t, most_digits> all{};
  std::uint64_t power = 1;
  for (std::uint64_t& p : all) {
    p = power;
    power *= 10;
  }
  return all;
}();

/// How many digits `value` has; 0 has one.
constexpr std::size_t digits_of(std::uint64_t value) {
  // The logarithm to base 2 by log10(2) is right or one too small (Warren, Hacker's Delight,
  // section 11-4).
  const auto guess = static_cast<std::size_t>(std::bit_width(value | 1) * 1233 >> 12);
  return guess + static_cast<std::size_t>((value | 1) >= powers[guess]);
}

}  // namespace decimal

/// Writes the last two digits of a number below 100. @return behind them.
inline char* put_two_digits(char* out, unsigned value) {
  std::memcpy(out, decimal::pairs.data() + std::size_t{2} * value, 2);
  return out + 2;
}

/// Writes `value` without leading zeros. @return behind it.
inline char* put_decimal(char* out, std::uint64_t value) {
  char* const end = out + decimal::digits_of(value);
  char* at = end;
  for (; value >= 100; value /= 100) put_two_digits(at -= 2, static_cast<unsigned>(value % 100));
  if (at - out == 2)
    put_two_digits(out, static_cast<unsigned>(value));
  else
    *out = static_cast<char>('0' + value);
  return end;
}

}  // namespace core::base
