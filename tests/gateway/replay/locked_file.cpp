// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/locked_file.hpp"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

#include "gateway/sys/process.hpp"
#include "tests/gateway/replay/house.hpp"

namespace tests {

namespace {

std::string refusal(const std::string& path) {
  try {
    const rep::locked_file opened(path);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(locked_file)

BOOST_AUTO_TEST_CASE(a_new_file_is_nobody_elses_to_read) {
  const folder here;
  const std::string path = here.path("marks");
  {
    const rep::locked_file made(path);
    BOOST_TEST(made.created());
    BOOST_TEST(made.size() == 0U);
    struct stat about{};
    BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &about), 0);
    BOOST_TEST((about.st_mode & 07777U) == 0600U);
  }
  const rep::locked_file again(path);
  BOOST_TEST(!again.created());
}

BOOST_AUTO_TEST_CASE(its_trace_is_empty_and_nobody_elses_to_write) {
  const folder here;
  const std::string path = here.path("marks");
  const rep::locked_file made(path);
  BOOST_TEST(!made.leave_trace());
  BOOST_TEST(made.leave_trace());
  struct stat about{};
  BOOST_REQUIRE_EQUAL(::stat((path + ".begun").c_str(), &about), 0);
  BOOST_TEST((about.st_mode & 07777U) == 0600U);
  BOOST_TEST(about.st_size == 0);
}

BOOST_AUTO_TEST_CASE(a_new_file_without_a_trace_is_refused_and_an_old_one_is_not) {
  const folder here;
  // Its own name still fits, the trace's does not.
  const std::string path = here.path(std::string(NAME_MAX - 2, 'm').c_str());
  {
    const rep::locked_file made(path);
    BOOST_CHECK_EXCEPTION(made.leave_trace(), std::runtime_error, [&](const std::runtime_error& e) {
      return e.what() == "replay state file " + path +
                             ": a trace of it can't be left beside it: File name too long";
    });
  }
  BOOST_TEST(!std::filesystem::exists(path));
  write_bytes(path, "");
  const rep::locked_file again(path);
  BOOST_TEST(!again.leave_trace());
}

BOOST_AUTO_TEST_CASE(one_holds_it_at_a_time) {
  const folder here;
  const std::string path = here.path("marks");
  {
    const rep::locked_file holder(path);
    BOOST_TEST(refusal(path) == "replay state file " + path +
                                    ": is in use by another process; give each gateway a state "
                                    "file of its own");
  }
  BOOST_TEST(refusal(path).empty());
}

BOOST_AUTO_TEST_CASE(a_killed_process_holds_nothing) {
  const folder here;
  const std::string path = here.path("marks");
  killed_after([&] { return (new rep::locked_file(path))->created(); });
  BOOST_TEST(refusal(path).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused_with_a_sentence) {
  const folder here;
  const std::string fifo = here.path("fifo");
  BOOST_REQUIRE_EQUAL(::mkfifo(fifo.c_str(), 0600), 0);
  BOOST_TEST(refusal(fifo) == "replay state file " + fifo + ": is not a regular file");
  const std::string target = here.path("target");
  write_bytes(target, "precious");
  const std::string link = here.path("link");
  std::filesystem::create_symlink(target, link);
  BOOST_TEST(refusal(link).starts_with("replay state file " + link + ": can't be opened: "));
  const std::string dangling = here.path("dangling");
  std::filesystem::create_symlink(here.path("nothing"), dangling);
  BOOST_TEST(!refusal(dangling).empty());
  BOOST_TEST(!std::filesystem::exists(here.path("nothing")));
  BOOST_TEST(refusal(here.at.string()).starts_with("replay state file " + here.at.string()));
  BOOST_TEST(refusal(here.path("no/such/folder"))
                 .ends_with(": can't be opened: No such file or directory"));
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_no_descriptor_open) {
  const folder here;
  const std::string path = here.path("marks");
  const rep::locked_file holder(path);
  const auto before = ::gateway::sys::read_process()->open_descriptors;
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST(!refusal(path).empty());
    BOOST_TEST(!refusal(here.at.string()).empty());
  }
  BOOST_TEST(::gateway::sys::read_process()->open_descriptors == before);
}

BOOST_AUTO_TEST_CASE(a_file_is_blanked_read_and_mapped) {
  const folder here;
  const std::string path = here.path("marks");
  write_bytes(path, "something");
  rep::locked_file file(path);
  BOOST_TEST(file.beginning(4) == "some");
  BOOST_TEST(file.beginning(100) == "something");
  file.blank(8192);
  BOOST_TEST(file.size() == 8192U);
  BOOST_TEST(file.beginning(9000) == std::string(8192, '\0'));
  BOOST_TEST(file.allocate(4096, 4096));
  rep::mapping shared(file, 8192);
  shared.data()[4096] = 'x';
  BOOST_TEST(shared.sync(8192));
  BOOST_TEST(bytes_of(path)[4096] == 'x');
  rep::mapping moved = std::move(shared);
  BOOST_TEST(shared.data() == nullptr);
  BOOST_TEST(moved.data()[4096] == 'x');
  moved = rep::mapping(4096);
  BOOST_TEST(moved.data()[0] == 0);
  BOOST_TEST(moved.size() == 4096U);
}

BOOST_AUTO_TEST_CASE(no_room_on_the_disk_is_an_answer) {
  const folder here;
  rep::locked_file file(here.path("marks"));
  file.blank(8192);
  const full_disk now;
  BOOST_TEST(!file.allocate(0, 8192));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
