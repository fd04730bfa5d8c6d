// SPDX-License-Identifier: Apache-2.0
// A whole gateway in this process, its clients and its service: once it is warm, an accepted
// message costs no allocation, from the head that is read to the line in the access log.

#include <poll.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/load/composer.hpp"
#include "bench/wire/message_reader.hpp"
#include "gateway/app/server.hpp"
#include "gateway/sys/clock.hpp"
#include "tests/allocations/counting.hpp"
#include "tests/core/config/sample.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace counting = tests::allocations;

constexpr int connections = 4;
constexpr int warm_up = 2000;
constexpr int window = 1000;
constexpr int most_windows = 20;
/// Answers every message, until its thread is told to end.
class service {
 public:
  service() : thread_([this](const std::stop_token& stop) { run(stop); }) {}
  [[nodiscard]] std::uint16_t port() const { return socket_.port(); }

 private:
  struct client {
    peer stream;
    bench::wire::message_reader reader;
  };

  void run(const std::stop_token& stop) {
    counting::leave_this_thread_out();
    std::vector<client> clients;
    std::vector<pollfd> waits;
    while (!stop.stop_requested()) {
      waits.assign(1, {socket_.descriptor(), POLLIN, 0});
      for (const client& c : clients) waits.push_back({c.stream.descriptor(), POLLIN, 0});
      ::poll(waits.data(), waits.size(), 20);
      for (std::size_t i = clients.size(); i-- > 0;)
        if (waits[i + 1].revents != 0 && !serve(clients[i]))
          clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
      if (waits[0].revents != 0) {
        clients.push_back({socket_.accept(), {}});
        clients.back().reader.start(false);
      }
    }
  }

  static bool serve(client& c) {
    const std::string got = c.stream.receive_now();
    std::string_view input = got;
    while (!input.empty()) {
      if (c.reader.read_request(input) != bench::wire::progress::done) continue;
      c.stream.send(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
      c.reader.start(false);
    }
    return !got.empty();
  }

  listening socket_;
  std::jthread thread_;
};

std::string configuration(std::uint16_t port) {
  return "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nworkers: 1\naccess_log: {path: /dev/null}\n"
         "clients:\n  billing: {token: my_key, secret: 0123456789abcdef, cipher: AES-128-CBC}\n"
         "  warehouse: {token: wh-7, secret: fedcba9876543210, cipher: AES-128-GCM}\n"
         "upstreams: {orders: http://127.0.0.1:" +
         std::to_string(port) + "}\nroutes: [{path: /api/, scheme: laravel, upstream: orders}]\n";
}

/// A gateway at work, and one client of it with a few connections.
class fixture {
 public:
  fixture()
      : model_(config::model_of(configuration(service_.port()))),
        server_({model_, {}, true}, logger_),
        runner_([this] { server_.run(); }) {
    for (int i = 0; i < connections; ++i)
      clients_.push_back(connect_to(gateway::net::port_of(server_.addresses().at(0))));
  }
  ~fixture() {
    clients_.clear();
    server_.stop();
    runner_.join();
  }

  /// So many messages that were never sent before, a few at a time.
  void send(const std::string& client, int count) {
    bench::load::options o;
    o.to.path = "/api/orders";
    o.to.authority = "localhost";
    o.size = 1024;
    bench::load::subject s;
    s.rules = rules_;
    s.client = rules_->keys.find(client);
    BOOST_REQUIRE(s.client != nullptr);
    s.key = &s.client->generations.front();
    s.route = &rules_->policies.front();
    bench::load::composer composer(o, s);
    bench::load::request r;
    for (int sent = 0; sent < count; sent += connections) {
      for (const peer& c : clients_) {
        composer.compose(r, core::base::unix_seconds(::gateway::sys::now()));
        c.send(r.bytes);
      }
      for (const peer& c : clients_) BOOST_REQUIRE_EQUAL(answer_of(c), 200U);
    }
  }

 private:
  static unsigned answer_of(const peer& from) {
    bench::wire::message_reader reader;
    reader.start(false);
    // The answer's size is known but for its head's: it is read in the pieces that come.
    for (;;) {
      pollfd one{from.descriptor(), POLLIN, 0};
      BOOST_REQUIRE_EQUAL(::poll(&one, 1, 10'000), 1);
      const std::string got = from.receive_now();
      BOOST_REQUIRE(!got.empty());
      std::string_view input = got;
      if (reader.read_response(input) == bench::wire::progress::done)
        return reader.response().status;
    }
  }

  service service_;
  core::config::model model_;
  std::shared_ptr<const core::admission::snapshot> rules_ =
      std::make_shared<const core::admission::snapshot>(model_);
  std::ostringstream said_;
  ::gateway::log::logger logger_{said_, ::gateway::log::level::info};
  ::gateway::app::server server_;
  std::vector<peer> clients_;
  std::thread runner_;
};

/// Buffers and tables still grow now and then; what a request itself allocates is in every window.
void check(const std::string& client) {
  counting::leave_this_thread_out();
  fixture f;
  f.send(client, warm_up);
  std::uint64_t least = 1;
  for (int i = 0; i < most_windows && least != 0; ++i) {
    counting::start();
    f.send(client, window);
    counting::stop();
    least = i == 0 ? counting::counted() : std::min(least, counting::counted());
  }
  BOOST_TEST_MESSAGE(client << ": " << least << " allocations of ours for " << window
                            << " requests, " << counting::counted_in_openssl() << " of OpenSSL's\n"
                            << counting::openssl_places());
  BOOST_TEST(least == 0U, least << " allocations for " << window << " requests; the first one:\n"
                                << counting::first_frames());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(steady_state)

BOOST_AUTO_TEST_CASE(a_message_under_cbc_allocates_nothing) { check("my_key"); }
BOOST_AUTO_TEST_CASE(a_message_under_gcm_allocates_nothing) { check("wh-7"); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
