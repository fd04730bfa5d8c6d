// SPDX-License-Identifier: Apache-2.0
// The page that operators read has a line for each reason, with the answer that the table gives.

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "core/admission/refusal.hpp"
#include "tests/core/config/sample.hpp"

namespace {

using core::base::errc;

/// The section's table, line by line behind its head.
std::vector<std::string> lines() {
  const std::string page = tests::config::text_of(COUNTERSIGN_TEST_DATA "/../conf/README.md");
  const std::size_t section = page.find("\n## Why a request was refused\n");
  std::size_t at = page.find("\n| --- |", section);
  std::vector<std::string> out;
  if (section == std::string::npos || at == std::string::npos) return out;
  for (at = page.find('\n', at + 1) + 1; page.substr(at, 1) == "|"; at = page.find('\n', at) + 1)
    out.push_back(page.substr(at, page.find('\n', at) - at));
  return out;
}

/// What a reason's line begins with.
std::string beginning(errc reason) {
  const auto told = core::admission::refusal_for(reason);
  const std::string answer =
      told.status == 0 ? "none" : std::to_string(told.status) + " `" + std::string(told.code) + '`';
  return "| `" + std::string(name(reason)) + "` | " + answer + " | ";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(the_page_has_a_line_for_each_reason_in_order_and_no_other) {
  const std::vector<std::string> page = lines();
  BOOST_REQUIRE_EQUAL(page.size(), static_cast<std::size_t>(core::base::last_errc));
  for (std::size_t i = 0; i < page.size(); ++i) {
    const std::string start = beginning(static_cast<errc>(i + 1));
    BOOST_TEST(page[i].starts_with(start), "conf/README.md says\n"
                                               << page[i] << "\ninstead of a line that begins\n"
                                               << start);
  }
}

BOOST_AUTO_TEST_CASE(each_line_says_what_to_do) {
  for (const std::string& line : lines()) {
    const std::size_t advice = line.find(" | ", line.find(" | ") + 1);
    BOOST_REQUIRE(advice != std::string::npos);
    BOOST_TEST(line.size() - advice > 30U, line);
    BOOST_TEST((line.ends_with(". |") || line.ends_with("? |")), line);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
