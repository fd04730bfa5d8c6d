// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/listener.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "gateway/net/plain_server.hpp"
#include "gateway/session/session.hpp"
#include "tests/gateway/session/house.hpp"

namespace tests {

namespace {

using core::base::errc;

/// A worker that accepts.
struct fixture : house {
  using house::house;
  void start() {
    event_loop::start(ses::accept_clients(worker.get(), &acceptor, &count),
                      [this](std::exception_ptr) { ended = true; });
  }
  ~fixture() {
    acceptor.close();
    settle();
    BOOST_TEST(ended);
    for (ses::session* s : std::vector(worker->sessions.begin(), worker->sessions.end()))
      s->close();
    settle();
    BOOST_TEST(count.open.load() == 0U);
  }
  peer client() { return connect_to(port); }

  io::stream_acceptor acceptor =
      io::listen_on(context, io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), 0));
  std::uint16_t port = io::port_of(acceptor.local_endpoint());
  ses::connection_count count;
  bool ended = false;
};

const std::string nowhere = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(session)
BOOST_AUTO_TEST_SUITE(listener)

BOOST_AUTO_TEST_CASE(whoever_connects_is_served_and_counted) {
  fixture f;
  f.start();
  std::vector<peer> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(f.client());
  f.settle();
  BOOST_TEST(f.count.open.load() == 5U);
  BOOST_TEST(f.watch.connections == 5);
  for (const peer& each : clients) each.send(nowhere);
  f.settle();
  for (const peer& each : clients) BOOST_TEST(each.receive_now().starts_with("HTTP/1.1 404 "));
  clients.clear();
  f.settle();
  BOOST_TEST(f.count.open.load() == 0U);
}

BOOST_AUTO_TEST_CASE(over_the_limit_a_client_is_told_to_come_back) {
  fixture f("limits: {connections: 1}\n");
  f.start();
  peer first = f.client();
  f.settle();
  const peer second = f.client();
  f.settle();
  const std::string got = second.receive_all();
  BOOST_TEST(got.starts_with("HTTP/1.1 503 "), got);
  BOOST_TEST(got.find("\r\nRetry-After: 1\r\n") != std::string::npos, got);
  BOOST_TEST(got.find("\r\nConnection: close\r\n") != std::string::npos, got);
  BOOST_TEST(got.find("\"code\":\"unavailable\"") != std::string::npos, got);
  BOOST_REQUIRE_EQUAL(f.watch.statuses.size(), 1U);
  BOOST_TEST(f.watch.statuses[0] == 503U);
  BOOST_TEST((f.watch.refusals[0] == errc::overloaded));
  BOOST_TEST(f.count.open.load() == 1U);
  // And there is room again once the first has gone.
  first.close();
  f.settle();
  const peer third = f.client();
  third.send(nowhere);
  f.settle();
  BOOST_TEST(third.receive_now().starts_with("HTTP/1.1 404 "));
}

BOOST_AUTO_TEST_CASE(more_than_its_address_may_have_is_hung_up_on) {
  fixture f("limits: {per_address: {connections: 2}}\n");
  f.start();
  peer first = f.client();
  const peer second = f.client();
  f.settle();
  const peer third = f.client();
  f.settle();
  BOOST_TEST(third.receive_all() == "");
  BOOST_TEST(f.watch.refused_connections == 1);
  BOOST_TEST(f.watch.connections == 2);
  BOOST_TEST(f.watch.statuses.empty());
  BOOST_TEST(f.count.open.load() == 2U);
  first.close();
  f.settle();
  const peer fourth = f.client();
  fourth.send(nowhere);
  f.settle();
  BOOST_TEST(fourth.receive_now().starts_with("HTTP/1.1 404 "));
  BOOST_TEST(f.count.by_address.addresses() == 1U);
}

BOOST_AUTO_TEST_CASE(a_trusted_proxy_may_have_any_number) {
  fixture f("limits: {per_address: {connections: 1}}\ntrusted_proxies: [127.0.0.1]\n");
  f.start();
  const peer first = f.client();
  const peer second = f.client();
  f.settle();
  BOOST_TEST(f.watch.connections == 2);
  BOOST_TEST(f.watch.refused_connections == 0);
}

BOOST_AUTO_TEST_CASE(who_was_turned_away_hears_why_even_with_a_request_under_way) {
  fixture f("limits: {connections: 1}\n");
  f.start();
  const peer first = f.client();
  f.settle();
  const peer second = f.client();
  second.send(nowhere + std::string(10'000, 'x'));
  f.settle();
  BOOST_TEST(second.receive_all().starts_with("HTTP/1.1 503 "));
}

BOOST_AUTO_TEST_CASE(who_was_accepted_when_the_door_closed_is_served) {
  fixture f;
  const peer client = f.client();
  client.send(nowhere);
  // It is accepted as soon as the coroutine begins; the door is closed before that is known.
  io::post(f.context, [&] {
    io::post(f.context, [&] {
      ses::drain_sessions(*f.worker);
      f.acceptor.close();
    });
  });
  f.start();
  f.settle();
  BOOST_TEST(client.receive_now().starts_with("HTTP/1.1 404 "));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
