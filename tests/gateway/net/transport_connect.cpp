// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "gateway/net/transport.hpp"
#include "tests/gateway/net/no_descriptors.hpp"
#include "tests/gateway/net/operations.hpp"

namespace tests {

namespace {

using io::io_error;
using std::chrono::milliseconds;

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(transport)

BOOST_AUTO_TEST_CASE(connecting_reaches_who_listens) {
  event_loop loop;
  listening service;
  io::transport stream(loop.sockets, loop.wheel);
  BOOST_TEST((loop.run(connecting(&stream, service.address(), ample)) == io_error::none));
  BOOST_TEST(stream.peer_address() == "127.0.0.1");
  const peer other = service.accept();
  stream.write_now("hello");
  BOOST_TEST(other.receive(5) == "hello");
}

BOOST_AUTO_TEST_CASE(connecting_where_nobody_listens_is_broken) {
  event_loop loop;
  listening service;
  service.close();
  io::transport stream(loop.sockets, loop.wheel);
  BOOST_TEST((loop.run(connecting(&stream, service.address(), ample)) == io_error::broken));
}

BOOST_AUTO_TEST_CASE(connecting_without_a_descriptor_is_broken) {
  event_loop loop;
  const listening service;
  io::transport stream(loop.sockets, loop.wheel);
  io_error result = io_error::none;
  {
    const no_descriptors none_left;
    result = loop.run(connecting(&stream, service.address(), ample));
  }
  BOOST_TEST((result == io_error::broken));
}

BOOST_AUTO_TEST_CASE(what_was_known_of_a_connection_is_forgotten_with_it) {
  event_loop loop;
  const listening service;
  io::transport stream(loop.sockets, loop.wheel);
  BOOST_TEST((loop.run(connecting(&stream, service.address(), ample)) == io_error::none));
  service.accept().reset();
  BOOST_TEST((loop.run(waiting(&stream, ample)) == io_error::none));
  stream.close();
  BOOST_TEST((loop.run(connecting(&stream, service.address(), ample)) == io_error::none));
  const peer other = service.accept();
  BOOST_TEST((loop.run(waiting(&stream, soon)) == io_error::timeout));
  other.send("x");
  BOOST_TEST((loop.run(waiting(&stream, ample)) == io_error::none));
}

BOOST_AUTO_TEST_CASE(connecting_that_was_complete_when_the_deadline_passed_is_connected) {
  event_loop loop;
  listening service;
  io::transport stream(loop.sockets, loop.wheel);
  io::post(loop.context, [&] { loop.wheel.expire_all(); });
  const io_error result = loop.run(connecting(&stream, service.address(), ample));
  // Whether the kernel had connected by then is its own affair; both ends are consistent.
  BOOST_TEST((result == io_error::none || result == io_error::timeout));
  if (result == io_error::none) stream.write_now("x");
  stream.close();
  BOOST_TEST(service.accept().receive_all() == (result == io_error::none ? "x" : ""));
}

BOOST_AUTO_TEST_CASE(connecting_to_who_does_not_answer_ends_at_its_deadline) {
  event_loop loop;
  // A full queue of a listener that never accepts: the kernel drops what comes then.
  listening service(0);
  std::vector<std::unique_ptr<io::transport>> fill;
  io_error last = io_error::none;
  for (int i = 0; i < 8 && last == io_error::none; ++i) {
    fill.push_back(std::make_unique<io::transport>(loop.sockets, loop.wheel));
    last = loop.run(connecting(fill.back().get(), service.address(), milliseconds(100)));
  }
  BOOST_TEST((last == io_error::timeout));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
