// SPDX-License-Identifier: Apache-2.0
#include "core/base/encoding.hpp"

#include <array>
#include <cstdint>

#include "core/base/ascii.hpp"
#include "core/base/base64_avx2.hpp"
#include "core/base/base64_avx512.hpp"
#include "core/base/base64_portable.hpp"
#include "core/base/hex_block.hpp"
#include "core/base/processor.hpp"

namespace core::base {
namespace {

constexpr std::string_view hex_lower = "0123456789abcdef";
constexpr std::string_view hex_upper = "0123456789ABCDEF";

constexpr std::array<std::int8_t, 256> lower_hex_values = [] {
  std::array<std::int8_t, 256> values{};
  for (unsigned c = 0; c < values.size(); ++c)
    values[c] = static_cast<std::int8_t>(lower_hex_value(static_cast<char>(c)));
  return values;
}();

/// What decodes a text on this processor, but for what it leaves to the portable twin.
struct blocks_decoders {
  std::size_t (*standard)(const char* text, std::size_t size, char* out);
  std::size_t (*url_safe)(const char* text, std::size_t size, char* out);
};

const blocks_decoders& in_blocks() {
  static const blocks_decoders chosen = [] {
    const auto nothing = [](const char*, std::size_t, char*) -> std::size_t { return 0; };
    if (has_avx512_vbmi()) return blocks_decoders{unbase64_avx512, unbase64url_avx512};
    if (has_avx2()) return blocks_decoders{unbase64_avx2, unbase64url_avx2};
    return blocks_decoders{nothing, nothing};
  }();
  return chosen;
}

/// Of text without padding: `done` characters of it are decoded already.
template <auto Portable>
std::size_t decode_rest(std::string_view text, std::size_t done, char* out) {
  const std::size_t rest = Portable(text.substr(done), out + done / 4 * 3);
  return rest == not_base64 ? not_base64 : done / 4 * 3 + rest;
}

/// Writes the digits of `bytes` without padding. @return the end of what was written.
char* encode(std::string_view alphabet, std::string_view bytes, char* out) {
  const char* in = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, in += 3) {
    const std::uint32_t group = octet(in[0]) << 16 | octet(in[1]) << 8 | octet(in[2]);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    *out++ = alphabet[group >> 6 & 63];
    *out++ = alphabet[group & 63];
  }
  if (left == 0) return out;
  const std::uint32_t group = octet(in[0]) << 16 | (left == 2 ? octet(in[1]) << 8 : 0);
  *out++ = alphabet[group >> 18];
  *out++ = alphabet[group >> 12 & 63];
  if (left == 2) *out++ = alphabet[group >> 6 & 63];
  return out;
}

bool stays_in_form(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
}

}  // namespace

void hex_to(std::string_view bytes, char* out) {
  for (; bytes.size() >= hex_block::bytes; bytes.remove_prefix(hex_block::bytes)) {
    hex_block::encode(bytes.data(), out);
    out += 2 * hex_block::bytes;
  }
  for (const char c : bytes) {
    *out++ = hex_lower[octet(c) >> 4];
    *out++ = hex_lower[octet(c) & 15];
  }
}

std::string hex(std::string_view bytes) {
  std::string out(2 * bytes.size(), '\0');
  hex_to(bytes, out.data());
  return out;
}

bool unhex(std::string_view text, std::span<char> out) {
  if (text.size() != 2 * out.size()) return false;
  std::size_t done = 0;
  bool known = true;
  for (; out.size() - done >= hex_block::bytes; done += hex_block::bytes)
    known &= hex_block::decode(text.data() + 2 * done, out.data() + done);
  int seen = 0;  // below 0 once a digit was foreign: one test after the loop finds it
  for (std::size_t i = done; i < out.size(); ++i) {
    const int high = lower_hex_values[octet(text[2 * i])];
    const int low = lower_hex_values[octet(text[2 * i + 1])];
    seen |= high | low;
    out[i] = static_cast<char>(static_cast<unsigned>(high) << 4 | static_cast<unsigned>(low));
  }
  return known && seen >= 0;
}

std::optional<std::string> unhex_any_case(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  if (!unhex(lower(text), out)) return std::nullopt;
  return out;
}

std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

void base64_to(std::string_view bytes, char* out) {
  char* const end = out + base64_size(bytes.size());
  for (out = encode(base64_standard, bytes, out); out != end;) *out++ = '=';
}

std::string base64(std::string_view bytes) {
  std::string out(base64_size(bytes.size()), '\0');
  base64_to(bytes, out.data());
  return out;
}

std::size_t detail::decode_base64(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return not_base64;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  const std::size_t done = in_blocks().standard(text.data(), text.size(), out);
  return decode_rest<unbase64_portable>(text, done, out);
}

std::optional<std::string> unbase64(std::string_view text) {
  std::string out(3 * (text.size() / 4), '\0');
  const auto size = unbase64(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::size_t base64url_size(std::size_t bytes) { return (4 * bytes + 2) / 3; }

void base64url_to(std::string_view bytes, char* out) { encode(base64_url_safe, bytes, out); }

std::string base64url(std::string_view bytes) {
  std::string out(base64url_size(bytes.size()), '\0');
  base64url_to(bytes, out.data());
  return out;
}

std::size_t detail::decode_base64url(std::string_view text, char* out) {
  const std::size_t done = in_blocks().url_safe(text.data(), text.size(), out);
  return decode_rest<unbase64url_portable>(text, done, out);
}

std::optional<std::string> unbase64url(std::string_view text) {
  std::string out(3 * text.size() / 4, '\0');
  const auto size = unbase64url(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::size_t detail::decode_percent(std::span<char> text) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i, ++size) {
    if (text[i] != '%') {
      text[size] = text[i];
      continue;
    }
    if (text.size() - i < 3) return not_encoded;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return not_encoded;
    text[size] = static_cast<char>(high * 16 + low);
    i += 2;
  }
  return size;
}

std::string form_encode(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    if (stays_in_form(c)) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += {'%', hex_upper[octet(c) >> 4], hex_upper[octet(c) & 15]};
    }
  }
  return out;
}

}  // namespace core::base
