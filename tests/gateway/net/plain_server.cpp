// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/plain_server.hpp"

#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>
#include <vector>

#include "gateway/net/loop.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

/// The server on a thread of its own; the test is its client.
struct fixture {
  explicit fixture(std::size_t most_connections = 64, std::size_t body_limit = 1000) {
    io::spawn(loop.context, io::serve_plain(&acceptor, &handler, most_connections, body_limit));
    thread = std::thread([this] { loop.context.run(); });
  }
  ~fixture() {
    io::post(loop.context, [this] { acceptor.close(); });
    thread.join();  // every connection has been ended by its client
  }

  static io::plain_response answer(const io::plain_request& asked) {
    io::plain_response out;
    if (asked.target == "/missing") out.status = 404;
    out.fields.emplace_back("X-Answer", asked.field("x-ASK"));
    out.body = asked.method + " " + asked.target + " " + asked.body;
    return out;
  }

  event_loop loop;
  io::stream_acceptor acceptor =
      io::listen_on(loop.context, io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), 0));
  std::uint16_t port = io::port_of(acceptor.local_endpoint());
  io::plain_handler handler = answer;
  std::thread thread;
};

std::string ask(const fixture& f, std::string_view request) {
  const peer client = connect_to(f.port);
  client.send(request);
  return client.receive_all();
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(plain_server)

BOOST_AUTO_TEST_CASE(a_request_reaches_the_handler_whole_and_its_answer_the_client) {
  fixture f;
  const std::string got =
      ask(f,
          "POST /here HTTP/1.1\r\nHost: a\r\nX-Ask: why\r\nContent-Length: 5\r\n"
          "Connection: close\r\n\r\nhello");
  BOOST_TEST(got.starts_with("HTTP/1.1 200 OK\r\n"), got);
  BOOST_TEST(has(got, "X-Answer: why\r\n"), got);
  BOOST_TEST(has(got, "Content-Length: 16\r\n"), got);
  BOOST_TEST(got.ends_with("\r\n\r\nPOST /here hello"), got);
  BOOST_TEST(ask(f, "GET /missing HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 404 Not Found\r\n"));
}

BOOST_AUTO_TEST_CASE(a_connection_takes_one_request_after_another) {
  fixture f;
  const peer client = connect_to(f.port);
  client.send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n"
      "Connection: close\r\n\r\n");
  const std::string got = client.receive_all();
  BOOST_TEST(has(got, "GET /1 "), got);
  BOOST_TEST(got.ends_with("GET /2 "), got);
}

BOOST_AUTO_TEST_CASE(head_gets_the_length_and_no_body) {
  fixture f;
  const std::string got = ask(f, "HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  BOOST_TEST(has(got, "Content-Length: 8\r\n"), got);
  BOOST_TEST(got.ends_with("\r\n\r\n"), got);
}

BOOST_AUTO_TEST_CASE(what_is_no_http_or_too_large_ends_the_connection) {
  fixture f;
  BOOST_TEST(ask(f, "hello\r\n\r\n").empty());
  BOOST_TEST(ask(f, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n").empty());
  BOOST_TEST(ask(f, "GET / HTTP/1.1\r\nA: " + std::string(40'000, 'x')).empty());
  // And the next one is served.
  BOOST_TEST(!ask(f, "GET / HTTP/1.0\r\n\r\n").empty());
}

BOOST_AUTO_TEST_CASE(over_the_limit_connections_are_closed_and_a_place_that_was_left_is_taken) {
  fixture f(2);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  peer first = connect_to(f.port);
  first.send(request);
  BOOST_TEST(!first.receive(20).empty());  // it is being served
  const peer second = connect_to(f.port);
  second.send(request);
  BOOST_TEST(!second.receive(20).empty());
  BOOST_TEST(connect_to(f.port).receive_all().empty());
  first.finish();
  BOOST_TEST(!first.receive_all().empty());  // its end was answered, so its place is free
  const peer third = connect_to(f.port);
  third.send(request);
  BOOST_TEST(!third.receive(20).empty());
}

BOOST_AUTO_TEST_CASE(a_port_in_use_throws) {
  fixture f;
  BOOST_CHECK_THROW(
      (void)io::listen_on(f.loop.context,
                          io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), f.port)),
      boost::system::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
