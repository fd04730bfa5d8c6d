// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is this UTF-8? RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.

#include <cstddef>
#include <string_view>

#include "core/base/run.hpp"

namespace core::base {

/// Bytes of the character that `text` begins with, 1 to 4; 0 if it begins with none.
constexpr std::size_t utf8_size(std::string_view text) {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&at](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    // E0 80..9F is overlong, ED A0..BF a surrogate.
    const bool second = first == 0xE0 ? at(1) >= 0xA0 : first != 0xED || at(1) <= 0x9F;
    return second && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    // F0 80..8F is overlong, F4 90..BF above U+10FFFF.
    const bool second = first == 0xF0 ? at(1) >= 0x90 : first != 0xF4 || at(1) <= 0x8F;
    return second && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

inline bool is_utf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(run_of<ascii_byte>(text));
    if (text.empty()) return true;
    const std::size_t size = utf8_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

}  // namespace core::base
