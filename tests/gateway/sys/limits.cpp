// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/limits.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "gateway/sys/process.hpp"

namespace tests {

namespace {

/// The status that a process of its own ends with: limits that were changed stay.
int in_a_child(int (*does)()) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) ::_exit(does());
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int raises() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max / 2;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (::gateway::sys::raise_descriptor_limit() != limit.rlim_max) return 1;
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur == limit.rlim_max ? 0 : 2;
}

int keeps() {
  ::gateway::sys::keep_memory_private();
  rlimit limit{1, 1};
  ::getrlimit(RLIMIT_CORE, &limit);
  if (limit.rlim_cur != 0 || limit.rlim_max != 0) return 1;
  if (::prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) != 0) return 2;
  // What the metrics read about this process is still ours to read.
  const auto figures = ::gateway::sys::read_process();
  return figures && figures->open_descriptors >= 1 ? 0 : 3;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(descriptors_are_as_many_as_are_allowed) {
  BOOST_TEST(in_a_child(raises) == 0);
}

BOOST_AUTO_TEST_CASE(memory_is_in_no_core_dump) { BOOST_TEST(in_a_child(keeps) == 0); }

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
