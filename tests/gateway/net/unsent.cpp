// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/unsent.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

namespace {

using parts = std::vector<std::string_view>;
using message = gateway::net::unsent;

/// What is left, from the parts that the kernel would be given.
std::string text(message& left) {
  std::string all;
  for (const iovec& part : left.parts()) {
    BOOST_TEST(part.iov_len != 0U);
    all.append(static_cast<const char*>(part.iov_base), part.iov_len);
  }
  BOOST_TEST(left.empty() == all.empty());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(unsent)

BOOST_AUTO_TEST_CASE(of_nothing_nothing_is_left) {
  message none;
  BOOST_TEST(text(none).empty());
  for (const parts& each : {parts{}, parts{""}, parts{"", "", "", "", "", ""}}) {
    message left(each);
    BOOST_TEST(text(left).empty());
    left.took(0);
    BOOST_TEST(text(left).empty());
  }
}

BOOST_AUTO_TEST_CASE(parts_are_left_in_order_and_empty_ones_are_left_out) {
  message left(parts{"", "ab", "", "", "c", "def", "", "g", ""});
  BOOST_TEST(left.parts().size() == 4U);
  BOOST_TEST(text(left) == "abcdefg");
}

BOOST_AUTO_TEST_CASE(what_was_taken_may_end_at_a_border_or_within_a_part) {
  const std::string all = "abcdefg";
  for (std::size_t first = 0; first <= all.size(); ++first)
    for (std::size_t second = 0; first + second <= all.size(); ++second) {
      message left(parts{"ab", "", "c", "def", "g"});
      left.took(first);
      BOOST_TEST(text(left) == all.substr(first));
      left.took(second);
      BOOST_TEST(text(left) == all.substr(first + second));
    }
}

BOOST_AUTO_TEST_CASE(it_agrees_with_a_string_whatever_is_taken) {
  std::mt19937 choose(1);
  std::string letters(1000, '\0');
  for (std::size_t i = 0; i < letters.size(); ++i)
    letters[i] = static_cast<char>('a' + choose() % 26);
  for (int round = 0; round < 2000; ++round) {
    parts given;
    std::string model;
    std::size_t full = 0;
    while (given.size() < 8 && full < message::most_parts) {
      const std::size_t size = choose() % 3 == 0 ? 0 : 1 + choose() % 20;
      given.push_back(std::string_view(letters).substr(choose() % 900, size));
      model += given.back();
      if (size != 0) ++full;
    }
    message left(given);
    while (!model.empty()) {
      const std::size_t taken = choose() % (model.size() + 1);
      left.took(taken);
      model.erase(0, taken);
      BOOST_REQUIRE_EQUAL(text(left), model);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
