// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/destination.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <stdexcept>

#include "tests/gateway/log/folder.hpp"

using place = gateway::log::destination;

namespace tests {
BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(log)
BOOST_AUTO_TEST_SUITE(destination)

BOOST_AUTO_TEST_CASE(a_file_is_appended_to) {
  const folder here;
  place(here.path("log")).write("one\n");
  place(here.path("log")).write("two\n");
  BOOST_TEST(here.text("log") == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(a_new_log_is_not_for_everyone_to_read) {
  const folder here;
  place to(here.path("log"));
  struct stat about{};
  BOOST_REQUIRE_EQUAL(::stat(here.path("log").c_str(), &about), 0);
  BOOST_TEST((about.st_mode & 07U) == 0u);
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_opened_is_said_at_once) {
  const folder here;
  BOOST_CHECK_EXCEPTION(place(here.path("no/such/log")), std::runtime_error, [](const auto& e) {
    return std::string(e.what()).find("No such file") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(reopening_follows_the_name) {
  const folder here;
  place to(here.path("log"));
  to.write("one\n");
  std::filesystem::rename(here.path("log"), here.path("log.1"));
  to.write("two\n");
  BOOST_TEST(!to.reopen().has_value());
  to.write("three\n");
  BOOST_TEST(here.text("log.1") == "one\ntwo\n");
  BOOST_TEST(here.text("log") == "three\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reopened_stays_in_use) {
  const folder here;
  std::filesystem::create_directory(here.at / "a");
  place to(here.path("a/log"));
  std::filesystem::rename(here.at / "a", here.at / "b");
  BOOST_TEST(to.reopen().has_value());
  BOOST_TEST(to.write("one\n") == 0u);
  BOOST_TEST(here.text("b/log") == "one\n");
}

BOOST_AUTO_TEST_CASE(a_full_disk_loses_lines_and_says_how_many) {
  place to("/dev/full");
  BOOST_TEST(to.write("one\ntwo\nthree\n") == 3u);
  BOOST_TEST(to.write("four\n") == 1u);
}

BOOST_AUTO_TEST_CASE(a_line_cut_by_a_full_disk_does_not_eat_the_next) {
  const folder here;
  place to(here.path("log"));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{6, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  const auto lost = to.write("one\ntwo\n");
  ::setrlimit(RLIMIT_FSIZE, &before);
  (void)std::signal(SIGXFSZ, handler);
  to.write("three\n");
  BOOST_TEST(lost == 1u);
  BOOST_TEST(here.text("log") == "one\ntw\nthree\n");
}

BOOST_AUTO_TEST_CASE(a_reader_that_does_not_read_cannot_hold_up_the_end) {
  const folder here;
  const auto pipe = here.path("pipe");
  BOOST_REQUIRE_EQUAL(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  BOOST_REQUIRE(reader >= 0);
  place to(pipe);
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "a line of the log\n";
  to.hurry();
  const auto lost = to.write(lines);
  BOOST_TEST(lost > 0u);
  BOOST_TEST(lost < 100'000u);
  ::close(reader);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
