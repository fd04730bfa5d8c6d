// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/signature_text.hpp"

#include <algorithm>
#include <array>

#include "core/base/encoding.hpp"
#include "core/scheme/template_reading.hpp"

namespace core::scheme {

namespace {

constexpr std::size_t base64_room = (largest_signature + 2) / 3 * 4;

/// With padding, in the usual alphabet.
bool decode_base64(std::string_view text, std::span<char> out) {
  // Decoded elsewhere first: the decoder may write more than it keeps.
  std::array<char, base64_room> bytes;
  const auto size = base::unbase64(text, bytes.data());
  if (!size || *size != out.size()) return false;
  std::ranges::copy_n(bytes.begin(), static_cast<std::ptrdiff_t>(*size), out.begin());
  return true;
}

bool decode_base64url(std::string_view text, std::span<char> out) {
  std::array<char, base64_room> usual;
  if (text.find_first_of("+/=") != std::string_view::npos) return false;
  usual.fill('=');
  std::ranges::transform(text, usual.begin(), [](char c) {
    if (c == '-') return '+';
    return c == '_' ? '/' : c;
  });
  return decode_base64({usual.data(), base::base64_size(out.size())}, out);
}

}  // namespace

std::string encode(text_encoding how, std::string_view bytes) {
  switch (how) {
    case text_encoding::utf8: break;
    case text_encoding::hex: return base::hex(bytes);
    case text_encoding::base64: return base::base64(bytes);
    case text_encoding::base64url: return base::base64url(bytes);
  }
  return std::string(bytes);
}

bool decode_signature(text_encoding how, std::string_view text, std::span<char> out) {
  if (out.size() > largest_signature) return false;
  switch (how) {
    case text_encoding::utf8: return false;
    case text_encoding::hex: return base::unhex(text, out);
    case text_encoding::base64:
      return text.size() == base::base64_size(out.size()) && decode_base64(text, out);
    case text_encoding::base64url:
      return text.size() == (out.size() * 4 + 2) / 3 && decode_base64url(text, out);
  }
  return false;
}

}  // namespace core::scheme
