// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/versions.hpp"

#include <boost/test/unit_test.hpp>
#include <numeric>
#include <optional>

using version_table = gateway::metrics::versions;
using gateway::metrics::version_figures;

namespace {

std::optional<version_figures> find(const std::vector<version_figures>& all,
                                    std::string_view version) {
  for (const auto& one : all) {
    if (one.version == version) return one;
  }
  return std::nullopt;
}

std::uint64_t total(const std::vector<version_figures>& all) {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](auto n, const auto& v) { return n + v.requests; });
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(metrics)
BOOST_AUTO_TEST_SUITE(versions)

BOOST_AUTO_TEST_CASE(each_version_has_its_count_and_its_time) {
  version_table table;
  table.count("1.0.0", 10);
  table.count("2.0.0", 20);
  table.count("1.0.0", 30);
  const auto seen = table.look();
  BOOST_TEST(seen.size() == 2u);
  BOOST_TEST(find(seen, "1.0.0")->requests == 2u);
  BOOST_TEST(find(seen, "1.0.0")->last_seen_us == 30);
  BOOST_TEST(find(seen, "2.0.0")->last_seen_us == 20);
}

BOOST_AUTO_TEST_CASE(the_least_recently_seen_makes_room_and_counts_as_other) {
  version_table table;
  for (std::size_t i = 0; i < version_table::most; ++i)
    table.count("1." + std::to_string(i), static_cast<std::int64_t>(i) + 1);
  table.count("1.0", 1000);  // the oldest is now 1.1
  table.count("9.0", 1001);
  const auto seen = table.look();
  BOOST_TEST(seen.size() == version_table::most + 1);
  BOOST_TEST(!find(seen, "1.1").has_value());
  BOOST_TEST(find(seen, "1.0").has_value());
  BOOST_TEST(find(seen, "9.0")->requests == 1u);
  BOOST_TEST(find(seen, "other")->requests == 1u);
  BOOST_TEST(total(seen) == version_table::most + 2);
}

BOOST_AUTO_TEST_CASE(twenty_thousand_versions_stay_bounded_and_none_is_lost) {
  version_table table;
  constexpr int many = 20'000;
  for (int i = 0; i < many; ++i) table.count(std::to_string(i), i + 1);
  const auto seen = table.look();
  BOOST_TEST(seen.size() == version_table::most + 1);
  BOOST_TEST(total(seen) == static_cast<std::uint64_t>(many));
}

BOOST_AUTO_TEST_CASE(a_client_that_calls_itself_other_shares_the_series) {
  version_table table;
  table.count("other", 5);
  table.count(std::string(33, 'v'), 6);
  const auto seen = table.look();
  BOOST_TEST(seen.size() == 1u);
  BOOST_TEST(find(seen, "other")->requests == 2u);
}

BOOST_AUTO_TEST_CASE(merging_keeps_the_64_seen_last) {
  version_table one, two;
  for (std::int64_t i = 0; i < 64; ++i) {
    one.count("a" + std::to_string(i), 100 + i);
    two.count("b" + std::to_string(i), 200 + i);
  }
  one.count("b0", 500);
  auto all = one.look();
  for (auto& v : two.look()) all.push_back(v);
  const auto merged = merge(all);
  BOOST_TEST(merged.size() == 65u);
  BOOST_TEST(merged.front().version == "b0");
  BOOST_TEST(merged.front().requests == 2u);
  BOOST_TEST(merged.back().version == "other");
  BOOST_TEST(!find(merged, "a1").has_value());
  BOOST_TEST(total(merged) == 129u);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
