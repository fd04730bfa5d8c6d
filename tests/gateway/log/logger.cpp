// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/logger.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <sstream>
#include <type_traits>

#include "core/base/secret.hpp"

using diagnostics = gateway::log::logger;
using gateway::log::level;

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(log)
BOOST_AUTO_TEST_SUITE(logger)

BOOST_AUTO_TEST_CASE(a_line_has_utc_time_and_level) {
  std::ostringstream out;
  diagnostics log(out, level::info);
  log.warning("{} routes, {}", 3, "no health check");
  const std::regex shape(
      R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning 3 routes, no health check\n)");
  BOOST_TEST(std::regex_match(out.str(), shape), out.str());
}

BOOST_AUTO_TEST_CASE(levels_below_the_lowest_are_silent) {
  std::ostringstream out;
  diagnostics log(out, level::warning);
  log.debug("a");
  log.info("b");
  log.write(level::info, "c");
  BOOST_TEST(out.str().empty());
  log.error("d");
  BOOST_TEST(out.str().find("error d\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_from_outside_cannot_forge_a_line) {
  std::ostringstream out;
  diagnostics log(out, level::info);
  log.info("host {}", "a\n2026-01-01T00:00:00.000Z error forged\x1b[2J\x7f");
  const auto text = out.str();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1);
  BOOST_TEST(text.find("host a\\x0a2026-01-01") != std::string::npos);
  BOOST_TEST(text.find("\\x1b[2J\\x7f") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(braces_in_a_finished_line_are_no_format) {
  std::ostringstream out;
  diagnostics log(out, level::info);
  log.write(level::info, "{\"a\": {}}");
  BOOST_TEST(out.str().find("info {\"a\": {}}\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_cannot_be_formatted) {
  BOOST_TEST(!fmt::is_formattable<core::base::secret>::value);
}

BOOST_AUTO_TEST_CASE(level_names_are_read_strictly) {
  BOOST_TEST((::gateway::log::parse_level("debug") == level::debug));
  BOOST_TEST((::gateway::log::parse_level("warning") == level::warning));
  BOOST_TEST(!::gateway::log::parse_level("Warning").has_value());
  BOOST_TEST(!::gateway::log::parse_level("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
