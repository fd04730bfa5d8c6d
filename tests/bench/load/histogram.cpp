// SPDX-License-Identifier: Apache-2.0
#include "bench/load/histogram.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using latencies = bench::load::histogram;

namespace {

latencies of(const std::vector<std::uint64_t>& values) {
  latencies h;
  for (const std::uint64_t v : values) h.record(v);
  return h;
}

std::uint64_t exact(std::vector<std::uint64_t> values, unsigned per_mille) {
  std::sort(values.begin(), values.end());
  const std::size_t rank = (values.size() * per_mille + 999) / 1000;
  return values[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench)
BOOST_AUTO_TEST_SUITE(load)
BOOST_AUTO_TEST_SUITE(histograms)

BOOST_AUTO_TEST_CASE(nothing_recorded_is_zero) {
  const latencies h;
  BOOST_TEST(h.count() == 0U);
  BOOST_TEST(h.percentile(500) == 0U);
  BOOST_TEST(h.mean() == 0.0);
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
  std::vector<std::uint64_t> values;
  for (std::uint64_t v = 1; v <= 200; ++v) values.push_back(v);
  const latencies h = of(values);
  BOOST_TEST(h.percentile(500) == 100U);
  BOOST_TEST(h.percentile(900) == 180U);
  BOOST_TEST(h.percentile(990) == 198U);
  BOOST_TEST(h.percentile(999) == 200U);
  BOOST_TEST(h.percentile(1) == 1U);
  BOOST_TEST(h.mean() == 100.5);
}

BOOST_AUTO_TEST_CASE(one_outlier_in_a_thousand_is_the_maximum_and_not_p999) {
  std::vector<std::uint64_t> values(999, 10);
  values.push_back(1'000'000);
  const latencies h = of(values);
  BOOST_TEST(h.percentile(999) == 10U);
  BOOST_TEST(h.max() == 1'000'000U);
  BOOST_TEST(h.percentile(1000) == 1'000'000U);
}

BOOST_AUTO_TEST_CASE(a_percentile_is_never_too_low_and_at_most_a_hundredth_too_high) {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) values.push_back(random() >> (random() % 60));
  const latencies h = of(values);
  for (const unsigned per_mille : {1U, 10U, 250U, 500U, 900U, 990U, 999U, 1000U}) {
    const std::uint64_t truth = exact(values, per_mille);
    BOOST_TEST(h.percentile(per_mille) >= truth, per_mille);
    BOOST_TEST(h.percentile(per_mille) - truth <= truth / 100, per_mille);
  }
}

BOOST_AUTO_TEST_CASE(every_power_of_two_and_its_neighbours_have_a_bucket) {
  for (unsigned bit = 0; bit < 64; ++bit)
    for (const std::uint64_t v : {(1ULL << bit) - 1, 1ULL << bit, (1ULL << bit) + 1}) {
      latencies h = of({v});
      h.record(std::numeric_limits<std::uint64_t>::max());  // so that the maximum hides nothing
      BOOST_TEST(h.percentile(500) >= v);
      BOOST_TEST(h.percentile(500) - v <= v / 100);
    }
}

BOOST_AUTO_TEST_CASE(added_up_is_as_if_recorded_in_one) {
  latencies a = of({1, 5, 70'000});
  a.add(of({2, 900'000'000}));
  const latencies all = of({1, 5, 70'000, 2, 900'000'000});
  BOOST_TEST(a.count() == 5U);
  BOOST_TEST(a.max() == all.max());
  BOOST_TEST(a.mean() == all.mean());
  for (const unsigned per_mille : {200U, 400U, 600U, 800U, 1000U})
    BOOST_TEST(a.percentile(per_mille) == all.percentile(per_mille));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
