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

/// Sixteen bytes, looked up by a nibble.
struct table {
  char at[16] = {};  // NOLINT(modernize-avoid-c-arrays): no inline function of anybody else's

  [[nodiscard]] __m256i of(__m256i nibbles) const {
    const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), nibbles);
  }
};

template <auto Entry>
constexpr table filled() {
  table made;
  for (unsigned i = 0; i < 16; ++i) made.at[i] = Entry(i);
  return made;
}

// Which characters the alphabet has is told by their upper nibble and their lower one together
// (Mula and Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", 2018): the upper
// ones fall into classes, a bit for each, and each lower nibble has the bits of the classes in
// which it does not occur. What makes a sextet of a character is found by its upper nibble as well,
// but for one character that shares its nibble with others and takes a place that nothing else has.

struct standard {
  static constexpr char class_of(unsigned high) {
    switch (high) {
      case 2: return 1;    // + and /
      case 3: return 2;    // 0 to 9
      case 4:              // A to O
      case 6: return 4;    // a to o
      case 5:              // P to Z
      case 7: return 8;    // p to z
      default: return 16;  // nothing
    }
  }
  static constexpr char classes_without(unsigned low) {
    unsigned bits = 16;
    if (low != 0xB && low != 0xF) bits |= 1;
    if (low > 9) bits |= 2;
    if (low == 0) bits |= 4;
    if (low > 0xA) bits |= 8;
    return static_cast<char>(bits);
  }
  static constexpr char offset_of(unsigned place) {
    switch (place) {
      case 1: return 63 - '/';
      case 2: return 62 - '+';
      case 3: return 52 - '0';
      case 4:
      case 5: return -'A';
      case 6:
      case 7: return 26 - 'a';
      default: return 0;
    }
  }
  /// Of '/' the place below its upper nibble.
  static __m256i place(__m256i high, __m256i bytes) {
    return _mm256_add_epi8(high, _mm256_cmpeq_epi8(bytes, every('/')));
  }
};

struct url_safe {
  static constexpr char class_of(unsigned high) {
    switch (high) {
      case 2: return 1;    // -
      case 3: return 2;    // 0 to 9
      case 4:              // A to O
      case 6: return 4;    // a to o
      case 5: return 8;    // P to Z and _
      case 7: return 32;   // p to z
      default: return 16;  // nothing
    }
  }
  static constexpr char classes_without(unsigned low) {
    unsigned bits = 16;
    if (low != 0xD) bits |= 1;
    if (low > 9) bits |= 2;
    if (low == 0) bits |= 4;
    if (low > 0xA && low != 0xF) bits |= 8;
    if (low > 0xA) bits |= 32;
    return static_cast<char>(bits);
  }
  static constexpr char offset_of(unsigned place) {
    switch (place) {
      case 2: return 62 - '-';
      case 3: return 52 - '0';
      case 4:
      case 5: return -'A';
      case 6:
      case 7: return 26 - 'a';
      case 13: return 63 - '_';
      default: return 0;
    }
  }
  /// Of '_' the place eight above its upper nibble.
  static __m256i place(__m256i high, __m256i bytes) {
    const __m256i underscores = _mm256_cmpeq_epi8(bytes, every('_'));
    return _mm256_or_si256(high, _mm256_and_si256(underscores, every(8)));
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

template <class Alphabet>
std::size_t decode(const char* text, std::size_t size, char* out) {
  static constexpr table classes = filled<Alphabet::class_of>();
  static constexpr table refused = filled<Alphabet::classes_without>();
  static constexpr table offsets = filled<Alphabet::offset_of>();
  std::size_t done = 0;
  for (; size - done >= block + behind; done += block, out += block / 4 * 3) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + done));
    const __m256i low = _mm256_and_si256(bytes, every(0x0F));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(bytes, 4), every(0x0F));
    if (_mm256_testz_si256(classes.of(high), refused.of(low)) == 0) break;
    const __m256i sextets = _mm256_add_epi8(bytes, offsets.of(Alphabet::place(high, bytes)));
    // Where `out` is the text itself this ends before the next block.
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), pack(sextets));
  }
  return done;
}

}  // namespace

std::size_t unbase64_avx2(const char* text, std::size_t size, char* out) {
  return decode<standard>(text, size, out);
}
std::size_t unbase64url_avx2(const char* text, std::size_t size, char* out) {
  return decode<url_safe>(text, size, out);
}

}  // namespace core::base

#else

namespace core::base {

std::size_t unbase64_avx2(const char*, std::size_t, char*) { return 0; }
std::size_t unbase64url_avx2(const char*, std::size_t, char*) { return 0; }

}  // namespace core::base

#endif
