// SPDX-License-Identifier: Apache-2.0
#include "core/json/plain.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

namespace {

/// What the rule for a byte says; and nothing is ever written behind the text's room.
void agrees_on(std::string_view text) {
  std::string out(text.size() + 16, '#');
  const bool plain = core::json::copy_plain(text, out.data());
  bool expected = true;
  for (const char c : text)
    expected = expected && core::base::json_plain_byte::one(static_cast<unsigned char>(c));
  BOOST_REQUIRE(plain == expected);
  if (plain) BOOST_REQUIRE(out.substr(0, text.size()) == text);
  BOOST_REQUIRE(out.substr(text.size()) == std::string(16, '#'));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(json)
BOOST_AUTO_TEST_SUITE(plain)

BOOST_AUTO_TEST_CASE(every_byte_at_every_place_is_judged_by_the_rule_for_a_byte) {
  for (unsigned c = 0; c < 256; ++c) {
    for (std::size_t size = 0; size <= 50; ++size) {
      std::string text(size, 'a');
      agrees_on(text);
      for (std::size_t at = 0; at < size; ++at) {
        text[at] = static_cast<char>(c);
        agrees_on(text);
        text[at] = 'a';
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(random_texts_are_copied_or_refused_as_the_rule_says) {
  std::mt19937 random(20'251'125);
  for (int i = 0; i < 100'000; ++i) {
    std::string text(random() % 70, '\0');
    const auto odd = random() % 50;
    for (char& c : text)
      c = static_cast<char>(random() % 50 < odd / 10 ? random() % 256 : ' ' + random() % 95);
    agrees_on(text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
