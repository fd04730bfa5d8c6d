// SPDX-License-Identifier: Apache-2.0
#pragma once

// How far a text holds nothing but bytes of one kind, eight of them at a time. Each kind is there
// twice, as a rule for one byte and for a word of eight; tests hold the two against each other.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace core::base {

namespace words {

inline constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
inline constexpr std::uint64_t high_bits = 0x80 * ones;

/// Is one of the eight bytes below `limit`, at most 0x80? Exact as long as none of them has its
/// high bit set (Warren, Hacker's Delight, section 6-1).
constexpr bool any_below(std::uint64_t word, unsigned limit) {
  return ((word - limit * ones) & ~word & high_bits) != 0;
}
constexpr bool any_is(std::uint64_t word, unsigned char c) {
  return any_below(word ^ (c * ones), 1);
}

}  // namespace words

/// ASCII.
struct ascii_byte {
  static constexpr bool one(unsigned char c) { return c < 0x80; }
  static constexpr bool eight(std::uint64_t word) { return (word & words::high_bits) == 0; }
};

/// What a JSON string holds without an escape (RFC 8259, section 7), of ASCII and without DEL.
struct json_plain_byte {
  static constexpr bool one(unsigned char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
  }
  static constexpr bool eight(std::uint64_t word) { return others(word) == 0; }
  /// High bits, of which the lowest is that of the first byte of another kind.
  static constexpr std::uint64_t others(std::uint64_t word) {
    // As in any_below, in one test: a byte that borrows or carries is one that is refused itself.
    using words::ones;
    const std::uint64_t odd = word | (word - 0x20 * ones) | (word + ones) |
                              ((word ^ '"' * ones) - ones) | ((word ^ '\\' * ones) - ones);
    return odd & words::high_bits;
  }
};

/// Bytes at the beginning of `text` that are of this kind.
template <class Kind>
std::size_t run_of(std::string_view text) {
  std::size_t size = 0;
  std::uint64_t word = 0;
  for (; text.size() - size >= sizeof word; size += sizeof word) {
    std::memcpy(&word, text.data() + size, sizeof word);
    if (!Kind::eight(word)) break;
  }
  // The rest is less than a word: the last eight bytes hold it.
  if (text.size() >= sizeof word && text.size() - size < sizeof word) {
    std::memcpy(&word, text.data() + text.size() - sizeof word, sizeof word);
    if (Kind::eight(word)) return text.size();
  }
  while (size < text.size() && Kind::one(static_cast<unsigned char>(text[size]))) ++size;
  return size;
}

}  // namespace core::base
