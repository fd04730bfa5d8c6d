// SPDX-License-Identifier: Apache-2.0
#include "core/base/base64_avx512.hpp"

#ifdef __AVX512VBMI__

#include <immintrin.h>

namespace core::base {
namespace {

constexpr std::size_t block = 64;
/// A block writes 64 bytes, of which 48 count: so many characters must follow that the others fit.
constexpr std::size_t behind = 24;

/// No sextet has it, nor has any character of the alphabet.
constexpr unsigned foreign = 0x80;

struct bytes64 {
  unsigned char at[64] = {};  // NOLINT(modernize-avoid-c-arrays): no inline function of others'

  [[nodiscard]] __m512i load() const { return _mm512_loadu_si512(at); }
};

/// What makes a sextet of each of 64 characters from `first` on.
constexpr bytes64 sextets_from(unsigned first, char last_but_one, char last) {
  bytes64 made;
  for (unsigned i = 0; i < 64; ++i) {
    const auto c = static_cast<char>(first + i);
    unsigned sextet = foreign;
    if (c >= 'A' && c <= 'Z') sextet = first + i - 'A';
    if (c >= 'a' && c <= 'z') sextet = first + i - 'a' + 26;
    if (c >= '0' && c <= '9') sextet = first + i - '0' + 52;
    if (c == last_but_one) sextet = 62;
    if (c == last) sextet = 63;
    made.at[i] = static_cast<unsigned char>(sextet);
  }
  return made;
}

/// Two characters tell the alphabets apart.
template <char LastButOne, char Last>
struct alphabet {
  static constexpr bytes64 lower_half = sextets_from(0, LastButOne, Last);
  static constexpr bytes64 upper_half = sextets_from(64, LastButOne, Last);

  /// The lookup takes the lower seven bits: a character beyond ASCII shows itself.
  static __m512i sextets_of(__m512i characters) {
    return _mm512_permutex2var_epi8(lower_half.load(), characters, upper_half.load());
  }
};

/// The first three bytes of each 32-bit word, the highest first.
constexpr bytes64 order_of_bytes() {
  bytes64 made;
  for (unsigned i = 0; i < 48; ++i) made.at[i] = static_cast<unsigned char>(i / 3 * 4 + 2 - i % 3);
  return made;
}

constexpr bytes64 order = order_of_bytes();

/// Four sextets, one a byte, become three bytes: first pairs of 12 bits, then 24 in a 32-bit word,
/// then the words' bytes in their order, without the fourth.
__m512i pack(__m512i sextets) {
  const __m512i pairs = _mm512_maddubs_epi16(sextets, _mm512_set1_epi32(0x0140'0140));
  const __m512i groups = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x0001'1000));
  // All bytes: what looks like a mask is none, but GCC 12 warns of what it does without one.
  return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, order.load(), groups);
}

bool any_foreign(__m512i characters, __m512i sextets) {
  return _mm512_movepi8_mask(_mm512_or_si512(characters, sextets)) != 0;
}

__mmask64 first(std::size_t bytes) { return ~__mmask64{0} >> (block - bytes); }

template <class Alphabet>
std::size_t decode(const char* text, std::size_t size, char* out) {
  std::size_t done = 0;
  // Where `out` is the text itself each block ends before the next one.
  for (; size - done >= block + behind; done += block, out += block / 4 * 3) {
    const __m512i characters = _mm512_loadu_si512(text + done);
    const __m512i sextets = Alphabet::sextets_of(characters);
    if (any_foreign(characters, sextets)) return done;
    _mm512_storeu_si512(out, pack(sextets));
  }
  // At most two more, of which not all is read or written.
  while (size - done >= 4) {
    const std::size_t groups = (size - done < block ? size - done : block) / 4;
    const __m512i characters =
        _mm512_mask_loadu_epi8(_mm512_set1_epi8('A'), first(4 * groups), text + done);
    const __m512i sextets = Alphabet::sextets_of(characters);
    if (any_foreign(characters, sextets)) return done;
    _mm512_mask_storeu_epi8(out, first(3 * groups), pack(sextets));
    done += 4 * groups;
    out += 3 * groups;
  }
  return done;
}

}  // namespace

std::size_t unbase64_avx512(const char* text, std::size_t size, char* out) {
  return decode<alphabet<'+', '/'>>(text, size, out);
}
std::size_t unbase64url_avx512(const char* text, std::size_t size, char* out) {
  return decode<alphabet<'-', '_'>>(text, size, out);
}

}  // namespace core::base

#else

namespace core::base {

std::size_t unbase64_avx512(const char*, std::size_t, char*) { return 0; }
std::size_t unbase64url_avx512(const char*, std::size_t, char*) { return 0; }

}  // namespace core::base

#endif
