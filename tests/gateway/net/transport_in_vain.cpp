// SPDX-License-Identifier: Apache-2.0
// A wait for somebody who may leave meanwhile.

#include <array>
#include <boost/test/unit_test.hpp>

#include "tests/gateway/net/operations.hpp"

namespace tests {

namespace {

using io::io_error;

/// What is waited for comes from `service`, and is for `client`.
struct fixture : event_loop {
  std::pair<gateway::sys::descriptor, peer> first = connection();
  std::pair<gateway::sys::descriptor, peer> second = connection();
  io::transport near{std::move(first.first), sockets, wheel};
  io::transport far{std::move(second.first), sockets, wheel};
  peer client{std::move(first.second)};
  peer service{std::move(second.second)};

  io_error wait(std::chrono::milliseconds timeout = ample) {
    far.on_behalf_of(near);
    return run(waiting(&far, timeout));
  }
  io_error read() {
    std::array<char, 10> into;
    far.on_behalf_of(near);
    return run(reading(&far, into, ample)).error;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(transport_in_vain)

BOOST_AUTO_TEST_CASE(once_that_one_has_ended_it_is_in_vain) {
  for (int how = 0; how < 3; ++how) {
    fixture f;
    if (how == 0) f.client.finish();
    if (how == 1) f.client.close();
    if (how == 2) f.client.reset();
    BOOST_TEST((f.wait() == io_error::in_vain), how);
    BOOST_TEST((f.read() == io_error::in_vain), how);
  }
}

BOOST_AUTO_TEST_CASE(what_has_come_counts_whoever_has_gone) {
  fixture f;
  f.client.close();
  f.service.send("x");
  f.run(hear_of_another(&f));
  BOOST_TEST((f.wait() == io_error::none));
  BOOST_TEST((f.read() == io_error::none));
}

BOOST_AUTO_TEST_CASE(who_says_more_has_not_gone) {
  fixture f;
  f.client.send("x");
  f.client.finish();
  BOOST_TEST((f.wait(soon) == io_error::timeout));
}

BOOST_AUTO_TEST_CASE(afterwards_each_is_on_its_own) {
  fixture f;
  f.service.send("x");
  BOOST_TEST((f.wait() == io_error::none));
  BOOST_TEST((f.read() == io_error::none));
  f.client.finish();
  BOOST_TEST((f.run(waiting(&f.far, soon)) == io_error::timeout));
  std::array<char, 10> into;
  BOOST_TEST((f.run(reading(&f.near, into, ample)).error == io_error::eof));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
