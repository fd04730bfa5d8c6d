// SPDX-License-Identifier: Apache-2.0
#include "core/base/base64_avx2.hpp"

#ifdef __AVX2__

#include <immintrin.h>

namespace core::base {
namespace {

constexpr std::size_t block = 32;
/// A block writes 32 bytes, of which 24 count: so many characters must follow that the others fit.
constexpr std::size_t behind = 12;

__m256i every(char c) { return _mm256_set1_epi8(c); }

/// 0xFF where the byte is one of first..last. The comparison is a signed one: bytes from 0x80 on
/// are below all of ASCII.
__m256i within(__m256i bytes, char first, char last) {
  return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, every(static_cast<char>(first - 1))),
                          _mm256_cmpgt_epi8(every(static_cast<char>(last + 1)), bytes));
}

/// What has to be added to the characters of one class, and which those are.
struct classes {
  __m256i offset = _mm256_setzero_si256();
  __m256i known = _mm256_setzero_si256();

  void add(__m256i members, int by) {
    offset = _mm256_or_si256(offset, _mm256_and_si256(members, every(static_cast<char>(by))));
    known = _mm256_or_si256(known, members);
  }
};

/// Four sextets, one a byte, become three bytes: first pairs of 12 bits, then 24 in a 32-bit word,
/// then the words' bytes in their order, without the fourth.
__m256i pack(__m256i sextets) {
  const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x0140'0140));
  const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0001'1000));
  const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i halves = _mm256_shuffle_epi8(groups, _mm256_broadcastsi128_si256(order));
  return _mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

}  // namespace

std::size_t unbase64_avx2(const char* text, std::size_t size, char* out) {
  std::size_t done = 0;
  for (; size - done >= block + behind; done += block, out += block / 4 * 3) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + done));
    classes c;
    c.add(within(bytes, 'A', 'Z'), -'A');
    c.add(within(bytes, 'a', 'z'), 26 - 'a');
    c.add(within(bytes, '0', '9'), 52 - '0');
    c.add(_mm256_cmpeq_epi8(bytes, every('+')), 62 - '+');
    c.add(_mm256_cmpeq_epi8(bytes, every('/')), 63 - '/');
    if (_mm256_movemask_epi8(c.known) != -1) break;
    // Where `out` is the text itself this ends before the next block.
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), pack(_mm256_add_epi8(bytes, c.offset)));
  }
  return done;
}

}  // namespace core::base

#else

namespace core::base {

std::size_t unbase64_avx2(const char*, std::size_t, char*) { return 0; }

}  // namespace core::base

#endif
