// SPDX-License-Identifier: Apache-2.0
#include "core/base/date.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

namespace {

using namespace core::base;

std::string fixdate(std::int64_t seconds) { return format_imf_fixdate(from_unix_seconds(seconds)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(date)

BOOST_AUTO_TEST_CASE(http_dates_are_imf_fixdates) {
  BOOST_TEST(fixdate(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  BOOST_TEST(fixdate(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110's example
  BOOST_TEST(fixdate(1700000000) == "Tue, 14 Nov 2023 22:13:20 GMT");
  BOOST_TEST(fixdate(1709251199) == "Thu, 29 Feb 2024 23:59:59 GMT");
  BOOST_TEST(fixdate(4102444800) == "Fri, 01 Jan 2100 00:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(every_weekday_and_month_has_its_name) {
  std::string weekdays;
  for (int day = 0; day < 7; ++day) weekdays += fixdate(day * 86'400).substr(0, 3);
  BOOST_TEST(weekdays == "ThuFriSatSunMonTueWed");
  std::string months;
  for (int month = 0; month < 12; ++month)
    months += fixdate(month * 2'629'746 + 86'400).substr(8, 3);
  BOOST_TEST(months == "JanFebMarAprMayJunJulAugSepOctNovDec");
}

BOOST_AUTO_TEST_CASE(fractions_of_a_second_are_cut_off) {
  const auto almost = from_unix_seconds(1700000001) - std::chrono::microseconds{1};
  BOOST_TEST(format_imf_fixdate(almost) == "Tue, 14 Nov 2023 22:13:20 GMT");
  BOOST_TEST(format_imf_fixdate(instant{std::chrono::microseconds{-1}}) ==
             "Wed, 31 Dec 1969 23:59:59 GMT");
}

BOOST_AUTO_TEST_CASE(years_of_more_than_four_digits_are_not_written) {
  BOOST_TEST(format_imf_fixdate(instant::max()) == "Fri, 31 Dec 9999 23:59:59 GMT");
  BOOST_TEST(format_imf_fixdate(instant::min()) == "Sat, 01 Jan 0000 00:00:00 GMT");
  BOOST_TEST(format_iso8601(std::numeric_limits<std::int64_t>::max()) == "9999-12-31T23:59:59Z");
  BOOST_TEST(format_iso8601(std::numeric_limits<std::int64_t>::min()) == "0000-01-01T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(iso_instants_and_bare_dates_are_read) {
  BOOST_TEST((parse_iso8601("1970-01-01T00:00:00Z") == 0));
  BOOST_TEST((parse_iso8601("1970-01-01") == 0));
  BOOST_TEST((parse_iso8601("2023-11-14T22:13:20Z") == 1700000000));
  BOOST_TEST((parse_iso8601("2026-11-30") == 1795996800));
  BOOST_TEST((parse_iso8601("2026-11-30T00:00:00Z") == 1795996800));
  BOOST_TEST((parse_iso8601("2026-11-30T23:59:59Z") == 1795996800 + 86'399));
  BOOST_TEST((parse_iso8601("1969-12-31T23:59:59Z") == -1));
}

BOOST_AUTO_TEST_CASE(the_calendar_is_that_of_leap_years) {
  for (const std::string_view there :
       {"2024-02-29", "2000-02-29", "2023-02-28", "2024-12-31", "2024-04-30"})
    BOOST_TEST(parse_iso8601(there).has_value(), there);
  for (const std::string_view none :
       {"2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "2024-01-32",
        "2024-01-00", "2024-00-10", "2024-13-01"})
    BOOST_TEST(!parse_iso8601(none).has_value(), none);
}

BOOST_AUTO_TEST_CASE(times_beyond_the_day_are_refused) {
  for (const std::string_view text : {"2026-11-30T24:00:00Z", "2026-11-30T00:60:00Z",
                                      "2026-11-30T23:59:60Z", "2026-11-30T99:99:99Z"})
    BOOST_TEST(!parse_iso8601(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(other_notations_are_refused) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-11",
                                      "2026-1-1",
                                      "26-11-30",
                                      "2026/11/30",
                                      "20261130",
                                      "2026-11-30 00:00:00Z",
                                      "2026-11-30T00:00:00",
                                      "2026-11-30t00:00:00z",
                                      "2026-11-30T00:00:00+00:00",
                                      "2026-11-30T00:00:00.0Z",
                                      "2026-11-30T00:00Z",
                                      "2026-11-30T",
                                      "2026-11-30Z",
                                      " 2026-11-30",
                                      "2026-11-30 ",
                                      "-026-11-30",
                                      "+2026-11-30",
                                      "2026-11-3a",
                                      "2026-11-30T0a:00:00Z",
                                      "12026-11-30"})
    BOOST_TEST(!parse_iso8601(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  for (std::int64_t at = -5'000'000'000; at < 20'000'000'000; at += 86'399 * 37 + 11) {
    BOOST_TEST((parse_iso8601(format_iso8601(at)) == at));
  }
  BOOST_TEST((parse_iso8601("9999-12-31T23:59:59Z") == 253402300799));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
