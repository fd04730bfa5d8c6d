// SPDX-License-Identifier: Apache-2.0
#include "core/base/base64_portable.hpp"

#include <array>
#include <cstdint>

#include "core/base/ascii.hpp"

namespace core::base {
namespace {

constexpr char low_byte(std::uint32_t bits) { return static_cast<char>(bits & 0xFF); }

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

constexpr sextets standard_sextets{base64_standard};
constexpr sextets url_safe_sextets{base64_url_safe};

/// Decodes the characters of `text`, which has no padding: whole groups, then 0, 2 or 3 characters.
/// Each group is read before its three bytes are written at or before the same place, hence `out`
/// may be text.data().
std::size_t decode(const sextets& table, std::string_view text, char* out) {
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return not_base64;
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
    if ((group & spare) != 0) return not_base64;
    seen |= group;
    *out++ = low_byte(group >> 16);
    if (rest == 3) *out++ = low_byte(group >> 8);
  }
  if ((seen & foreign) != 0) return not_base64;
  return static_cast<std::size_t>(out - start);
}

}  // namespace

std::size_t unbase64_portable(std::string_view text, char* out) {
  return decode(standard_sextets, text, out);
}
std::size_t unbase64url_portable(std::string_view text, char* out) {
  return decode(url_safe_sextets, text, out);
}

}  // namespace core::base
