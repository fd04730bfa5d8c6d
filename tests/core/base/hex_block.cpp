// SPDX-License-Identifier: Apache-2.0
#include "core/base/hex_block.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"

using namespace core::base;

namespace {

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string made(size, '\0');
  for (char& c : made) c = static_cast<char>(random() % 256);
  return made;
}

/// In pieces too short for the blocks: what the twin says.
std::string byte_by_byte(std::string_view text) {
  std::string out;
  for (const char& c : text) out += hex({&c, 1});
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(hex_block)

BOOST_AUTO_TEST_CASE(blocks_write_and_read_what_their_twin_does) {
  std::mt19937 random(20'251'125);
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string text = random_bytes(random, size);
    BOOST_REQUIRE(hex(text) == byte_by_byte(text));
    std::string back(size, '#');
    BOOST_REQUIRE(unhex(hex(text), back));
    BOOST_REQUIRE(back == text);
  }
}

BOOST_AUTO_TEST_CASE(no_other_character_passes_at_any_place) {
  std::mt19937 random(7);
  const std::string text = hex(random_bytes(random, 19));  // two blocks and a rest
  std::string out(19, '\0');
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = text;
      changed[at] = static_cast<char>(c);
      const bool digit = lower_hex_value(static_cast<char>(c)) >= 0;
      BOOST_REQUIRE(unhex(changed, out) == digit);
      if (digit) BOOST_REQUIRE(hex(out) == changed);
    }
  }
}

BOOST_AUTO_TEST_CASE(several_others_do_not_hide_each_other) {
  std::mt19937 random(11);
  for (int i = 0; i < 100'000; ++i) {
    std::string text = random_bytes(random, 16);
    for (char& c : text)
      if (random() % 8 != 0) c = "0123456789abcdef"[random() % 16];
    bool expected = true;
    for (const char c : text) expected = expected && lower_hex_value(c) >= 0;
    std::string out(8, '\0');
    BOOST_REQUIRE(unhex(text, out) == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
