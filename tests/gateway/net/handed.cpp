// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/handed.hpp"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <vector>

#include "gateway/net/accept.hpp"
#include "gateway/net/plain_server.hpp"
#include "tests/gateway/log/folder.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

using descriptors = std::vector<::gateway::sys::descriptor>;

io::tcp_endpoint here(std::uint16_t port) {
  return {boost::asio::ip::address_v4::loopback(), port};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(handed)

BOOST_AUTO_TEST_CASE(the_one_with_the_address_is_taken_and_the_others_are_left) {
  const listening first, second;
  descriptors handed;
  for (const listening* door : {&first, &second}) handed.emplace_back(::dup(door->descriptor()));
  io::event_loop loop{1};
  auto taken = io::take_listening(loop, here(second.port()), handed);
  BOOST_TEST_REQUIRE(taken.has_value());
  BOOST_TEST_REQUIRE(handed.size() == 1U);
  BOOST_TEST(io::describe(handed[0]) == "127.0.0.1:" + std::to_string(first.port()));
  // Nobody is waited for in accept_now.
  BOOST_TEST(!io::accept_now(*taken).socket);
  const peer client = connect_to(second.port());
  BOOST_TEST(static_cast<bool>(io::accept_now(*taken).socket));
  BOOST_TEST(!io::take_listening(loop, here(second.port()), handed).has_value());
}

BOOST_AUTO_TEST_CASE(address_and_port_must_be_the_same) {
  const listening door;
  descriptors handed;
  handed.emplace_back(::dup(door.descriptor()));
  io::event_loop loop{1};
  using boost::asio::ip::make_address;
  for (const char* other : {"0.0.0.0", "127.0.0.2", "::1", "::", "::ffff:127.0.0.1"})
    BOOST_TEST(!io::take_listening(loop, io::tcp_endpoint(make_address(other), door.port()), handed)
                    .has_value());
  BOOST_TEST(!io::take_listening(loop, here(0), handed).has_value());
  BOOST_TEST(handed.size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_of_the_other_protocol_is_taken_too) {
  io::event_loop loop{1};
  const io::tcp_endpoint any{boost::asio::ip::address_v6::loopback(), 0};
  const io::stream_acceptor door = io::listen_on(loop, any);
  descriptors handed;
  handed.emplace_back(::dup(const_cast<io::stream_acceptor&>(door).native_handle()));
  const auto taken = io::take_listening(loop, door.local_endpoint(), handed);
  BOOST_TEST_REQUIRE(taken.has_value());
  BOOST_TEST((taken->local_endpoint() == door.local_endpoint()));
}

BOOST_AUTO_TEST_CASE(one_at_a_path_is_taken_for_that_path) {
  const folder place;
  io::event_loop loop{1};
  const io::socket_address here = io::at_path(place.path("x"));
  io::stream_acceptor door = io::listen_on(loop, here);
  descriptors handed;
  handed.emplace_back(::dup(door.native_handle()));
  BOOST_TEST(io::describe(handed[0]) == "unix:" + place.path("x"));
  BOOST_TEST(!io::take_listening(loop, io::at_path(place.path("y")), handed).has_value());
  auto taken = io::take_listening(loop, here, handed);
  BOOST_TEST_REQUIRE(taken.has_value());
  BOOST_TEST((taken->local_endpoint() == here));
  BOOST_TEST(handed.empty());
}

BOOST_AUTO_TEST_CASE(what_does_not_listen_is_never_taken) {
  const listening door;
  const peer client = connect_to(door.port());
  sockaddr_in own{};
  socklen_t size = sizeof own;
  BOOST_REQUIRE_EQUAL(::getsockname(client.descriptor(), listening::generic(own), &size), 0);
  descriptors handed;
  handed.emplace_back(::dup(client.descriptor()));
  handed.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  handed.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  io::event_loop loop{1};
  BOOST_TEST(!io::take_listening(loop, here(ntohs(own.sin_port)), handed).has_value());
  for (const auto& one : handed)
    BOOST_TEST(io::describe(one) == "a descriptor that doesn't listen for streams");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
