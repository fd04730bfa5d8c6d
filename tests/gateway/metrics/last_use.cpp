// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/last_use.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(metrics)
BOOST_AUTO_TEST_SUITE(last_use)

using use = ::gateway::metrics::last_use;

BOOST_AUTO_TEST_CASE(the_last_one_counts) {
  use one;
  BOOST_TEST(one.at_us() == 0);
  one.set(10, "10.0.0.7", "1.1.0");
  one.set(20, "2001:db8::ffff:192.0.2.1", "2");
  BOOST_TEST(one.look().at_us == 20);
  BOOST_TEST(one.look().address == "2001:db8::ffff:192.0.2.1");
  BOOST_TEST(one.look().version == "2");
  one.set(30, "", "");
  BOOST_TEST(one.look().address == "");
  BOOST_TEST(one.look().version == "");
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_cut_off) {
  use one;
  one.set(1, std::string(49, 'a'), std::string(33, 'v'));
  BOOST_TEST(one.look().address == std::string(use::longest_address, 'a'));
  BOOST_TEST(one.look().version == std::string(use::longest_version, 'v'));
}

BOOST_AUTO_TEST_CASE(who_reads_meanwhile_sees_one_or_the_other) {
  use one;
  const std::string a(48, 'a'), b(48, 'b'), v(32, 'v'), w(32, 'w');
  one.set(1, a, v);
  // Until the reader has seen it change often enough: only then the two have met.
  constexpr int wanted = 2000;
  std::atomic<bool> enough{false};
  std::jthread writer([&] {
    for (int i = 0; !enough; ++i) one.set(i + 2, i % 2 == 0 ? b : a, i % 2 == 0 ? w : v);
  });
  bool whole = true;
  std::string last = a;
  for (int changes = 0; changes < wanted;) {
    const use::reading seen = one.look();
    whole = whole &&
            ((seen.address == a && seen.version == v) || (seen.address == b && seen.version == w));
    if (seen.address == last) continue;
    last = seen.address;
    ++changes;
  }
  enough = true;
  BOOST_TEST(whole);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
