// SPDX-License-Identifier: Apache-2.0
#pragma once

// Strict encoders: exactly one text for each value, so that nothing that was proven can be written
// another way (RFC 4648, sections 3.2, 3.3, 3.5). Decoders refuse white space, missing or extra
// padding, non-zero spare bits, other alphabets.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/base64_portable.hpp"

namespace core::base {

namespace detail {

/// @return not_base64 if the text isn't canonical.
std::size_t decode_base64(std::string_view text, char* out);
std::size_t decode_base64url(std::string_view text, char* out);
/// @return not_encoded on a broken escape.
std::size_t decode_percent(std::span<char> text);

inline constexpr std::size_t not_encoded = not_base64;

inline std::optional<std::size_t> unless_refused(std::size_t size) {
  return size == not_base64 ? std::nullopt : std::optional(size);
}

}  // namespace detail

/// Lower-case hex, two digits a byte.
std::string hex(std::string_view bytes);
/// Writes 2 * bytes.size() digits to `out`.
void hex_to(std::string_view bytes, char* out);
/// Strict: lower case only, text.size() == 2 * out.size().
bool unhex(std::string_view text, std::span<char> out);
/// For operators' input (configuration): either case, any even length.
std::optional<std::string> unhex_any_case(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string base64(std::string_view bytes);
std::size_t base64_size(std::size_t bytes);
/// Writes base64_size(bytes.size()) characters to `out`.
void base64_to(std::string_view bytes, char* out);
/// Decodes strictly; `out` may be the same memory as `text` (decoding in place).
/// It needs 3 * text.size() / 4 bytes.
/// @return the number of bytes decoded, or nothing if the text isn't canonical (then `out` holds
/// nothing of use).
inline std::optional<std::size_t> unbase64(std::string_view text, char* out) {
  return detail::unless_refused(detail::decode_base64(text, out));
}
std::optional<std::string> unbase64(std::string_view text);

/// RFC 4648 section 5, without padding.
std::string base64url(std::string_view bytes);
std::size_t base64url_size(std::size_t bytes);
/// Writes base64url_size(bytes.size()) characters to `out`.
void base64url_to(std::string_view bytes, char* out);
/// Strict and in place like unbase64.
inline std::optional<std::size_t> unbase64url(std::string_view text, char* out) {
  return detail::unless_refused(detail::decode_base64url(text, out));
}
std::optional<std::string> unbase64url(std::string_view text);

/// Percent-decoding in place (RFC 3986, section 2.1); '+' stays '+'.
/// @return the new size, or nothing on a broken escape.
inline std::optional<std::size_t> percent_decode_in_place(std::span<char> text) {
  return detail::unless_refused(detail::decode_percent(text));
}
/// application/x-www-form-urlencoded as PHP's http_build_query writes it: unreserved stay, blank is
/// '+', the rest %XX.
std::string form_encode(std::string_view bytes);

}  // namespace core::base
