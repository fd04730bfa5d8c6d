// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/query_param.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"

namespace core::scheme {

namespace {

/// As the URL standard reads application/x-www-form-urlencoded: an escape that is none stays as it
/// is. Where it would put U+FFFD for what isn't UTF-8 there is nothing: many bytes would be one.
std::optional<std::string> decoded(std::string_view piece) {
  std::string text;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    char c = piece[i] == '+' ? ' ' : piece[i];
    if (c == '%' && piece.size() - i > 2) {
      const int high = base::hex_value(piece[i + 1]);
      const int low = base::hex_value(piece[i + 2]);
      if (high >= 0 && low >= 0) {
        c = static_cast<char>(high * 16 + low);
        i += 2;
      }
    }
    text += c;
  }
  if (!base::is_utf8(text)) return std::nullopt;
  return text;
}

/// With a blank as %20, which is where RFC 9421 leaves the URL standard.
void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view literal = "*-._";
  for (const char c : text) {
    if (base::is_alpha(c) || base::is_digit(c) || literal.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 0xFU];
  }
}

bool is_named(std::string_view piece, std::string_view name) {
  const std::optional<std::string> text = decoded(piece);
  if (!text) return false;
  std::string encoded;
  append_encoded(encoded, *text);
  return encoded == name;
}

}  // namespace

bool append_query_param(std::string& out, std::string_view query, std::string_view name) {
  std::optional<std::string_view> found;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view piece = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    if (!is_named(piece.substr(0, equals), name)) continue;
    // Which of two would count is anybody's guess (RFC 9421, section 2.2.8).
    if (found) return false;
    found = piece.substr(std::min(equals + 1, piece.size()));
  }
  if (!found) return false;
  const std::optional<std::string> value = decoded(*found);
  if (!value) return false;
  append_encoded(out, *value);
  return true;
}

}  // namespace core::scheme
