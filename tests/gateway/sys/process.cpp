// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "gateway/sys/clock.hpp"

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(figures_are_plausible) {
  const auto figures = ::gateway::sys::read_process();
  BOOST_TEST_REQUIRE(figures.has_value());
  BOOST_TEST(figures->cpu_seconds >= 0.0);
  BOOST_TEST(figures->resident_bytes > 1024u * 1024u);
  BOOST_TEST(figures->virtual_bytes >= figures->resident_bytes);
  BOOST_TEST(figures->open_descriptors >= 3u);
  BOOST_TEST(figures->max_descriptors >= figures->open_descriptors);
  const auto now = static_cast<double>(core::base::unix_seconds(::gateway::sys::now()));
  BOOST_TEST(figures->start_time_seconds > now - 24.0 * 3600);
  BOOST_TEST(figures->start_time_seconds <= now + 2);
}

BOOST_AUTO_TEST_CASE(one_more_descriptor_counts_one_more) {
  const auto before = ::gateway::sys::read_process()->open_descriptors;
  const int extra = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto after = ::gateway::sys::read_process()->open_descriptors;
  ::close(extra);
  BOOST_TEST(after == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
