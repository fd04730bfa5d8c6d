// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/accept.hpp"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>

#include "gateway/net/plain_server.hpp"
#include "tests/gateway/net/loopback.hpp"
#include "tests/gateway/net/no_descriptors.hpp"

namespace tests {

namespace {

struct fixture {
  io::event_loop loop{1};
  io::stream_acceptor door =
      io::listen_on(loop, io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), 0));
  std::uint16_t port = io::port_of(door.local_endpoint());
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(accept)

BOOST_AUTO_TEST_CASE(where_nobody_waits_nobody_is_waited_for) {
  fixture f;
  const io::accepted none = io::accept_now(f.door);
  BOOST_TEST(!none.socket);
  BOOST_TEST(!none.failed);
}

BOOST_AUTO_TEST_CASE(whoever_waits_is_taken_one_at_a_time) {
  fixture f;
  const peer first = connect_to(f.port);
  const peer second = connect_to(f.port);
  for (const peer* client : {&first, &second}) {
    const io::accepted taken = io::accept_now(f.door);
    BOOST_REQUIRE(taken.socket);
    BOOST_TEST(!taken.failed);
    // Nothing that is read from it waits, and no process that we start has it.
    BOOST_TEST((::fcntl(taken.socket.get(), F_GETFL) & O_NONBLOCK) != 0);
    BOOST_TEST((::fcntl(taken.socket.get(), F_GETFD) & FD_CLOEXEC) != 0);
    client->send("x");
    char byte = 0;
    BOOST_TEST(::recv(taken.socket.get(), &byte, 1, 0) == 1);
    BOOST_TEST(::recv(taken.socket.get(), &byte, 1, 0) == -1);
  }
  BOOST_TEST(!io::accept_now(f.door).socket);
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_it_fails_and_the_client_waits_on) {
  fixture f;
  const peer client = connect_to(f.port);
  {
    const no_descriptors none_left;
    const io::accepted failed = io::accept_now(f.door);
    BOOST_TEST(!failed.socket);
    BOOST_TEST(failed.failed);
  }
  BOOST_TEST(static_cast<bool>(io::accept_now(f.door).socket));
}

BOOST_AUTO_TEST_CASE(a_closed_acceptor_fails) {
  fixture f;
  f.door.close();
  const io::accepted failed = io::accept_now(f.door);
  BOOST_TEST(!failed.socket);
  BOOST_TEST(failed.failed);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
