// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/server.hpp"

#include <sys/socket.h>

#include <boost/test/unit_test.hpp>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/sys/process.hpp"
#include "tests/core/config/sample.hpp"
#include "tests/gateway/log/folder.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace run = gateway::app;

/// /open/ goes to the port as it is; everything listens where the kernel likes.
core::config::model model_of(std::uint16_t upstream, const std::string& more = {}) {
  const std::string yaml =
      "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nworkers: 2\naccess_log: {path: 'off'}\n"
      "clients: {billing: {token: my_key, secret: 0123456789abcdef}}\n"
      "upstreams: {orders: http://127.0.0.1:" +
      std::to_string(upstream) +
      "}\nroutes:\n  - {path: /api/, scheme: laravel, upstream: orders}\n"
      "  - {path: /open/, scheme: none, upstream: orders, content: any}\n" +
      more;
  return tests::config::model_of(yaml);
}

/// A server that may run on a thread of its own, its upstream, and what it says.
struct fixture {
  explicit fixture(const std::string& more = {}, const std::string& config_path = {})
      : server({model_of(service.port(), more), config_path, true}, logger),
        port(io::port_of(server.addresses().at(0))),
        admin_port(io::port_of(*server.admin_address())) {}
  ~fixture() {
    if (!runner.joinable()) return;
    server.stop();
    runner.join();
  }
  void start() {
    runner = std::thread([this] { status = server.run(); });
  }
  /// Its exit status, once it has ended by itself.
  int ended() {
    runner.join();
    return status;
  }
  [[nodiscard]] std::string admin(const std::string& path) const {
    const peer client = connect_to(admin_port);
    client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return client.receive_all();
  }
  /// A request that the upstream has got and not answered yet.
  std::pair<peer, peer> in_flight() {
    peer client = connect_to(port);
    client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n");
    peer upstream = service.accept();
    BOOST_TEST(upstream.receive(16) == "GET /open/x HTTP");
    return {std::move(client), std::move(upstream)};
  }

  listening service;
  std::ostringstream said;
  ::gateway::log::logger logger{said, ::gateway::log::level::info};
  run::server server;
  std::uint16_t port;
  std::uint16_t admin_port;
  std::thread runner;
  int status = -1;
};

const std::string nowhere = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool refuses(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where = listening::loopback(port);
  const bool refused = ::connect(descriptor, listening::generic(where), sizeof where) != 0;
  ::close(descriptor);
  return refused;
}

std::uint64_t open_descriptors() { return ::gateway::sys::read_process()->open_descriptors; }

std::string refusal(const run::server_settings& settings) {
  std::ostringstream said;
  ::gateway::log::logger logger(said, ::gateway::log::level::info);
  try {
    const run::server made(settings, logger);
  } catch (const std::exception& e) {
    return e.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(of_addresses_that_are_too_many_it_warns) {
  core::config::model model = model_of(9);
  core::config::upstream& many = model.upstreams[0];
  many.endpoints.resize(256, many.endpoints[0]);
  for (const bool more : {false, true}) {
    if (more) many.endpoints.push_back(many.endpoints[0]);
    std::ostringstream said;
    ::gateway::log::logger logger(said, ::gateway::log::level::info);
    const run::server made({model, {}, true}, logger);
    BOOST_TEST(has(said.str(), "upstreams.orders: its names have more than 256 addr") == more);
  }
}

BOOST_AUTO_TEST_CASE(it_serves_until_it_is_told_to_stop) {
  fixture f;
  f.start();
  {
    const peer client = connect_to(f.port);
    client.send(nowhere);
    BOOST_TEST(client.receive(13) == "HTTP/1.1 404 ");
  }
  BOOST_TEST(f.admin("/livez").starts_with("HTTP/1.1 200 "));
  BOOST_TEST(f.admin("/readyz").starts_with("HTTP/1.1 200 "));
  f.server.stop();
  BOOST_TEST(f.ended() == 0);
  BOOST_TEST(refuses(f.port));
  BOOST_TEST(has(f.said.str(), "listening on 127.0.0.1:" + std::to_string(f.port)), f.said.str());
  BOOST_TEST(has(f.said.str(), "admin on http://127.0.0.1:" + std::to_string(f.admin_port)));
  BOOST_TEST(has(f.said.str(), "draining: "));
  BOOST_TEST(has(f.said.str(), "stopped"));
}

BOOST_AUTO_TEST_CASE(told_to_stop_before_it_runs_it_stops_at_once) {
  fixture f;
  f.server.stop();
  f.start();
  BOOST_TEST(f.ended() == 0);
}

BOOST_AUTO_TEST_CASE(one_that_never_runs_ends_too) {
  const auto before = open_descriptors();
  std::uint16_t port = 0;
  {
    const fixture f;
    port = f.port;
    BOOST_TEST(!refuses(port));  // clients wait in the queue
  }
  BOOST_TEST(refuses(port));
  BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_CASE(who_is_queued_before_it_runs_is_served) {
  fixture f;
  const peer early = connect_to(f.port);
  early.send(nowhere);
  f.start();
  BOOST_TEST(early.receive(13) == "HTTP/1.1 404 ");
}

BOOST_AUTO_TEST_CASE(who_is_queued_when_it_is_told_to_stop_is_served) {
  fixture f;
  std::vector<peer> queued;
  for (int i = 0; i < 20; ++i) {
    queued.push_back(connect_to(f.port));
    queued.back().send(nowhere);
  }
  f.server.stop();
  f.start();
  for (const peer& each : queued) {
    const std::string got = each.receive_all();
    BOOST_TEST(got.starts_with("HTTP/1.1 404 "), got);
  }
  queued.clear();
  BOOST_TEST(f.ended() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_in_flight_finishes) {
  fixture f;
  f.start();
  auto [client, upstream] = f.in_flight();
  const peer idle = connect_to(f.port);
  idle.send(nowhere);
  BOOST_TEST(idle.receive(13) == "HTTP/1.1 404 ");
  f.server.stop();
  BOOST_TEST(!idle.receive_all().empty());  // the rest of its answer, and then it was closed
  const std::string ready = f.admin("/readyz");
  BOOST_TEST(ready.starts_with("HTTP/1.1 503 "), ready);
  BOOST_TEST(f.admin("/livez").starts_with("HTTP/1.1 200 "));
  while (!refuses(f.port)) std::this_thread::yield();  // each worker closes its own door
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  const std::string got = client.receive_all();
  BOOST_TEST(got.starts_with("HTTP/1.1 200 "), got);
  BOOST_TEST(has(got, "Connection: close\r\n"), got);
  BOOST_TEST(got.ends_with("hi"), got);
  client.close();
  BOOST_TEST(f.ended() == 0);
}

BOOST_AUTO_TEST_CASE(what_takes_longer_than_the_drain_time_is_cut) {
  fixture f("limits: {drain_time: 50ms}\n");
  f.start();
  auto [client, upstream] = f.in_flight();
  f.server.stop();
  BOOST_TEST(f.ended() == 0);
  BOOST_TEST(has(f.said.str(), "drain time is over: 1 connections are cut"), f.said.str());
  BOOST_TEST(client.receive_all().starts_with("HTTP/1.1 503 "));
}

BOOST_AUTO_TEST_CASE(told_to_stop_twice_it_does_not_wait) {
  fixture f;
  f.start();
  auto [client, upstream] = f.in_flight();
  f.server.stop();
  f.server.stop();
  BOOST_TEST(f.ended() == 0);
  BOOST_TEST(client.receive_all().starts_with("HTTP/1.1 503 "));
}

BOOST_AUTO_TEST_CASE(at_its_end_it_holds_nothing) {
  {
    const fixture once;
  }  // whatever a first one leaves behind for good
  const auto before = open_descriptors();
  for (int round = 0; round < 3; ++round) {
    fixture f;
    f.start();
    std::vector<peer> clients;
    for (int i = 0; i < 10; ++i) {
      clients.push_back(connect_to(f.port));
      clients.back().send(nowhere);
    }
    for (const peer& each : clients) BOOST_TEST(each.receive(13) == "HTTP/1.1 404 ");
    auto [client, upstream] = f.in_flight();
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    BOOST_TEST(client.receive(13) == "HTTP/1.1 200 ");
  }
  BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_CASE(levels_go_back_to_nothing) {
  fixture f;
  f.start();
  {
    auto [client, upstream] = f.in_flight();
    const std::string busy = f.admin("/metrics");
    BOOST_TEST(has(busy, "\ncountersign_connections 1\n"));
    BOOST_TEST(has(busy, "\ncountersign_requests_in_flight 1\n"));
    upstream.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    client.finish();
    BOOST_TEST(client.receive_all().starts_with("HTTP/1.1 200 "));
  }
  // The client has seen the end of its connection a moment before it is counted.
  std::string idle;
  for (int i = 0; i < 1000 && !has(idle, "\ncountersign_connections 0\n"); ++i)
    idle = f.admin("/metrics");
  BOOST_TEST(has(idle, "\ncountersign_connections 0\n"));
  BOOST_TEST(has(idle, "\ncountersign_requests_in_flight 0\n"));
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_named_and_nothing_is_left_open) {
  const listening taken;
  core::config::model model = model_of(taken.port());
  model.listen[0].port = taken.port();
  const auto before = open_descriptors();
  BOOST_TEST(refusal({model, {}, true}) ==
             "can't listen on 127.0.0.1:" + std::to_string(taken.port()) +
                 ": Address already in use");
  model.listen[0].port = 0;
  model.admin->port = taken.port();
  BOOST_TEST(refusal({model, {}, true}).starts_with("can't listen on "));
  BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_CASE(a_state_file_has_one_gateway) {
  const folder here;
  const std::string file = here.path("marks");
  const std::string more = "replay: {state: " + file + "}\n";
  const fixture first(more, "/config");
  const auto before = open_descriptors();
  BOOST_TEST(refusal({model_of(1, more), "/config", true})
                 .starts_with("replay state file " + file + ": is in use by another process"));
  BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_CASE(an_upstream_that_does_not_exist_is_named) {
  core::config::model model = model_of(1);
  model.upstreams[0].endpoints[0].host = "no blanks in names.invalid";
  BOOST_TEST(
      refusal({model, {}, true}).starts_with("can't find the host no blanks in names.invalid: "));
}

BOOST_AUTO_TEST_CASE(without_a_state_it_says_what_is_refused) {
  std::ostringstream said;
  ::gateway::log::logger logger(said, ::gateway::log::level::info);
  {
    const run::server later({model_of(1), {}, false}, logger);
  }
  BOOST_TEST(has(said.str(), "replay marks don't survive a restart (no state file)"), said.str());
  said.str({});
  {
    const run::server first({model_of(1), {}, true}, logger);
  }
  BOOST_TEST(said.str().empty(), said.str());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
