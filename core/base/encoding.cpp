// SPDX-License-Identifier: Apache-2.0
#include "core/base/encoding.hpp"

#include <array>
#include <cstdint>

#include "core/base/ascii.hpp"
#include "core/base/base64_avx2.hpp"
#include "core/base/hex_block.hpp"
#include "core/base/processor.hpp"

namespace core::base {
namespace {

constexpr std::string_view hex_lower = "0123456789abcdef";
constexpr std::string_view hex_upper = "0123456789ABCDEF";
constexpr std::string_view standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr unsigned octet(char c) { return static_cast<unsigned char>(c); }
constexpr char low_byte(std::uint32_t bits) { return static_cast<char>(bits & 0xFF); }

constexpr std::array<std::int8_t, 256> lower_hex_values = [] {
  std::array<std::int8_t, 256> values{};
  for (unsigned c = 0; c < values.size(); ++c)
    values[c] = static_cast<std::int8_t>(lower_hex_value(static_cast<char>(c)));
  return values;
}();

/// No 24-bit group of four sextets has this bit, so that one test after the loop finds any foreign
/// character.
constexpr std::uint32_t foreign = 1U << 31;

/// One table for each of the four places in a group, the sextet already shifted there: three ORs
/// decode a group.
struct sextets {
  std::array<std::array<std::uint32_t, 256>, 4> place{};

  explicit constexpr sextets(std::string_view alphabet) {
    for (std::size_t at = 0; at < 4; ++at) {
      place[at].fill(foreign);
      for (std::uint32_t value = 0; value < 64; ++value)
        place[at][octet(alphabet[value])] = value << (18 - 6 * at);
    }
  }
  [[nodiscard]] std::uint32_t at(std::size_t index, char c) const { return place[index][octet(c)]; }
};

constexpr sextets standard_sextets{standard};
constexpr sextets url_safe_sextets{url_safe};

/// Decodes the characters of `text`, which has no padding: whole groups, then 0, 2 or 3 characters.
/// Each group is read before its three bytes are written at or before the same place, hence `out`
/// may be text.data().
std::optional<std::size_t> decode(const sextets& table, std::string_view text, char* out) {
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  const char* in = text.data();
  const char* const start = out;
  std::uint32_t seen = 0;
  for (const char* const end = in + (text.size() - rest); in != end; in += 4) {
    const std::uint32_t group =
        table.at(0, in[0]) | table.at(1, in[1]) | table.at(2, in[2]) | table.at(3, in[3]);
    seen |= group;
    *out++ = low_byte(group >> 16);
    *out++ = low_byte(group >> 8);
    *out++ = low_byte(group);
  }
  if (rest != 0) {
    const std::uint32_t group =
        table.at(0, in[0]) | table.at(1, in[1]) | (rest == 3 ? table.at(2, in[2]) : 0);
    const std::uint32_t spare = rest == 3 ? 0xFF : 0xFFFF;
    // Non-zero spare bits would make a second text of the same bytes (RFC 4648, section 3.5).
    if ((group & spare) != 0) return std::nullopt;
    seen |= group;
    *out++ = low_byte(group >> 16);
    if (rest == 3) *out++ = low_byte(group >> 8);
  }
  if ((seen & foreign) != 0) return std::nullopt;
  return static_cast<std::size_t>(out - start);
}

/// The same, as much of it as can be in blocks.
std::optional<std::size_t> decode_in_blocks(std::size_t (*in_blocks)(const char*, std::size_t,
                                                                     char*),
                                            const sextets& table, std::string_view text,
                                            char* out) {
  static const bool has_blocks = has_avx2();
  const std::size_t blocks = has_blocks ? in_blocks(text.data(), text.size(), out) : 0;
  text.remove_prefix(blocks);
  const std::optional<std::size_t> rest = decode(table, text, out + blocks / 4 * 3);
  if (!rest) return std::nullopt;
  return blocks / 4 * 3 + *rest;
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
  for (out = encode(standard, bytes, out); out != end;) *out++ = '=';
}

std::string base64(std::string_view bytes) {
  std::string out(base64_size(bytes.size()), '\0');
  base64_to(bytes, out.data());
  return out;
}

std::optional<std::size_t> unbase64(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return decode_in_blocks(unbase64_avx2, standard_sextets, text, out);
}

std::optional<std::string> unbase64(std::string_view text) {
  std::string out(3 * (text.size() / 4), '\0');
  const auto size = unbase64(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::size_t base64url_size(std::size_t bytes) { return (4 * bytes + 2) / 3; }

void base64url_to(std::string_view bytes, char* out) { encode(url_safe, bytes, out); }

std::string base64url(std::string_view bytes) {
  std::string out(base64url_size(bytes.size()), '\0');
  base64url_to(bytes, out.data());
  return out;
}

std::optional<std::size_t> unbase64url(std::string_view text, char* out) {
  return decode_in_blocks(unbase64url_avx2, url_safe_sextets, text, out);
}

std::optional<std::string> unbase64url(std::string_view text) {
  std::string out(3 * text.size() / 4, '\0');
  const auto size = unbase64url(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::optional<std::size_t> percent_decode_in_place(std::span<char> text) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i, ++size) {
    if (text[i] != '%') {
      text[size] = text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
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
