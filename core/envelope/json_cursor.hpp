// SPDX-License-Identifier: Apache-2.0
#pragma once

// A strict reader over one JSON text (RFC 8259) that un-escapes strings where they stand. It builds
// nothing, allocates nothing and knows no member's meaning. Whatever it returns as a string is
// UTF-8.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace core::envelope {

class json_cursor {
 public:
  explicit json_cursor(std::span<char> text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// The next token's first character; 0 at the end.
  char peek();
  /// Takes the character `c` if it is the next token.
  bool take(char c);
  /// Takes `word` (a literal name) if it is next.
  bool take(std::string_view word);
  /// True if nothing but white space is left.
  bool at_end();
  /// A string, un-escaped in place. Lone surrogates, control characters and bytes that aren't UTF-8
  /// are refused.
  std::optional<std::span<char>> string();
  /// A number of decimal digits alone, without a sign, a fraction, an exponent or leading zeros.
  std::optional<std::int64_t> natural_number();
  /// Passes over one value with at most `depth` arrays and objects within each other.
  bool skip(int depth);

  /// Reads an object. `member(name)` has to read the value and say whether it may stand there.
  template <class Member>
  bool object(Member member) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      const std::optional<std::span<char>> name = string();
      if (!name || !take(':') || !member(std::string_view(name->data(), name->size())))
        return false;
    } while (take(','));
    return take('}');
  }

 private:
  bool array(int depth);
  bool number();
  bool digits();
  std::optional<std::span<char>> escaped_string();
  bool unescape(char*& out);
  std::optional<unsigned> hex4();

  char* at_;
  char* end_;
};

}  // namespace core::envelope
