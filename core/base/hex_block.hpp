// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lower-case hex of eight bytes at a time, in vectors of GCC and Clang: of every processor, where
// it has any. Their twin, digit by digit, is what does the rest in encoding.cpp.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace core::base::hex_block {

inline constexpr std::size_t bytes = 8;

using octets [[gnu::vector_size(8)]] = std::uint8_t;
using digits [[gnu::vector_size(16)]] = std::uint8_t;
using pairs [[gnu::vector_size(16)]] = std::uint16_t;
using halves [[gnu::vector_size(16)]] = std::uint64_t;

/// Within a pair of digits: how far the first is from the lower end, and the second.
inline constexpr int first = std::endian::native == std::endian::little ? 0 : 8;
inline constexpr int second = 8 - first;

/// Eight bytes of the sixteen digits at `text`. @return false if one of these is none: then what
/// was written is of no use.
inline bool decode(const char* text, char* out) {
  digits read;
  std::memcpy(&read, text, sizeof read);
  // What stands before the first digit of its kind wraps around to a large number.
  const auto numbers = reinterpret_cast<digits>(read - '0' <= 9);
  const auto letters = reinterpret_cast<digits>(read - 'a' <= 5);
  const auto values = reinterpret_cast<pairs>((read & 0x0F) + (letters & 9));
  const pairs joined = (values >> first & 0x0F) << 4 | (values >> second & 0x0F);
  const auto made = __builtin_convertvector(joined, octets);
  std::memcpy(out, &made, sizeof made);
  // A comparison that holds is all ones.
  const auto known = reinterpret_cast<halves>(numbers | letters);
  return (known[0] & known[1]) == ~std::uint64_t{0};
}

/// Sixteen digits of the eight bytes at `in`.
inline void encode(const char* in, char* out) {
  octets read;
  std::memcpy(&read, in, sizeof read);
  const auto wide = __builtin_convertvector(read, pairs);
  const auto values = reinterpret_cast<digits>(wide >> 4 << first | (wide & 0x0F) << second);
  const auto letters = reinterpret_cast<digits>(values > 9);
  const digits made = values + '0' + (letters & ('a' - '0' - 10));
  std::memcpy(out, &made, sizeof made);
}

}  // namespace core::base::hex_block
