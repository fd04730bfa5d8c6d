// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every decoder of base64 in blocks must do, whatever the processor calls it.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "core/base/base64_portable.hpp"
#include "core/base/encoding.hpp"

namespace tests {

/// One of the two alphabets, a character of the other, and who reads it.
struct base64_alphabet {
  std::string (*encode)(std::string_view bytes);
  std::size_t (*portable)(std::string_view text, char* out);
  std::size_t (*in_blocks)(const char* text, std::size_t size, char* out);
  char foreign;
};

inline base64_alphabet standard_base64(decltype(base64_alphabet::in_blocks) decoder) {
  return {core::base::base64, core::base::unbase64_portable, decoder, '-'};
}
inline base64_alphabet url_safe_base64(decltype(base64_alphabet::in_blocks) decoder) {
  return {core::base::base64url, core::base::unbase64url_portable, decoder, '/'};
}

inline std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random() % 256);
  return bytes;
}

inline std::string without_padding(std::string text) {
  text.resize(std::min(text.find('='), text.size()));
  return text;
}

/// What the portable twin says of text without padding.
inline std::optional<std::string> by_the_twin(const base64_alphabet& a, std::string_view text) {
  std::string out(text.size(), '\0');
  const std::size_t size = a.portable(text, out.data());
  if (size == core::base::not_base64) return std::nullopt;
  return out.substr(0, size);
}

/// Each size, into other memory and into the text's own.
inline void decodes_what_its_twin_does(const base64_alphabet& a) {
  std::mt19937 random(20'251'125);
  for (std::size_t size = 0; size < 600; ++size) {
    const std::string bytes = random_bytes(random, size);
    const std::string text = without_padding(a.encode(bytes));
    BOOST_REQUIRE(by_the_twin(a, text) == bytes);
    std::string out(text.size(), '\0');
    const std::size_t done = a.in_blocks(text.data(), text.size(), out.data());
    BOOST_REQUIRE(done % 4 == 0 && done <= text.size());
    BOOST_REQUIRE(out.substr(0, done / 4 * 3) == bytes.substr(0, done / 4 * 3));
    std::string place = text;
    BOOST_REQUIRE(a.in_blocks(place.data(), place.size(), place.data()) == done);
    BOOST_REQUIRE(place.substr(0, done / 4 * 3) == bytes.substr(0, done / 4 * 3));
    BOOST_REQUIRE(place.substr(done) == text.substr(done));
  }
}

/// Each byte at each place: what is no character of the alphabet is never passed.
inline void passes_no_foreign_character(const base64_alphabet& a) {
  std::mt19937 random(7);
  const std::string text = a.encode(random_bytes(random, 150));
  std::string out(150, '\0');
  const std::size_t most = a.in_blocks(text.data(), text.size(), out.data());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = text;
      changed[at] = static_cast<char>(c);
      const bool known = by_the_twin(a, changed.substr(at / 4 * 4, 4)).has_value();
      const std::size_t done = a.in_blocks(changed.data(), changed.size(), out.data());
      BOOST_REQUIRE(known ? done == most : done <= at / 4 * 4);
      BOOST_REQUIRE(by_the_twin(a, changed.substr(0, done)) == out.substr(0, done / 4 * 3));
    }
  }
}

/// It stops before the first block with a foreign character, and decodes what stands before that.
inline void stops_before_a_foreign_block(const base64_alphabet& a, std::size_t block) {
  std::string out(192, '\0');
  const std::size_t most = a.in_blocks(std::string(256, 'A').data(), 256, out.data());
  for (std::size_t at = 0; at < 256; ++at) {
    std::string text(256, 'A');
    text[at] = a.foreign;
    BOOST_TEST(a.in_blocks(text.data(), text.size(), out.data()) ==
               std::min(at / block * block, most));
  }
}

inline void writes_no_byte_beyond_its_room(const base64_alphabet& a) {
  for (std::size_t size = 0; size < 800; ++size) {
    const std::string text(size, 'B');
    std::string out(3 * size / 4 + 64, '#');
    a.in_blocks(text.data(), text.size(), out.data());
    BOOST_REQUIRE(out.substr(3 * size / 4) == std::string(64, '#'));
  }
}

}  // namespace tests
