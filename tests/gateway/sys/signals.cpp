// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/signals.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdio>
#include <utility>

using descriptor_of_signals = gateway::sys::signals;
using meaning = gateway::sys::signal;

namespace {

/// To this thread alone, so that it waits however many threads the test program has.
void raise_here(int number) { BOOST_REQUIRE_EQUAL(::pthread_kill(::pthread_self(), number), 0); }

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(signals)

BOOST_AUTO_TEST_CASE(each_signal_has_its_meaning) {
  descriptor_of_signals source;
  BOOST_TEST(!source.next().has_value());
  const std::pair<int, meaning> table[] = {{SIGHUP, meaning::reload},
                                           {SIGTERM, meaning::stop},
                                           {SIGINT, meaning::stop},
                                           {SIGUSR1, meaning::reopen}};
  for (const auto& [number, expected] : table) {
    raise_here(number);
    const auto got = source.next();
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST((*got == expected));
  }
  BOOST_TEST(!source.next().has_value());
}

BOOST_AUTO_TEST_CASE(a_broken_pipe_is_an_error_of_the_write) {
  descriptor_of_signals source;
  int ends[2];
  BOOST_REQUIRE_EQUAL(::pipe(ends), 0);
  ::close(ends[0]);
  BOOST_TEST(::write(ends[1], "x", 1) == -1);
  BOOST_TEST(errno == EPIPE);
  ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(a_file_over_its_limit_is_an_error_of_the_write) {
  // In a process of its own: a limit that was lowered stays.
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    const descriptor_of_signals source;
    const rlimit one_byte{1, 1};
    std::FILE* const file = std::tmpfile();
    if (file == nullptr || ::setrlimit(RLIMIT_FSIZE, &one_byte) != 0) ::_exit(2);
    const ssize_t first = ::write(::fileno(file), "xy", 2);
    ::_exit(first == 1 && ::write(::fileno(file), "y", 1) == -1 && errno == EFBIG ? 0 : 1);
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_CASE(the_mask_goes_back) {
  sigset_t before, after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    descriptor_of_signals source;
  }
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int number : {SIGHUP, SIGTERM, SIGINT, SIGUSR1}) {
    BOOST_TEST(sigismember(&before, number) == sigismember(&after, number));
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
