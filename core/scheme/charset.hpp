// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which texts a value may be: bytes of one class, and how many of them. Written as
// "[A-Za-z0-9._~-]{1,64}", compiled at load. No other part of regular expressions.

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace core::scheme {

class charset {
 public:
  using byte_set = std::bitset<256>;

  /// What a value may be where nothing is said: visible ASCII, as a token is.
  static constexpr std::size_t usual_most = 128;
  /// A head is not much larger.
  static constexpr std::size_t largest = 4096;

  /// 1 to usual_most bytes of visible ASCII.
  charset();
  charset(const byte_set& bytes, std::size_t least, std::size_t most)
      : bytes_(bytes), least_(least), most_(most) {}

  /// `[class]{n}` or `[class]{n,m}`. In the class: visible ASCII and blank; ranges of digits,
  /// capitals or small letters; `\` before `\`, `]`, `[`, `^`, `-`; a `-` at either end is itself.
  /// @return what is wrong with the text, as a sentence without its beginning, otherwise.
  static std::variant<charset, std::string> parse(std::string_view text);

  [[nodiscard]] bool fits(std::string_view value) const;
  [[nodiscard]] const byte_set& bytes() const { return bytes_; }
  [[nodiscard]] bool fixed_size() const { return least_ == most_; }

 private:
  byte_set bytes_;
  std::size_t least_ = 1;
  std::size_t most_ = usual_most;
};

}  // namespace core::scheme
