// SPDX-License-Identifier: Apache-2.0
#pragma once

// Base64 of both alphabets, 64 characters at a time, where the processor has AVX-512 and can look
// bytes up in 128 others (VBMI). Its portable twin is base64_portable. Compiled as base64_avx2 is,
// and as careful of what it includes.

#include <cstddef>

namespace core::base {

/// Where has_avx512_vbmi() (processor.hpp): decodes whole groups of four from the beginning of
/// `text`, up to the first block of 64 that holds a character outside the alphabet (RFC 4648,
/// section 4). `out` has room for three quarters of `size`, and may be `text`.
/// @return characters decoded, a multiple of 4; three quarters as many bytes were written.
std::size_t unbase64_avx512(const char* text, std::size_t size, char* out);
/// The same of the alphabet of section 5.
std::size_t unbase64url_avx512(const char* text, std::size_t size, char* out);

}  // namespace core::base
