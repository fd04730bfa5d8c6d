// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/captured_files.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <set>
#include <stdexcept>

#include "core/observe/captured.hpp"
#include "tests/gateway/log/folder.hpp"

namespace tests {

namespace {

namespace fs = std::filesystem;
using files = gateway::log::captured_files;
using names = std::set<std::string>;

std::string id(unsigned n) {
  const std::string digits = std::to_string(n);
  return std::string(32 - digits.size(), 'a') + digits;
}

std::string name(unsigned n) { return id(n) + ".http"; }

names all(const folder& here) {
  names found;
  for (const auto& e : fs::directory_iterator(here.at)) found.insert(e.path().filename().string());
  return found;
}

void put(const folder& here, const std::string& name_of, unsigned minutes_ago) {
  std::ofstream(here.at / name_of) << "text";
  fs::last_write_time(here.at / name_of,
                      fs::file_time_type::clock::now() - std::chrono::minutes(minutes_ago));
}

std::string refusal(const fs::path& at) {
  try {
    const files made(at, 3);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return {};
}

/// No file of this process grows beyond so many bytes; as on a disk that is full.
class small_files {
 public:
  explicit small_files(rlim_t size) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit less{size, before_.rlim_max};
    before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &less);
  }
  ~small_files() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }
  small_files(const small_files&) = delete;
  small_files& operator=(const small_files&) = delete;

 private:
  rlimit before_{};
  void (*before_handler_)(int);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(log)
BOOST_AUTO_TEST_SUITE(captured_files)

BOOST_AUTO_TEST_CASE(a_file_is_whole_and_ours_alone) {
  const folder here;
  const mode_t before = ::umask(0);
  files kept(here.at, 3);
  const std::string text = std::string("GET / HTTP/1.1\r\n\r\n\0\n", 20);
  BOOST_TEST(!kept.store(id(1), text).has_value());
  ::umask(before);
  BOOST_TEST((all(here) == names{name(1)}));
  BOOST_TEST(here.text(name(1).c_str()) == text);
  struct stat about{};
  BOOST_REQUIRE_EQUAL(::stat(here.path(name(1).c_str()).c_str(), &about), 0);
  BOOST_TEST((about.st_mode & 07777) == 0600U);
}

BOOST_AUTO_TEST_CASE(the_oldest_makes_room) {
  const folder here;
  files kept(here.at, 3);
  for (unsigned i = 1; i <= 5; ++i) BOOST_TEST(!kept.store(id(i), "text").has_value());
  BOOST_TEST((all(here) == names{name(3), name(4), name(5)}));
}

BOOST_AUTO_TEST_CASE(what_a_run_before_left_is_counted) {
  const folder here;
  for (const unsigned i : {1U, 2U, 3U, 4U, 5U}) put(here, name(i), i);
  files kept(here.at, 3);
  BOOST_TEST((all(here) == names{name(1), name(2), name(3)}));
  BOOST_TEST(!kept.store(id(6), "text").has_value());
  BOOST_TEST((all(here) == names{name(1), name(2), name(6)}));
}

BOOST_AUTO_TEST_CASE(nothing_but_our_own_is_removed) {
  const folder here;
  const names others{"notes.http",          id(1),
                     id(1) + ".http.bak",   ".." + name(1) + ".new",
                     "." + name(1),         ".notes.http.new",
                     "x" + name(1) + ".new"};
  for (const std::string& other : others) put(here, other, 10);
  fs::create_directory(here.at / name(2));
  fs::create_symlink("/etc/hostname", here.at / name(3));
  put(here, "." + name(4) + ".new", 1);  // of a run that was killed
  files kept(here.at, 1);
  for (unsigned i = 5; i < 8; ++i) BOOST_TEST(!kept.store(id(i), "text").has_value());
  names left = others;
  left.insert({name(2), name(3), name(7)});
  BOOST_TEST((all(here) == left));
}

BOOST_AUTO_TEST_CASE(a_file_that_somebody_removed_is_no_matter) {
  const folder here;
  files kept(here.at, 1);
  BOOST_TEST(!kept.store(id(1), "text").has_value());
  fs::remove(here.at / name(1));
  BOOST_TEST(!kept.store(id(2), "text").has_value());
  BOOST_TEST((all(here) == names{name(2)}));
}

BOOST_AUTO_TEST_CASE(what_can_t_be_written_whole_is_not_there) {
  const folder here;
  files kept(here.at, 3);
  std::optional<std::string> why;
  {
    const small_files full(100);
    why = kept.store(id(1), std::string(200, 'x'));
  }
  BOOST_TEST_REQUIRE(why.has_value());
  BOOST_TEST(why->find("can't write " + here.path(name(1).c_str())) == 0U, *why);
  BOOST_TEST(all(here).empty());
  BOOST_TEST(!kept.store(id(2), "text").has_value());
}

BOOST_AUTO_TEST_CASE(a_folder_that_went_and_came_back_is_used_again) {
  const folder here;
  files kept(here.at, 3);
  fs::remove(here.at);
  const auto why = kept.store(id(1), "text");
  BOOST_TEST_REQUIRE(why.has_value());
  BOOST_TEST(why->ends_with(": No such file or directory"), *why);
  fs::create_directory(here.at);
  BOOST_TEST(!kept.store(id(2), "text").has_value());
  BOOST_TEST((all(here) == names{name(2)}));
}

BOOST_AUTO_TEST_CASE(nothing_is_written_through_a_link) {
  const folder here, elsewhere;
  files kept(here.at, 3);
  fs::create_symlink(elsewhere.at / "target", here.at / ("." + name(1) + ".new"));
  BOOST_TEST(kept.store(id(1), "text").has_value());
  BOOST_TEST(all(elsewhere).empty());
}

BOOST_AUTO_TEST_CASE(an_id_that_is_not_ours_names_no_file_itself) {
  const folder here;
  fs::create_directory(here.at / "inner");
  files kept(here.at / "inner", 2);
  names wanted;
  for (const std::string& other : {std::string("../x"), std::string("edge-7"), id(1) + "0"}) {
    BOOST_TEST(!kept.store(other, "text").has_value());
    wanted.insert(core::observe::captured_name(other));
    if (other == "../x") wanted.clear();  // the oldest makes room
  }
  BOOST_TEST((all(here) == names{"inner"}));
  names found;
  for (const auto& e : fs::directory_iterator(here.at / "inner"))
    found.insert(e.path().filename().string());
  BOOST_TEST((found == wanted));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_none_is_told_at_once) {
  const folder here;
  const fs::path missing = here.at / "missing", file = here.at / "file";
  BOOST_TEST(refusal(missing) ==
             "can't capture requests in " + missing.string() + ": No such file or directory");
  std::ofstream(file) << "text";
  fs::permissions(file, fs::perms::owner_all);
  BOOST_TEST(refusal(file) == "can't capture requests in " + file.string() + ": Not a directory");
}

BOOST_AUTO_TEST_CASE(a_folder_that_can_t_be_written_is_told_at_once) {
  const folder here;
  fs::permissions(here.at, fs::perms(0555));
  constexpr uid_t nobody = 65534;
  const uid_t before = ::geteuid();
  // Root may write everywhere.
  if (before == 0) BOOST_REQUIRE_EQUAL(::seteuid(nobody), 0);
  const std::string said = refusal(here.at);
  BOOST_REQUIRE_EQUAL(::seteuid(before), 0);
  fs::permissions(here.at, fs::perms(0755));
  BOOST_TEST(said == "can't capture requests in " + here.at.string() + ": Permission denied");
}

BOOST_AUTO_TEST_CASE(a_folder_is_relative_to_the_configuration_s) {
  core::config::capture said;
  said.path = "captured";
  BOOST_TEST(::gateway::log::capture_folder(said, "/etc/gw/gateway.yaml") == "/etc/gw/captured");
  BOOST_TEST(::gateway::log::capture_folder(said, "gateway.yaml") == "captured");
  said.path = "/var/lib/captured";
  BOOST_TEST(::gateway::log::capture_folder(said, "/etc/gw/gateway.yaml") == "/var/lib/captured");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
