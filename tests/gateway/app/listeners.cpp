// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/listeners.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>
#include <vector>

#include "gateway/sys/process.hpp"
#include "tests/gateway/log/folder.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace run = ::gateway::app;
using addresses = std::vector<::core::config::listener>;

const ::core::config::listener any_port{{"127.0.0.1", 0}, {}};

::core::config::listener at(std::uint16_t port) { return {{"127.0.0.1", port}, {}}; }

std::uint64_t open_now() { return ::gateway::sys::read_process()->open_descriptors; }

struct fixture {
  void take_up(const addresses& wanted) {
    auto change = all.prepare(loop, wanted, 2);
    closed = change.closed;
    doors = std::move(change.doors);
    all.commit(std::move(change));
  }
  [[nodiscard]] std::uint16_t port(std::size_t i) const {
    return io::port_of(all.addresses().at(i));
  }

  io::event_loop loop{1};
  run::listeners all;
  std::vector<std::uint32_t> closed;
  std::vector<std::vector<run::door>> doors;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(listeners_)

BOOST_AUTO_TEST_CASE(what_is_wanted_already_stays_and_needs_no_door) {
  fixture f;
  f.take_up({any_port, any_port});
  const auto before = f.all.addresses();
  BOOST_TEST(f.doors[0].size() == 2U);
  BOOST_TEST(f.doors[1].size() == 2U);
  BOOST_TEST(f.doors[0][0].listener == f.doors[1][0].listener);
  BOOST_TEST(f.doors[0][0].listener != f.doors[0][1].listener);
  f.take_up({any_port, any_port});
  BOOST_TEST((f.all.addresses() == before));
  BOOST_TEST(f.doors[0].empty());
  BOOST_TEST(f.closed.empty());
}

BOOST_AUTO_TEST_CASE(one_comes_and_another_goes) {
  fixture f;
  f.take_up({any_port});
  const std::uint16_t first = f.port(0);
  const std::uint32_t number = f.doors[0][0].listener;
  f.doors.clear();
  std::uint16_t port = 0;
  {
    const listening free;
    port = free.port();
  }
  f.take_up({at(port)});
  BOOST_TEST(f.closed == std::vector{number}, boost::test_tools::per_element());
  BOOST_TEST(f.doors[0].size() == 1U);
  BOOST_TEST(f.doors[0][0].listener != number);
  BOOST_TEST(f.port(0) == port);
  BOOST_TEST(first != port);
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_had_leaves_all_as_it_was) {
  fixture f;
  f.take_up({any_port});
  f.doors.clear();
  const listening taken;
  const auto before = f.all.addresses();
  const auto descriptors = open_now();
  BOOST_CHECK_THROW(
      static_cast<void>(f.all.prepare(f.loop, {any_port, any_port, at(taken.port())}, 2)),
      run::cannot_listen);
  BOOST_TEST((f.all.addresses() == before));
  BOOST_TEST(open_now() == descriptors);
}

BOOST_AUTO_TEST_CASE(what_was_prepared_and_is_not_wanted_is_closed) {
  fixture f;
  f.take_up({any_port});
  f.doors.clear();
  const auto descriptors = open_now();
  {
    const auto change = f.all.prepare(f.loop, {any_port, any_port}, 3);
  }
  BOOST_TEST(open_now() == descriptors);
  f.take_up({});
  BOOST_TEST(open_now() == descriptors - 1);
}

BOOST_AUTO_TEST_CASE(a_file_comes_and_goes_with_its_listener) {
  const folder place;
  const ::core::config::listener first{{{}, 0, place.path("a")}, {}};
  const ::core::config::listener second{{{}, 0, place.path("b")}, {}};
  fixture f;
  f.take_up({first});
  BOOST_TEST(f.all.offer().at(0).with_file);
  {
    const auto change = f.all.prepare(f.loop, {first, second}, 1);
    BOOST_TEST(std::filesystem::exists(second.path));
  }
  BOOST_TEST(!std::filesystem::exists(second.path));
  f.take_up({second});
  BOOST_TEST(!std::filesystem::exists(first.path));
  f.all.close();
  BOOST_TEST(!std::filesystem::exists(second.path));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_anothers_is_ours_once_it_is_said) {
  const folder place;
  const ::core::config::listener at_path{{{}, 0, place.path("a")}, {}};
  fixture old;
  old.take_up({at_path});
  fixture f;
  std::vector<::gateway::sys::descriptor> handed;
  handed.emplace_back(::dup(old.all.offer().at(0).socket));
  f.all.commit(f.all.prepare(f.loop, {at_path}, 1, &handed));
  BOOST_TEST(!f.all.offer().at(0).with_file);
  old.all.leave_files();
  BOOST_TEST(!old.all.offer().at(0).with_file);
  old.all.close();
  BOOST_TEST(std::filesystem::exists(at_path.path));
  BOOST_TEST(!f.all.own_file(place.path("b")));
  BOOST_TEST(f.all.own_file(at_path.path));
  BOOST_TEST(f.all.offer().at(0).with_file);
  f.all.close();
  BOOST_TEST(!std::filesystem::exists(at_path.path));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
