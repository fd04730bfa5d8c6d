// SPDX-License-Identifier: Apache-2.0
#include "core/base/run.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "core/http/syntax.hpp"

using namespace core::base;

namespace {

template <class Kind>
std::size_t byte_by_byte(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && Kind::one(static_cast<unsigned char>(text[size]))) ++size;
  return size;
}

/// Every byte at every place of a word and around it, in texts of every length up to 40.
template <class Kind>
void agrees_everywhere() {
  for (unsigned c = 0; c < 256; ++c) {
    for (std::size_t size = 0; size <= 40; ++size) {
      std::string text(size, 'a');
      for (std::size_t at = 0; at < size; ++at) {
        text[at] = static_cast<char>(c);
        BOOST_REQUIRE(run_of<Kind>(text) == byte_by_byte<Kind>(text));
        text[at] = 'a';
      }
    }
  }
}

/// Several odd bytes in one word: what one of them borrows must not hide another.
template <class Kind>
void agrees_on_random_texts() {
  std::mt19937 random(20'251'125);
  const std::string_view odd("\0\x01\x1F\x20\x21\x22\x23\x5B\x5C\x5D\x7E\x7F\x80\x81\xA2\xDC\xFF",
                             17);
  for (int i = 0; i < 100'000; ++i) {
    std::string text(random() % 40, 'a');
    for (char& c : text) {
      const auto dice = random();
      if (dice % 16 == 0) c = odd[dice / 16 % odd.size()];
      if (dice % 16 == 1) c = static_cast<char>(dice / 16 % 256);
    }
    BOOST_REQUIRE(run_of<Kind>(text) == byte_by_byte<Kind>(text));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(run)

BOOST_AUTO_TEST_CASE(the_rule_for_a_word_is_the_rule_for_its_bytes) {
  agrees_everywhere<ascii_byte>();
  agrees_everywhere<json_plain_byte>();
  agrees_everywhere<core::http::value_byte>();
  agrees_everywhere<core::http::visible_byte>();
}

BOOST_AUTO_TEST_CASE(so_it_is_on_random_texts) {
  agrees_on_random_texts<ascii_byte>();
  agrees_on_random_texts<json_plain_byte>();
  agrees_on_random_texts<core::http::value_byte>();
  agrees_on_random_texts<core::http::visible_byte>();
}

BOOST_AUTO_TEST_CASE(it_ends_before_the_first_byte_of_another_kind) {
  BOOST_TEST(run_of<ascii_byte>("plain text of 24 bytes..\xC3\xA4") == 24U);
  BOOST_TEST(run_of<json_plain_byte>("plain text \"quoted\"") == 11U);
  BOOST_TEST(run_of<json_plain_byte>("") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
