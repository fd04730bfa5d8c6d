// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/php_text.hpp"

#include <array>
#include <charconv>

namespace core::envelope {

namespace {

/// Exponents between which PHP writes a number without one.
constexpr int least_plain = -4;
constexpr int most_plain = 16;

}  // namespace

std::optional<std::int64_t> canonical_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.starts_with('0') && text.size() > 1) return std::nullopt;
  std::int64_t value = 0;
  const char* const text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), text_end, value);
  if (error != std::errc{} || end != text_end) return std::nullopt;
  return value;
}

void append_double(std::string& out, double value, char exponent_sign) {
  // C++ gives the shortest digits as -d.ddde+dd; only where PHP puts point and exponent differs.
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific);
  std::string_view text(buffer.data(), end.ptr);
  if (text.starts_with('-')) {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  int exponent = 0;
  const char* const exponent_begin = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_begin, text.data() + text.size(), exponent);
  std::string digits(1, text.front());
  if (e > 2) digits += text.substr(2, e - 2);

  if (exponent < least_plain || exponent > most_plain) {
    out += digits.front();
    out += '.';
    out += digits.size() > 1 ? digits.substr(1) : "0";
    out += exponent_sign;
    out += exponent < 0 ? "" : "+";
    out += std::to_string(exponent);
  } else if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0');
    out += digits;
  } else {
    const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    out.append(digits, 0, whole);
    if (digits.size() > whole) out.append(1, '.').append(digits, whole);
  }
}

}  // namespace core::envelope
