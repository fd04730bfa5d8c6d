// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/resources.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/core/config/sample.hpp"

namespace tests {

namespace {

/// Two workers, one listener, one service that takes 256 at once.
core::config::model with(const std::string& limits) {
  return tests::config::model_of(tests::config::with_top("workers: 2\nlimits: {" + limits + "}"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(resources)

BOOST_AUTO_TEST_CASE(workers_are_as_many_as_are_said_or_one_a_core) {
  BOOST_TEST(::gateway::app::worker_count(with("connections: 10")) == 2U);
  core::config::model automatic = with("connections: 10");
  automatic.workers = 0;
  BOOST_TEST(::gateway::app::worker_count(automatic) >= 1U);
}

BOOST_AUTO_TEST_CASE(too_few_descriptors_are_told_with_both_figures) {
  // 10000 clients, 2 * 256 connections to the service, 64 + 2 * 9 of its own.
  const auto many = with("connections: 10000");
  BOOST_TEST(::gateway::app::descriptor_warning(many, 10'594).empty());
  BOOST_TEST(::gateway::app::descriptor_warning(many, 10'593) ==
             "limits.connections: 10000 may take 10594 descriptors, and this process may have "
             "10593: beyond them clients wait to be accepted; raise the hard limit (LimitNOFILE=, "
             "ulimit -Hn)");
  // There are no more connections to the service than there are clients.
  const auto few = with("connections: 100");
  BOOST_TEST(::gateway::app::descriptor_warning(few, 282).empty());
  BOOST_TEST(!::gateway::app::descriptor_warning(few, 281).empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
