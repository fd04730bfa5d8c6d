// SPDX-License-Identifier: Apache-2.0
#include "core/explain/restyle.hpp"

#include <charconv>
#include <cstdint>

#include "core/json/check.hpp"

namespace core::explain {

namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void append_escape(std::string& out, std::uint32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 0xF];
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Walks over text that is known to be JSON.
class restyler {
 public:
  restyler(std::string_view text, const json_style& style) : text_(text), style_(style) {}

  std::string run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_blank(c)) {
        ++at_;
      } else if (c == '"') {
        string();
      } else {
        ++at_;
        mark(c);
      }
    }
    return std::move(out_);
  }

 private:
  void line() {
    if (style_.indent == 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(style_.indent) * depth_, ' ');
  }

  void mark(char c) {
    switch (c) {
      case '{':
      case '[': open(c); return;
      case '}':
      case ']':
        --depth_;
        line();
        out_ += c;
        return;
      case ',':
        out_ += c;
        out_ += style_.after_comma;
        line();
        return;
      case ':':
        out_ += c;
        out_ += style_.after_colon;
        return;
      default: out_ += c;
    }
  }

  void open(char c) {
    out_ += c;
    while (is_blank(text_[at_])) ++at_;
    if (text_[at_] == '}' || text_[at_] == ']') {
      out_ += text_[at_++];
      return;
    }
    ++depth_;
    line();
  }

  void string() {
    out_ += text_[at_++];
    while (text_[at_] != '"') character();
    out_ += text_[at_++];
  }

  void character() {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '\\') return escape();
    if (byte == '/' && style_.solidus == json_style::slashes::escaped) out_ += '\\';
    if (byte >= 0x80 && style_.beyond_ascii == json_style::letters::escaped) return letter();
    out_ += text_[at_++];
  }

  void escape() {
    const char kind = text_[at_ + 1];
    if (kind == '/' && style_.solidus == json_style::slashes::plain) {
      out_ += '/';
      at_ += 2;
    } else if (kind == 'u' && style_.beyond_ascii == json_style::letters::plain) {
      const std::uint32_t code = escaped_code();
      if (code >= 0x80)
        append_utf8(out_, code);
      else
        append_escape(out_, code);
    } else {
      out_ += text_.substr(at_, 2);
      at_ += 2;
    }
  }

  std::uint32_t unit() {
    std::uint32_t value = 0;
    std::from_chars(text_.data() + at_ + 2, text_.data() + at_ + 6, value, 16);
    at_ += 6;
    return value;
  }

  std::uint32_t escaped_code() {
    const std::uint32_t high = unit();
    if (high < 0xD800 || high > 0xDBFF) return high;
    return 0x10000 + ((high - 0xD800) << 10) + (unit() - 0xDC00);
  }

  void letter() {
    const auto first = static_cast<unsigned char>(text_[at_]);
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    std::uint32_t code = first & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i)
      code = code << 6 | (static_cast<unsigned char>(text_[at_ + i]) & 0x3FU);
    at_ += size;
    if (code < 0x10000) return append_escape(out_, code);
    append_escape(out_, 0xD800 + ((code - 0x10000) >> 10));
    append_escape(out_, 0xDC00 + ((code - 0x10000) & 0x3FF));
  }

  std::string_view text_;
  const json_style& style_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::optional<std::string> restyled(std::string_view text, const json_style& style) {
  if (!json::is_json(text)) return std::nullopt;
  return restyler(text, style).run();
}

}  // namespace core::explain
