// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tunnel.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

#include "tests/gateway/net/operations.hpp"

namespace tests {

namespace {

using io::io_error;
using std::chrono::milliseconds;

/// A tunnel between a client and a service, which are the test's ends of two connections.
struct fixture : event_loop {
  void start(std::string_view of_client = {}, std::string_view of_service = {},
             milliseconds idle = ample) {
    tunnel.emplace(near, far, io::tunnel::early{of_client, of_service}, buffers, idle);
    event_loop::start(running(&*tunnel), [this](std::exception_ptr, io_error how) { ended = how; });
    settle();
  }
  ~fixture() {
    near.close();
    settle();
    BOOST_TEST(ended.has_value());
  }
  io_error to_the_end() {
    until([this] { return ended.has_value(); });
    return *ended;
  }
  static io::task<io_error> running(io::tunnel* what) { co_return co_await what->run(); }

  io::buffer_pool buffers;
  std::pair<gateway::sys::descriptor, peer> first = connection();
  std::pair<gateway::sys::descriptor, peer> second = connection();
  io::transport near{std::move(first.first), sockets, wheel};
  io::transport far{std::move(second.first), sockets, wheel};
  peer client{std::move(first.second)};
  peer service{std::move(second.second)};
  std::optional<io::tunnel> tunnel;
  std::optional<io_error> ended;
};

/// Reads until that many bytes have come.
std::size_t drain(fixture& f, const peer& who, std::size_t count) {
  std::size_t got = 0;
  f.until([&] { return (got += who.receive_now().size()) >= count; });
  return got;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(tunnel)

BOOST_AUTO_TEST_CASE(what_was_there_early_comes_first_on_each_side) {
  fixture f;
  f.client.send("2");
  f.service.send("b");
  f.start("1", "a");
  BOOST_TEST(f.service.receive(2) == "12");
  BOOST_TEST(f.client.receive(2) == "ab");
  f.client.send("3");
  f.settle();
  BOOST_TEST(f.service.receive(1) == "3");
  BOOST_TEST(f.tunnel->from_client() == 3U);
  BOOST_TEST(f.tunnel->from_upstream() == 2U);
}

BOOST_AUTO_TEST_CASE(while_nobody_says_anything_it_holds_no_buffer) {
  fixture f;
  f.client.send("x");
  f.start();
  BOOST_TEST(f.service.receive(1) == "x");
  const std::size_t all = f.buffers.held();
  BOOST_TEST(all > 0U);
  const io::buffer one = f.buffers.borrow(16 * 1024);
  BOOST_TEST(f.buffers.held() == all - one.size());
}

BOOST_AUTO_TEST_CASE(an_end_goes_on_and_the_other_side_still_speaks) {
  fixture f;
  f.start();
  f.client.send("bye");
  f.client.finish();
  f.settle();
  BOOST_TEST(f.service.receive_all() == "bye");
  BOOST_TEST(!f.ended);
  f.service.send("well");
  f.settle();
  BOOST_TEST(f.client.receive(4) == "well");
  f.service.finish();
  BOOST_TEST((f.to_the_end() == io_error::none));
  BOOST_TEST(f.client.receive_all().empty());
}

BOOST_AUTO_TEST_CASE(a_reset_ends_both) {
  fixture f;
  f.start();
  f.service.reset();
  BOOST_TEST((f.to_the_end() == io_error::broken));
}

BOOST_AUTO_TEST_CASE(who_does_not_read_is_waited_for_and_the_other_way_is_open) {
  fixture f;
  f.start();
  const std::string much(1 << 20, 'x');
  // What the kernel holds for both connections, and no more.
  std::size_t taken = 0;
  for (int still = 0; still < 3; ++still) {
    const ssize_t n =
        ::send(f.client.descriptor(), much.data(), much.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      taken += static_cast<std::size_t>(n);
      still = 0;
    }
    f.settle();
  }
  BOOST_TEST(f.tunnel->from_client() < taken);
  f.service.send("still heard");
  f.settle();
  BOOST_TEST(f.client.receive(11) == "still heard");
  BOOST_TEST(drain(f, f.service, taken) == taken);
  BOOST_TEST(f.tunnel->from_client() == taken);
}

BOOST_AUTO_TEST_CASE(silence_ends_it) {
  fixture f;
  f.start({}, {}, soon);
  BOOST_TEST((f.to_the_end() == io_error::timeout));
}

BOOST_AUTO_TEST_CASE(closing_one_of_them_ends_it) {
  fixture f;
  f.start();
  f.near.close();
  BOOST_TEST((f.to_the_end() == io_error::broken));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
