// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/replace_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/gateway/log/folder.hpp"

namespace tests {

namespace {

namespace fs = std::filesystem;
using ::gateway::sys::replace_file;

std::string write(const folder& f, const char* name, mode_t mode) {
  const std::string path = f.path(name);
  std::ofstream(path) << "before\n";
  ::chmod(path.c_str(), mode);
  return path;
}

std::size_t entries(const folder& f) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(f.at), {}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(replace_file_)

BOOST_AUTO_TEST_CASE(mode_and_owner_stay_and_nothing_is_left_beside) {
  const folder f;
  const std::string path = write(f, "secrets", 0640);
  const bool root = ::geteuid() == 0;
  if (root) BOOST_TEST(::chown(path.c_str(), 12'345, 23'456) == 0);
  BOOST_TEST(!replace_file(path, "after\n").has_value());
  struct stat now{};
  BOOST_TEST(::stat(path.c_str(), &now) == 0);
  BOOST_TEST((now.st_mode & 07777) == 0640U);
  BOOST_TEST(now.st_uid == (root ? 12'345U : ::geteuid()));
  BOOST_TEST(now.st_gid == (root ? 23'456U : now.st_gid));
  BOOST_TEST(f.text("secrets") == "after\n");
  BOOST_TEST(entries(f) == 1U);
}

BOOST_AUTO_TEST_CASE(whoever_has_it_open_keeps_the_old_one_whole) {
  const folder f;
  const std::string path = write(f, "secrets", 0600);
  std::ifstream open(path);
  BOOST_TEST(!replace_file(path, "after\n").has_value());
  std::string line;
  std::getline(open, line);
  BOOST_TEST(line == "before");
}

BOOST_AUTO_TEST_CASE(a_link_still_leads_to_it) {
  const folder f;
  write(f, "secrets", 0600);
  fs::create_symlink("secrets", f.at / "link");
  BOOST_TEST(!replace_file(f.path("link"), "after\n").has_value());
  BOOST_TEST(fs::is_symlink(f.at / "link"));
  BOOST_TEST(f.text("secrets") == "after\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_stays_what_it_is) {
  const folder f;
  BOOST_TEST(replace_file(f.path("missing"), "x").value() ==
             "can't be found: No such file or directory");
  fs::create_directory(f.at / "folder");
  BOOST_TEST(replace_file(f.path("folder"), "x").value() == "is no file that could be exchanged");
  BOOST_TEST(entries(f) == 1U);
}

BOOST_AUTO_TEST_CASE(a_lock_is_free_again_once_its_holder_is_gone) {
  const folder f;
  const std::string path = write(f, "secrets", 0600);
  {
    const ::gateway::sys::folder_lock one(path);
  }
  const ::gateway::sys::folder_lock again(path);
  BOOST_CHECK_THROW(::gateway::sys::folder_lock(f.path("no/such/file")), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
