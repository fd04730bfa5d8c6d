// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/socket_file.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "gateway/sys/descriptor.hpp"
#include "tests/gateway/log/folder.hpp"

namespace tests {

namespace {

namespace fs = std::filesystem;
using gateway::sys::descriptor;
using gateway::sys::socket_file;

descriptor bound(const std::string& path, int kind = SOCK_STREAM, int backlog = -1) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  descriptor made(::socket(AF_UNIX, kind | SOCK_CLOEXEC, 0));
  const auto* where = static_cast<const sockaddr*>(static_cast<const void*>(&at));
  BOOST_REQUIRE_EQUAL(::bind(made.get(), where, sizeof at), 0);
  if (backlog >= 0) BOOST_REQUIRE_EQUAL(::listen(made.get(), backlog), 0);
  return made;
}

/// What clear_the_way() says; 0: nothing.
int problem_of(const std::string& path) {
  try {
    ::gateway::sys::clear_the_way(path);
    return 0;
  } catch (const std::system_error& e) {
    return e.code().value();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(socket_file_)

BOOST_AUTO_TEST_CASE(a_file_that_nobody_listens_at_is_in_nobodys_way) {
  const folder place;
  BOOST_TEST(problem_of(place.path("x")) == 0);
  bound(place.path("x")).close();
  BOOST_TEST(fs::exists(place.path("x")));
  BOOST_TEST(problem_of(place.path("x")) == 0);
  BOOST_TEST(!fs::exists(place.path("x")));
}

BOOST_AUTO_TEST_CASE(where_somebody_listens_it_stays) {
  const folder place;
  const descriptor streams = bound(place.path("a"), SOCK_STREAM, 0);
  const descriptor messages = bound(place.path("b"), SOCK_SEQPACKET, 1);
  // The queue is full before the last.
  for (int i = 0; i < 3; ++i) BOOST_TEST(problem_of(place.path("a")) == EADDRINUSE);
  BOOST_TEST(problem_of(place.path("b")) == EADDRINUSE);
  BOOST_TEST(fs::exists(place.path("a")));
  BOOST_TEST(fs::exists(place.path("b")));
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_stays) {
  const folder place;
  std::ofstream(place.path("file")) << "dear";
  fs::create_directory(place.path("folder"));
  fs::create_symlink(place.path("none"), place.path("link"));
  for (const char* name : {"file", "folder", "link"}) {
    BOOST_TEST(problem_of(place.path(name)) == EEXIST, name);
    BOOST_TEST(fs::exists(fs::symlink_status(place.path(name))), name);
  }
}

BOOST_AUTO_TEST_CASE(it_goes_with_its_owner) {
  const folder place;
  const descriptor socket = bound(place.path("x"));
  {
    socket_file first(place.path("x"));
    BOOST_TEST(static_cast<bool>(first));
    socket_file second(std::move(first));
    BOOST_TEST(!static_cast<bool>(first));
    socket_file third;
    third = std::move(second);
    BOOST_TEST(static_cast<bool>(third));
    BOOST_TEST(fs::exists(place.path("x")));
  }
  BOOST_TEST(!fs::exists(place.path("x")));
  BOOST_TEST(!static_cast<bool>(socket_file(place.path("x"))));
}

BOOST_AUTO_TEST_CASE(what_was_left_to_another_stays) {
  const folder place;
  const descriptor socket = bound(place.path("x"));
  {
    socket_file one(place.path("x"));
    one.leave();
    BOOST_TEST(!static_cast<bool>(one));
  }
  BOOST_TEST(fs::exists(place.path("x")));
}

BOOST_AUTO_TEST_CASE(what_another_put_in_its_place_stays) {
  const folder place;
  const descriptor kept = bound(place.path("x"));
  {
    const socket_file one(place.path("x"));
    fs::rename(place.path("x"), place.path("y"));
    std::ofstream(place.path("x")) << "another's";
  }
  BOOST_TEST(fs::exists(place.path("x")));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
