// SPDX-License-Identifier: Apache-2.0
#pragma once

// Base64 of both alphabets, 32 characters at a time, where the processor has AVX2. Its portable
// twin is base64_portable. The source is compiled for AVX2: it includes nothing whose inline
// functions could end up in other objects' place, hence the pointers.

#include <cstddef>

namespace core::base {

/// Where has_avx2() (processor.hpp): decodes whole blocks from the beginning of `text`, up to the
/// first that holds a character outside the alphabet (RFC 4648, section 4), and never the last 12
/// characters. `out` has room for three quarters of `size`, and may be `text`.
/// @return characters decoded, a multiple of 32; three quarters as many bytes were written.
std::size_t unbase64_avx2(const char* text, std::size_t size, char* out);
/// The same of the alphabet of section 5.
std::size_t unbase64url_avx2(const char* text, std::size_t size, char* out);

}  // namespace core::base
