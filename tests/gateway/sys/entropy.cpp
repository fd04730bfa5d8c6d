// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/entropy.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(entropy)

BOOST_AUTO_TEST_CASE(draws_never_repeat) {
  ::gateway::sys::entropy source;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    std::array<char, 16> iv{};
    source.fill(iv);
    BOOST_TEST(seen.emplace(iv.data(), iv.size()).second);
  }
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_large_draw_is_filled) {
  ::gateway::sys::entropy source;
  std::array<char, 4096> large{};
  source.fill(large);
  // 64 zero bytes in a row have odds of 2^-512 each.
  BOOST_TEST(std::string(large.data(), large.size()).find(std::string(64, '\0')) ==
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
