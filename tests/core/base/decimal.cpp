// SPDX-License-Identifier: Apache-2.0
#include "core/base/decimal.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>
#include <string>

namespace {

std::string written(std::uint64_t value) {
  std::string out(core::base::most_digits, '#');
  out.resize(static_cast<std::size_t>(core::base::put_decimal(out.data(), value) - out.data()));
  return out;
}

void agrees_on(std::uint64_t value) { BOOST_REQUIRE(written(value) == std::to_string(value)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(decimal)

BOOST_AUTO_TEST_CASE(numbers_are_written_as_the_library_writes_them) {
  for (std::uint64_t value = 0; value < 100'000; ++value) agrees_on(value);
  std::mt19937_64 random(20'251'125);
  for (int i = 0; i < 100'000; ++i) agrees_on(random() >> random() % 64);
}

BOOST_AUTO_TEST_CASE(so_are_those_where_their_size_changes) {
  std::uint64_t power = 1;
  for (std::size_t digits = 1; digits <= core::base::most_digits; ++digits, power *= 10)
    for (const std::uint64_t near : {power - 1, power, power + 1}) agrees_on(near);
  for (unsigned bit = 0; bit < 64; ++bit)
    for (const std::uint64_t less : {0U, 1U}) agrees_on((std::uint64_t{1} << bit) - less);
  agrees_on(std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_CASE(two_digits_keep_their_zero) {
  std::string out(2, '#');
  for (unsigned value = 0; value < 100; ++value) {
    BOOST_TEST(core::base::put_two_digits(out.data(), value) == out.data() + 2);
    BOOST_TEST(out == (value < 10 ? "0" : "") + std::to_string(value));
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
