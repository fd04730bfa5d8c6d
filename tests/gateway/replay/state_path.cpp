// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/state_path.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/gateway/log/folder.hpp"

namespace tests {

namespace {

namespace rep = gateway::replay;

/// No folder is known until a test names one.
rep::state_environment nothing() {
  rep::state_environment env;
  env.system_folder.clear();
  return env;
}

std::string path_of(const std::string& config, const folder& state) {
  rep::state_environment env = nothing();
  env.state_directory = state.at.string();
  return rep::find_state_path(config, env).path;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(state_path)

BOOST_AUTO_TEST_CASE(each_gateway_has_a_file_of_its_own_and_finds_it_again) {
  const folder f;
  const std::string first = path_of("/etc/a.yaml", f);
  BOOST_TEST(first.starts_with(f.at.string() + "/replay-"));
  BOOST_TEST(first.ends_with(".marks"));
  BOOST_TEST(path_of("/etc/a.yaml", f) == first);
  BOOST_TEST(path_of("/etc/b.yaml", f) != first);
}

BOOST_AUTO_TEST_CASE(folders_are_tried_in_their_order) {
  const folder f;
  rep::state_environment env = nothing();
  env.home = f.path("home");
  BOOST_TEST(rep::find_state_path("/c", env).path.starts_with(f.path("home") +
                                                              "/.local/state/countersign/replay-"));
  env.xdg_state_home = f.path("xdg");
  BOOST_TEST(
      rep::find_state_path("/c", env).path.starts_with(f.path("xdg") + "/countersign/replay-"));
  env.system_folder = f.path("system");
  BOOST_TEST(rep::find_state_path("/c", env).path.starts_with(f.path("system") + "/replay-"));
  env.state_directory = f.path("first") + ":" + f.path("second");
  BOOST_TEST(rep::find_state_path("/c", env).path.starts_with(f.path("first") + "/replay-"));
}

BOOST_AUTO_TEST_CASE(a_relative_xdg_folder_is_ignored) {
  const folder f;
  rep::state_environment env = nothing();
  env.xdg_state_home = "relative";
  env.home = f.path("home");
  BOOST_TEST(rep::find_state_path("/c", env).path.starts_with(f.path("home")));
}

BOOST_AUTO_TEST_CASE(folders_that_are_made_are_for_nobody_else) {
  const folder f;
  rep::state_environment env = nothing();
  env.state_directory = f.path("a/b/c");
  BOOST_TEST(!rep::find_state_path("/c", env).path.empty());
  for (const auto* made : {"a", "a/b", "a/b/c"}) {
    struct stat about{};
    BOOST_REQUIRE_EQUAL(::stat(f.path(made).c_str(), &about), 0);
    BOOST_TEST((about.st_mode & 0777U) == 0700U);
  }
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_written_every_reason_is_told) {
  const folder f;
  std::ofstream(f.path("file")) << "x";
  rep::state_environment env = nothing();
  env.state_directory = f.path("file");
  env.home = f.path("file");
  const rep::state_path found = rep::find_state_path("/c", env);
  BOOST_TEST(found.path.empty());
  BOOST_TEST(found.why_not == f.path("file") + " is not a folder; can't make " + f.path("file") +
                                  "/.local: Not a directory");
}

BOOST_AUTO_TEST_CASE(where_no_folder_is_known_that_is_told) {
  const rep::state_path found = rep::find_state_path("/c", nothing());
  BOOST_TEST(found.path.empty());
  BOOST_TEST(found.why_not == "no folder is known: neither STATE_DIRECTORY nor HOME is set");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
