// SPDX-License-Identifier: Apache-2.0
#include "core/base/base64_avx2.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "core/base/encoding.hpp"
#include "core/base/processor.hpp"

namespace {

using decoded = std::optional<std::string>;

/// One of the two alphabets, and a character of the other.
struct alphabet {
  std::string (*encode)(std::string_view bytes);
  decoded (*decode)(std::string_view text);
  std::optional<std::size_t> (*decode_to)(std::string_view text, char* out);
  std::size_t (*in_blocks)(const char* text, std::size_t size, char* out);
  char foreign;
};

constexpr alphabet alphabets[]{{core::base::base64, core::base::unbase64, core::base::unbase64,
                                core::base::unbase64_avx2, '-'},
                               {core::base::base64url, core::base::unbase64url,
                                core::base::unbase64url, core::base::unbase64url_avx2, '/'}};

constexpr std::size_t block = 32;

/// In pieces too short for the blocks: what the portable twin says.
decoded in_pieces(const alphabet& a, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, block);
    text.remove_prefix(piece.size());
    const decoded bytes = a.decode(piece);
    if (!bytes || (!text.empty() && piece.ends_with('='))) return std::nullopt;
    out += *bytes;
  }
  return out;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random() % 256);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(base64_avx2)

BOOST_AUTO_TEST_CASE(it_decodes_what_its_portable_twin_does) {
  std::mt19937 random(20'251'125);
  for (const alphabet& a : alphabets) {
    for (std::size_t size = 0; size < 600; ++size) {
      const std::string bytes = random_bytes(random, size);
      const std::string text = a.encode(bytes);
      BOOST_REQUIRE(a.decode(text) == bytes);
      BOOST_REQUIRE(in_pieces(a, text) == bytes);
      std::string place = text;  // in the same memory
      BOOST_REQUIRE(a.decode_to(place, place.data()) == size);
      BOOST_REQUIRE(place.substr(0, size) == bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_character_outside_the_alphabet_passes_anywhere) {
  std::mt19937 random(7);
  for (const alphabet& a : alphabets) {
    const std::string text = a.encode(random_bytes(random, 99));
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string changed = text;
        changed[at] = static_cast<char>(c);
        BOOST_REQUIRE(a.decode(changed) == in_pieces(a, changed));
      }
    }
  }
}

/// The rest is about the blocks alone.
struct on_this_processor {
  boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
    return core::base::has_avx2();
  }
};

BOOST_AUTO_TEST_CASE(it_stops_before_the_first_block_with_a_foreign_character,
                     *boost::unit_test::precondition(on_this_processor())) {
  for (const alphabet& a : alphabets) {
    for (std::size_t at = 0; at < 256; ++at) {
      std::string text(256, 'A');
      text[at] = a.foreign;
      std::string out(192, '\0');
      BOOST_TEST(a.in_blocks(text.data(), text.size(), out.data()) ==
                 std::min(at / block * block, 256 - block));
    }
  }
}

BOOST_AUTO_TEST_CASE(it_writes_no_byte_beyond_its_room,
                     *boost::unit_test::precondition(on_this_processor())) {
  for (const alphabet& a : alphabets) {
    for (std::size_t size = 0; size < 800; ++size) {
      const std::string text(size, 'B');
      std::string out(3 * size / 4 + 64, '#');
      a.in_blocks(text.data(), text.size(), out.data());
      BOOST_REQUIRE(out.substr(3 * size / 4) == std::string(64, '#'));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
