// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/json_cursor.hpp"

#include <charconv>
#include <cstring>
#include <system_error>

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"

namespace core::envelope {

namespace {

/// ASCII without control characters and backslashes. Without an early exit, so that the compiler
/// makes vector code of it.
bool is_plain(const char* begin, const char* end) {
  unsigned bad = 0;
  for (const char* p = begin; p != end; ++p) {
    const auto c = static_cast<unsigned char>(*p);
    bad |= static_cast<unsigned>(c < 0x20) | static_cast<unsigned>(c >= 0x80) |
           static_cast<unsigned>(c == '\\');
  }
  return bad == 0;
}

/// Writes a code point as UTF-8: never longer than the escape it came from (3 bytes for 6, 4 for
/// 12).
char* put_utf8(char* out, unsigned code) {
  const auto put = [&out](unsigned byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
  return out;
}

}  // namespace

char json_cursor::peek() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  return at_ == end_ ? '\0' : *at_;
}

bool json_cursor::take(char c) {
  if (peek() != c || at_ == end_) return false;
  ++at_;
  return true;
}

bool json_cursor::take(std::string_view word) {
  peek();  // passes the white space before it
  if (!std::string_view(at_, end_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

bool json_cursor::at_end() {
  peek();
  return at_ == end_;
}

std::optional<std::span<char>> json_cursor::string() {
  if (!take('"')) return std::nullopt;
  char* const begin = at_;
  auto* const quote =
      static_cast<char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
  if (quote == nullptr) return std::nullopt;
  if (!is_plain(begin, quote)) return escaped_string();
  at_ = quote + 1;
  return std::span(begin, quote);
}

std::optional<std::span<char>> json_cursor::escaped_string() {
  char* const begin = at_;
  char* out = at_;
  while (at_ != end_) {
    const auto c = static_cast<unsigned char>(*at_);
    if (c == '"') {
      ++at_;
      return std::span(begin, out);
    }
    if (c < 0x20) return std::nullopt;
    if (c == '\\') {
      ++at_;
      if (!unescape(out)) return std::nullopt;
      continue;
    }
    std::size_t size = base::utf8_size({at_, end_});
    if (size == 0) return std::nullopt;
    while (size-- != 0) *out++ = *at_++;
  }
  return std::nullopt;
}

bool json_cursor::unescape(char*& out) {
  if (at_ == end_) return false;
  switch (*at_++) {
    case '"': *out++ = '"'; return true;
    case '\\': *out++ = '\\'; return true;
    case '/': *out++ = '/'; return true;
    case 'b': *out++ = '\b'; return true;
    case 'f': *out++ = '\f'; return true;
    case 'n': *out++ = '\n'; return true;
    case 'r': *out++ = '\r'; return true;
    case 't': *out++ = '\t'; return true;
    case 'u': break;
    default: return false;
  }
  const std::optional<unsigned> unit = hex4();
  if (!unit || (*unit >= 0xDC00 && *unit <= 0xDFFF)) return false;
  unsigned code = *unit;
  if (code >= 0xD800 && code <= 0xDBFF) {
    if (!std::string_view(at_, end_).starts_with("\\u")) return false;
    at_ += 2;
    const std::optional<unsigned> low = hex4();
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
    code = 0x10000U + ((code - 0xD800U) << 10U) + (*low - 0xDC00U);
  }
  out = put_utf8(out, code);
  return true;
}

std::optional<unsigned> json_cursor::hex4() {
  if (end_ - at_ < 4) return std::nullopt;
  unsigned unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = base::hex_value(*at_++);
    if (digit < 0) return std::nullopt;
    unit = unit << 4U | static_cast<unsigned>(digit);
  }
  return unit;
}

std::optional<std::int64_t> json_cursor::natural_number() {
  if (!base::is_digit(peek())) return std::nullopt;
  // After a zero no digit may follow, and a fraction after no digit: whatever does is no token.
  char* const end = *at_ == '0' ? at_ + 1 : end_;
  std::int64_t value = 0;
  const auto [behind, error] = std::from_chars(at_, end, value);
  if (error != std::errc()) return std::nullopt;
  at_ += behind - at_;
  return value;
}

bool json_cursor::skip(int depth) {
  switch (peek()) {
    case '"': return string().has_value();
    case '{':
      return depth > 0 && object([this, depth](std::string_view) { return skip(depth - 1); });
    case '[': return depth > 0 && array(depth);
    case 't': return take("true");
    case 'f': return take("false");
    case 'n': return take("null");
    default: return number();
  }
}

bool json_cursor::array(int depth) {
  take('[');
  if (take(']')) return true;
  do {
    if (!skip(depth - 1)) return false;
  } while (take(','));
  return take(']');
}

bool json_cursor::digits() {
  if (at_ == end_ || !base::is_digit(*at_)) return false;
  while (at_ != end_ && base::is_digit(*at_)) ++at_;
  return true;
}

bool json_cursor::number() {
  if (at_ != end_ && *at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0')
    ++at_;  // no digit may follow: whatever does is no token
  else if (!digits())
    return false;
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (at_ != end_ && base::to_lower(*at_) == 'e') {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!digits()) return false;
  }
  return true;
}

}  // namespace core::envelope
