// SPDX-License-Identifier: Apache-2.0
#pragma once

// Base64 of both alphabets on any processor: what decodes the rest behind the blocks of base64_avx2
// and base64_avx512, and what these are held against.

#include <cstddef>
#include <string_view>

namespace core::base {

/// RFC 4648, sections 4 and 5.
inline constexpr std::string_view base64_standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::string_view base64_url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// No text is so long. GCC 12 writes an optional's parts to memory and reads them back as words,
/// for which the processor has to wait.
inline constexpr std::size_t not_base64 = ~std::size_t{0};

/// Decodes `text`, which has no padding: whole groups, then 0, 2 or 3 characters. `out` may be
/// text.data(). @return how many bytes were written, or not_base64 if it is not exactly that.
std::size_t unbase64_portable(std::string_view text, char* out);
std::size_t unbase64url_portable(std::string_view text, char* out);

}  // namespace core::base
