// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/socket_address.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "gateway/net/resolve.hpp"
#include "tests/gateway/log/folder.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(socket_address)

BOOST_AUTO_TEST_CASE(an_ip_address_has_a_host_and_a_port) {
  const io::socket_address here = io::resolve({"127.0.0.1", 8080});
  BOOST_TEST(io::format_address(here) == "127.0.0.1:8080");
  BOOST_TEST(io::host_of(here) == "127.0.0.1");
  BOOST_TEST(io::port_of(here) == 8080U);
  BOOST_TEST(io::path_of(here).empty());
  BOOST_TEST(io::is_local(here));
  BOOST_TEST(io::format_address(io::resolve({"2001:db8::1", 80})) == "[2001:db8::1]:80");
  BOOST_TEST(!io::is_local(io::resolve({"192.0.2.1", 80})));
}

BOOST_AUTO_TEST_CASE(where_any_address_is_meant_there_is_no_host) {
  BOOST_TEST(io::host_of(io::resolve({"0.0.0.0", 80})).empty());
  BOOST_TEST(io::host_of(io::resolve({"::", 80})).empty());
  BOOST_TEST(!io::is_local(io::resolve({"::", 80})));
}

BOOST_AUTO_TEST_CASE(a_path_has_neither_and_only_this_machine_gets_there) {
  const io::socket_address here = io::at_path("/run/x.sock");
  BOOST_TEST(io::format_address(here) == "unix:/run/x.sock");
  BOOST_TEST(io::path_of(here) == "/run/x.sock");
  BOOST_TEST(io::host_of(here).empty());
  BOOST_TEST(io::port_of(here) == 0U);
  BOOST_TEST(!io::tcp_of(here).has_value());
  BOOST_TEST(io::is_local(here));
  const std::string longest(107, 'x');
  BOOST_TEST(io::path_of(io::at_path(longest)) == longest);
}

BOOST_AUTO_TEST_CASE(the_kernel_names_it_alike) {
  const folder place;
  const io::socket_address here = io::at_path(place.path("a.sock"));
  const ::gateway::sys::descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  BOOST_TEST((io::own_address(socket.get()) != here));
  BOOST_TEST(io::path_of(*io::own_address(socket.get())).empty());
  BOOST_REQUIRE_EQUAL(::bind(socket.get(), here.data(), static_cast<socklen_t>(here.size())), 0);
  BOOST_TEST((io::own_address(socket.get()) == here));
  BOOST_TEST((io::own_address(socket.get()) != io::at_path(place.path("b.sock"))));
  BOOST_TEST(!io::address_of_peer(socket.get()).has_value());
  const listening tcp;
  BOOST_TEST((io::own_address(tcp.descriptor()) == io::socket_address(tcp.address())));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
