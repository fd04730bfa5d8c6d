// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/passing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <system_error>

#include "tests/gateway/log/folder.hpp"

namespace tests {

namespace passing_sys = gateway::sys;

namespace {

constexpr std::chrono::milliseconds patience{30'000};

struct fixture {
  folder here;
  std::string path = here.path("control");
  passing_sys::descriptor listener = passing_sys::listen_at(path);
  passing_sys::descriptor client = passing_sys::connect_to(path, patience);
  passing_sys::descriptor server = passing_sys::accept_at(listener.get());
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(passing)

BOOST_FIXTURE_TEST_CASE(words_arrive_whole_and_in_order, fixture) {
  BOOST_TEST(!passing_sys::receive(server));
  BOOST_TEST(passing_sys::pass(client, "one"));
  BOOST_TEST(passing_sys::pass(client, "two"));
  for (const char* word : {"one", "two"}) {
    const auto got = passing_sys::receive(server);
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->words == word);
    BOOST_TEST(!got->with);
  }
}

BOOST_FIXTURE_TEST_CASE(a_descriptor_goes_with_its_word, fixture) {
  int both[2];
  BOOST_REQUIRE(::pipe2(both, O_CLOEXEC) == 0);
  const passing_sys::descriptor reading(both[0]);
  passing_sys::descriptor writing(both[1]);
  BOOST_TEST(passing_sys::pass(server, "pipe", writing.get()));
  const auto got = passing_sys::receive(client);
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(got->words == "pipe");
  BOOST_REQUIRE(static_cast<bool>(got->with));
  BOOST_TEST((::fcntl(got->with.get(), F_GETFD) & FD_CLOEXEC) != 0);
  writing.close();
  BOOST_TEST(::write(got->with.get(), "x", 1) == 1);
  char byte = 0;
  BOOST_TEST(::read(reading.get(), &byte, 1) == 1);
  BOOST_TEST(byte == 'x');
}

BOOST_FIXTURE_TEST_CASE(who_is_gone_says_nothing_and_hears_nothing, fixture) {
  client.close();
  const auto got = passing_sys::receive(server);
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(got->words.empty());
  BOOST_TEST(!passing_sys::pass(server, "word"));
}

BOOST_FIXTURE_TEST_CASE(it_is_for_its_owner_alone_and_knows_who_is_there, fixture) {
  struct stat about{};
  BOOST_REQUIRE(::stat(path.c_str(), &about) == 0);
  BOOST_TEST((about.st_mode & 0777) == 0600U);
  BOOST_TEST(passing_sys::is_trusted(server));
  BOOST_TEST(passing_sys::process_of(server) == ::getpid());
}

BOOST_FIXTURE_TEST_CASE(what_listens_no_more_is_replaced, fixture) {
  listener.close();
  BOOST_TEST(!passing_sys::connect_to(path, patience));
  const auto again = passing_sys::listen_at(path);
  BOOST_TEST(static_cast<bool>(passing_sys::connect_to(path, patience)));
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_is_left_alone) {
  const folder here;
  const std::string path = here.path("text");
  std::ofstream(path) << "somebody's";
  BOOST_CHECK_THROW(passing_sys::listen_at(path), std::system_error);
  BOOST_TEST(::access(path.c_str(), F_OK) == 0);
}

BOOST_AUTO_TEST_CASE(a_path_that_is_too_long_is_refused) {
  const folder here;
  const std::string path = here.path(std::string(108, 'a').c_str());
  BOOST_CHECK_THROW(passing_sys::listen_at(path), std::system_error);
  BOOST_CHECK_THROW(passing_sys::connect_to(path, patience), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
