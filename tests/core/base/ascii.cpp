// SPDX-License-Identifier: Apache-2.0
#include "core/base/ascii.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

using namespace core::base;

namespace {

bool equal_byte_by_byte(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(ascii)

BOOST_AUTO_TEST_CASE(names_are_equal_but_for_the_case_of_letters) {
  BOOST_TEST(iequals("", ""));
  BOOST_TEST(iequals("Content-Length", "content-LENGTH"));
  BOOST_TEST(!iequals("Host", "Hos"));
  BOOST_TEST(!iequals("x-a", "x_a"));
  // Bytes that differ where upper and lower case do, and are no letters.
  BOOST_TEST(!iequals("x@", "x`"));
  BOOST_TEST(!iequals("content[length", "content{length"));
  BOOST_TEST(!iequals("\xC4", "\xE4"));
}

BOOST_AUTO_TEST_CASE(words_compare_as_their_bytes_do) {
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned d = 0; d < 256; ++d) {
      for (const std::size_t size : {1U, 4U, 7U, 9U}) {
        std::string a(size, 'a'), b(size, 'A');
        a.back() = static_cast<char>(c);
        b.back() = static_cast<char>(d);
        BOOST_REQUIRE(iequals(a, b) == equal_byte_by_byte(a, b));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(so_they_do_on_random_texts) {
  std::mt19937 random(20'251'125);
  for (int i = 0; i < 200'000; ++i) {
    std::string a(random() % 40, ' ');
    for (char& c : a) c = static_cast<char>(random() % 256);
    std::string b = a;
    for (char& c : b)
      if (random() % 4 == 0) c = static_cast<char>(static_cast<unsigned char>(c) ^ 0x20);
    if (!b.empty() && random() % 4 == 0) b[random() % b.size()] = static_cast<char>(random() % 256);
    BOOST_REQUIRE(iequals(a, b) == equal_byte_by_byte(a, b));
    for (char& c : b) c = to_lower(c);
    BOOST_REQUIRE(iequals(a, b) == equal_byte_by_byte(a, b));
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
