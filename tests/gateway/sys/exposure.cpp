// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/exposure.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <tuple>

#include "tests/gateway/log/folder.hpp"

namespace tests {

namespace {

using ::gateway::sys::exposure;

/// A folder that everyone may enter, as far as it goes; those above it are /tmp's, mostly.
struct house {
  folder outer;
  std::string inner = outer.path("inner");
  std::string file = inner + "/secret";

  house() {
    std::filesystem::create_directory(inner);
    std::ofstream(file) << "secret";
    allow(outer.at.string(), 0755);
    allow(inner, 0755);
  }
  static void allow(const std::string& path, mode_t mode) {
    BOOST_REQUIRE_EQUAL(::chmod(path.c_str(), mode), 0);
  }
  [[nodiscard]] std::string with(mode_t mode) const {
    allow(file, mode);
    return exposure(file);
  }
};

const bool root = ::geteuid() == 0;

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(exposure_of)

BOOST_AUTO_TEST_CASE(what_others_can_do_is_told_with_what_to_do_about_it) {
  const house h;
  // Another owner than root where that can be had; else we are none ourselves.
  if (root) BOOST_REQUIRE_EQUAL(::chown(h.file.c_str(), 65534, 65534), 0);
  for (const auto& [mode, said] :
       {std::tuple<mode_t, std::string>{0600, ""},
        {0400, ""},
        {0700, ""},
        {0640, "its group can read it (mode 0640): chmod go= "},
        {0620, "its group can write to it (mode 0620): chmod go= "},
        {0604, "everyone on this machine can read it (mode 0604): chmod go= "},
        {0644, "everyone on this machine can read it (mode 0644): chmod go= "},
        {0602, "everyone on this machine can write to it (mode 0602): chmod go= "}}) {
    BOOST_TEST(h.with(mode) == (said.empty() ? said : said + h.file));
  }
}

BOOST_AUTO_TEST_CASE(the_group_that_root_gave_a_file_to_may_read_it) {
  if (!root) {
    BOOST_TEST_MESSAGE("left out: only root can make files of root's");
    return;
  }
  const house h;
  BOOST_TEST(h.with(0640).empty());
  BOOST_TEST(h.with(0644) ==
             "everyone on this machine can read it (mode 0644): chmod o= " + h.file);
  BOOST_TEST(h.with(0660) == "its group can write to it (mode 0660): chmod go= " + h.file);
}

BOOST_AUTO_TEST_CASE(what_lies_where_others_can_not_go_is_theirs_in_no_mode) {
  const house h;
  if (root) BOOST_REQUIRE_EQUAL(::chown(h.file.c_str(), 65534, 65534), 0);
  house::allow(h.outer.at.string(), 0700);
  BOOST_TEST(h.with(0666).empty());
  house::allow(h.outer.at.string(), 0755);
  house::allow(h.inner, 0750);
  BOOST_TEST(h.with(0644) == "its group can read it (mode 0644): chmod go= " + h.file);
  house::allow(h.inner, 0705);
  BOOST_TEST(h.with(0640) == "its group can read it (mode 0640): chmod go= " + h.file);
}

BOOST_AUTO_TEST_CASE(a_link_is_what_it_leads_to) {
  const house h;
  const std::string link = h.outer.path("link");
  std::filesystem::create_symlink(h.file, link);
  (void)h.with(0644);
  BOOST_TEST(exposure(link).ends_with(": chmod " + std::string(root ? "o= " : "go= ") + link));
  house::allow(h.inner, 0700);
  BOOST_TEST(exposure(link).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_file_has_nothing_to_say) {
  const folder f;
  BOOST_TEST(exposure(f.path("missing")).empty());
  BOOST_TEST(exposure("/dev/null").empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
