// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/loop.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/net/deadlines.hpp"
#include "gateway/net/plain_server.hpp"
#include "tests/gateway/net/gate.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

using io::task;
using names = std::vector<std::string>;

task<void> note(names* log, std::string name) {
  log->push_back(std::move(name));
  co_return;
}

task<void> spawn_another(io::event_loop* loop, names* log) {
  log->push_back("first begins");
  io::spawn(*loop, note(log, "second"));
  log->push_back("first ends");
  co_return;
}

task<void> wait_for(gate* opened, witness held) {
  const witness local = held;
  co_await *opened;
}

task<void> wait_long(io::event_loop* loop, witness held) {
  const witness local = held;
  co_await io::pause(*loop, std::chrono::hours(1));
}

template <class Object>
task<void> wait_until_readable(Object* object, std::optional<bool>* failed, witness held) {
  const witness local = held;
  const boost::system::error_code ec = co_await io::when_readable(*object);
  *failed = static_cast<bool>(ec);
}

task<void> fail() {
  throw std::runtime_error("nobody hears this");
  co_return;
}

constexpr int died_as_it_should = 42;

/// The status of a process in which a task throws.
int status_of_one_that_throws() {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    std::set_terminate([] { ::_exit(died_as_it_should); });
    io::event_loop loop(1);
    io::spawn(loop, fail());
    loop.run();
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(loop)

BOOST_AUTO_TEST_CASE(a_task_begins_with_the_next_turn) {
  io::event_loop loop(1);
  names log;
  io::spawn(loop, note(&log, "task"));
  BOOST_TEST(log.empty());
  loop.run();
  BOOST_TEST(log == (names{"task"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_a_task_spawns_begins_after_that_gave_way) {
  io::event_loop loop(1);
  names log;
  io::spawn(loop, spawn_another(&loop, &log));
  loop.run();
  BOOST_TEST(log == (names{"first begins", "first ends", "second"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_task_held_is_free_once_it_has_ended) {
  io::event_loop loop(1);
  const witness seen = make_witness();
  gate opened;
  io::spawn(loop, wait_for(&opened, seen));
  loop.run();
  BOOST_TEST(held(seen) == 2);
  opened.open();
  BOOST_TEST(held(seen) == 0);
}

BOOST_AUTO_TEST_CASE(tasks_that_wait_are_destroyed_with_the_loop) {
  const witness seen = make_witness();
  std::array<gate, 5> gates;
  {
    io::event_loop loop(1);
    for (gate& g : gates) io::spawn(loop, wait_for(&g, seen));
    loop.run();
    BOOST_TEST(held(seen) == 10);
    // Those that end leave the others' places as they are.
    for (const std::size_t i : {std::size_t{0}, std::size_t{2}, std::size_t{4}}) gates[i].open();
    BOOST_TEST(held(seen) == 4);
  }
  BOOST_TEST(held(seen) == 0);
}

BOOST_AUTO_TEST_CASE(one_that_has_not_begun_is_destroyed_with_the_loop) {
  const witness seen = make_witness();
  gate opened;
  {
    io::event_loop loop(1);
    io::spawn(loop, wait_for(&opened, seen));
    BOOST_TEST(held(seen) == 1);
  }
  BOOST_TEST(held(seen) == 0);
  BOOST_TEST(!opened);
}

BOOST_AUTO_TEST_CASE(those_that_wait_for_time_or_for_a_client_are_destroyed_with_the_loop) {
  const witness seen = make_witness();
  std::optional<bool> failed;
  {
    io::event_loop loop(1);
    io::stream_acceptor door =
        io::listen_on(loop, io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), 0));
    io::spawn(loop, wait_long(&loop, seen));
    io::spawn(loop, wait_until_readable(&door, &failed, seen));
    loop.poll();
    BOOST_TEST(held(seen) > 2);
  }
  BOOST_TEST(held(seen) == 0);
  BOOST_TEST(!failed.has_value());
}

BOOST_AUTO_TEST_CASE(an_acceptor_is_readable_when_somebody_has_come) {
  io::event_loop loop(1);
  io::stream_acceptor door =
      io::listen_on(loop, io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), 0));
  std::optional<bool> failed;
  io::spawn(loop, wait_until_readable(&door, &failed, nullptr));
  loop.poll();
  BOOST_TEST(!failed.has_value());
  const peer client = connect_to(io::port_of(door.local_endpoint()));
  loop.run();
  BOOST_REQUIRE(failed.has_value());
  BOOST_TEST(!*failed);
}

BOOST_AUTO_TEST_CASE(closing_it_ends_the_wait_with_an_error) {
  io::event_loop loop(1);
  io::stream_acceptor door =
      io::listen_on(loop, io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), 0));
  std::optional<bool> failed;
  io::spawn(loop, wait_until_readable(&door, &failed, nullptr));
  loop.poll();
  door.close();
  BOOST_TEST(!failed.has_value());
  loop.restart();
  loop.run();
  BOOST_TEST(failed.value_or(false));
}

BOOST_AUTO_TEST_CASE(what_a_task_throws_ends_the_process) {
  BOOST_TEST(status_of_one_that_throws() == died_as_it_should);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
