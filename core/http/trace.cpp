// SPDX-License-Identifier: Apache-2.0
#include "core/http/trace.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"

namespace core::http {

namespace {

bool is_hex(char c) { return base::lower_hex_value(c) >= 0; }

bool hex_and_not_zero(std::string_view text) {
  return std::ranges::all_of(text, is_hex) && text.find_first_not_of('0') != std::string_view::npos;
}

char* put_hex(char* at, std::uint64_t value) {
  std::array<char, sizeof value> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(value >> (56 - 8 * i) & 0xFF);
  base::hex_to({bytes.data(), bytes.size()}, at);
  return at + 2 * bytes.size();
}

}  // namespace

bool is_trace_parent(std::string_view value) {
  if (value.size() < 55 || value[2] != '-' || value[35] != '-' || value[52] != '-') return false;
  const std::string_view version = value.substr(0, 2);
  // A later version may append more; 00 may not.
  if (version == "00" ? value.size() != 55 : value.size() > 55 && value[55] != '-') return false;
  return version != "ff" && std::ranges::all_of(version, is_hex) &&
         std::ranges::all_of(value.substr(53, 2), is_hex) &&
         hex_and_not_zero(value.substr(3, 32)) && hex_and_not_zero(value.substr(36, 16));
}

bool is_trace_id(std::string_view value) { return value.size() == 32 && hex_and_not_zero(value); }

std::array<char, 55> make_trace_parent(std::span<const char, 32> trace, std::uint64_t span) {
  std::array<char, 55> out{};
  char* at = out.data();
  *at++ = '0';
  *at++ = '0';
  *at++ = '-';
  at = std::ranges::copy(trace, at).out;
  if (std::ranges::all_of(trace, [](char c) { return c == '0'; })) at[-1] = '1';
  *at++ = '-';
  at = put_hex(at, span == 0 ? 1 : span);
  *at++ = '-';
  *at++ = '0';
  *at++ = '1';
  return out;
}

}  // namespace core::http
