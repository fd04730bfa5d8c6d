// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/session.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "tests/gateway/session/house.hpp"

namespace tests {

namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

/// A session on one end of a connection; the test is its client.
struct fixture : house {
  explicit fixture(const std::string& more = {}) : house(more) {
    auto [socket, other] = connection();
    client = std::make_unique<peer>(std::move(other));
    start(ses::run_session(worker.get(), std::move(socket)),
          [this](std::exception_ptr) { over = true; });
    settle();
  }
  /// Turns the loop until so many answers, or the end, have come.
  std::string hear(std::size_t answers = 1) {
    std::string got;
    context.restart();
    while (count(got += client->receive_now(), "HTTP/1.1 404 ") < answers && !client->at_end() &&
           context.run_one() != 0) {
    }
    return got;
  }
  /// To the end.
  std::string hear_all() { return hear(1'000'000); }
  /// Until the session has ended.
  void run_out() {
    context.restart();
    while (!over && context.run_one() != 0) {
    }
    BOOST_TEST(over);
  }

  std::unique_ptr<peer> client;
  bool over = false;
};

const std::string nowhere = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(session)
BOOST_AUTO_TEST_SUITE(session)

BOOST_AUTO_TEST_CASE(one_request_after_another_is_answered_on_one_connection) {
  fixture f;
  for (int i = 0; i < 3; ++i) {
    f.client->send(nowhere);
    BOOST_TEST(f.hear().starts_with("HTTP/1.1 404 "));
  }
  BOOST_TEST(f.watch.statuses.size() == 3U);
  f.client->finish();
  f.run_out();
}

// What it says of an endpoint that failed finds no memory, in the midst of the exchange.
BOOST_AUTO_TEST_CASE(an_exception_ends_one_exchange_and_nothing_else) {
  fixture f;
  const std::string yaml =
      "listen: 127.0.0.1:0\nupstreams: {orders: {endpoints: [http://127.0.0.1:9, "
      "http://127.0.0.1:10], eject: {failures: 1}}}\n"
      "routes: [{path: /open/, scheme: none, upstream: orders, content: any}]\n";
  const auto next = f.make(compile(yaml));
  std::uint16_t free_port = 0;
  {
    const listening gone;
    free_port = gone.port();
  }

  next->groups[0].endpoints.insert(
      next->groups[0].endpoints.begin(),
      {io::tcp_endpoint(boost::asio::ip::address_v4::loopback(), free_port), "orders"});
  f.worker->take_up(next);
  int thrown = 0;
  f.worker->upstreams.tell = [&thrown](const ::gateway::upstream::news&) {
    ++thrown;
    throw std::bad_alloc();
  };
  auto [socket, other] = f.connection();
  bool over = false;
  f.start(ses::run_session(f.worker.get(), std::move(socket)),
          [&over](std::exception_ptr) { over = true; });
  f.settle();
  f.client->send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = f.hear_all();
  BOOST_TEST(thrown == 1);
  BOOST_TEST(answer.starts_with("HTTP/1.1 500 "), answer);
  BOOST_TEST(answer.find("\"code\":\"internal\"") != std::string::npos, answer);
  BOOST_TEST(answer.find("\r\nConnection: close\r\n") != std::string::npos, answer);
  BOOST_REQUIRE_EQUAL(f.watch.statuses.size(), 1U);
  BOOST_TEST(f.watch.statuses[0] == 500U);
  BOOST_TEST((f.watch.refusals[0] == core::base::errc::internal));
  f.client->close();
  f.run_out();
  // Another client's connection lives on, and what failed holds no place.
  other.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n");
  f.settle();
  const peer service = f.service.accept();
  BOOST_TEST(service.receive(16) == "GET /open/x HTTP");
  service.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  f.until([&f] { return f.watch.statuses.size() == 2U; });
  BOOST_TEST(other.receive_now().starts_with("HTTP/1.1 204 "));
  BOOST_TEST(next->groups[0].places->look().taken == 0U);
  other.close();
  f.until([&over] { return over; });
}

BOOST_AUTO_TEST_CASE(requests_sent_at_once_are_answered_in_turn) {
  fixture f;
  f.client->send(nowhere + "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" +
                 nowhere);
  f.client->finish();
  BOOST_TEST(count(f.hear_all(), "HTTP/1.1 404 ") == 3U);
  f.run_out();
}

BOOST_AUTO_TEST_CASE(a_head_may_come_a_byte_at_a_time) {
  fixture f;
  for (const char c : nowhere) {
    f.client->send({&c, 1});
    f.settle();
  }
  BOOST_TEST(f.hear().starts_with("HTTP/1.1 404 "));
  f.client->finish();
  f.run_out();
}

BOOST_AUTO_TEST_CASE(an_empty_line_may_come_in_two_parts) {
  fixture f;
  const std::array<std::string, 4> parts{"\r", "\n\r\n\r", "\n" + nowhere + "\r", "\n" + nowhere};
  for (const std::string& part : parts) {
    f.client->send(part);
    f.settle();
  }
  f.client->finish();
  BOOST_TEST(count(f.hear_all(), "HTTP/1.1 404 ") == 2U);
  f.run_out();
}

BOOST_AUTO_TEST_CASE(half_an_empty_line_is_no_request_yet) {
  fixture f;
  f.client->send("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(f.hear_all().starts_with("HTTP/1.1 400 "));
  f.client->close();
  f.run_out();
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_take_no_room_from_what_follows) {
  // Enough of them that head and empty lines fill the inbox to its last byte; a chunked body is
  // then read into what is left.
  fixture f("limits: {body_timeout: 200ms}\n");
  std::string head = "POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX: ";
  head.resize(16 * 1024 - 4, 'x');
  head += "\r\n\r\n";
  std::string before;
  while (before.size() + head.size() < 32U * 1024U) before += "\r\n";
  f.client->send(before + head);
  f.settle();
  f.client->send("5\r\nhello\r\n0\r\n\r\n" + nowhere);
  f.client->finish();
  BOOST_TEST(count(f.hear_all(), "HTTP/1.1 404 ") == 2U);
  f.run_out();
}

BOOST_AUTO_TEST_CASE(a_head_that_stays_unfinished_times_out) {
  fixture f("limits: {header_timeout: 10ms}\n");
  f.client->send("GET / HT");
  BOOST_TEST(f.hear_all().starts_with("HTTP/1.1 408 "));
  f.client->close();
  f.run_out();
}

BOOST_AUTO_TEST_CASE(who_says_nothing_is_left_without_an_answer) {
  fixture f("limits: {idle_timeout: 10ms}\n");
  BOOST_TEST(f.hear_all().empty());
  f.run_out();
  BOOST_TEST(f.watch.statuses.empty());
}

BOOST_AUTO_TEST_CASE(a_head_over_the_limit_is_431_and_the_end) {
  fixture f;
  f.client->send("GET / HTTP/1.1\r\nX: " + std::string(17'000, 'x'));
  BOOST_TEST(f.hear_all().starts_with("HTTP/1.1 431 "));
  f.client->close();
  f.run_out();
}

BOOST_AUTO_TEST_CASE(an_unread_body_is_drained_or_ends_the_connection) {
  fixture f;
  const std::string head = "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: ";
  f.client->send(head + "65536\r\n\r\n" + std::string(65'536, 'x') + nowhere);
  std::string got = f.hear(2);
  BOOST_TEST(count(got, "HTTP/1.1 404 ") == 2U);
  BOOST_TEST(count(got, "Connection: close") == 0U);
  f.client->send(head + "65537\r\n\r\n");
  got = f.hear_all();
  BOOST_TEST(got.starts_with("HTTP/1.1 404 "));
  BOOST_TEST(count(got, "Connection: close") == 1U);
  f.client->close();
  f.run_out();
}

BOOST_AUTO_TEST_CASE(what_was_read_when_draining_began_is_answered) {
  fixture f;
  f.client->send(nowhere);
  // The next request is there when the session reads again; told to drain before it goes on, it
  // looks idle and has read it all the same.
  f.watch.on_report = [&] {
    f.client->send(nowhere);
    io::post(f.context, [&] { ses::drain_sessions(*f.worker); });
  };
  const std::string got = f.hear_all();
  BOOST_TEST(count(got, "HTTP/1.1 404 ") == 2U);
  BOOST_TEST(count(got, "Connection: close") == 1U);
  f.client->close();
  f.run_out();
}

BOOST_AUTO_TEST_CASE(what_waits_in_the_kernel_when_draining_begins_is_answered) {
  for (const bool spoke : {false, true}) {
    fixture f;
    if (spoke) {
      f.client->send(nowhere);
      BOOST_TEST(f.hear().starts_with("HTTP/1.1 404 "));
    }
    f.client->send(nowhere);
    ses::drain_sessions(*f.worker);
    const std::string got = f.hear_all();
    BOOST_TEST(got.starts_with("HTTP/1.1 404 "));
    BOOST_TEST(count(got, "Connection: close") == 1U);
    f.client->close();
    f.run_out();
  }
}

BOOST_AUTO_TEST_CASE(who_is_idle_when_draining_begins_is_closed) {
  fixture f;
  f.client->send(nowhere);
  BOOST_TEST(f.hear().starts_with("HTTP/1.1 404 "));
  ses::drain_sessions(*f.worker);
  f.settle();
  BOOST_TEST(f.client->receive_now().empty());
  BOOST_TEST(f.client->at_end());
  f.client->close();
  f.run_out();
}

BOOST_AUTO_TEST_CASE(who_has_just_connected_when_draining_begins_has_a_moment) {
  for (const bool speaks : {false, true}) {
    fixture f;
    ses::drain_sessions(*f.worker);
    f.settle();
    BOOST_TEST(!f.client->at_end());
    if (speaks) {
      f.client->send(nowhere);
      f.settle();
      const std::string got = f.client->receive_now();
      BOOST_TEST(got.starts_with("HTTP/1.1 404 "));
      BOOST_TEST(count(got, "Connection: close") == 1U);
      f.client->close();
    }
    f.run_out();
    if (!speaks) BOOST_TEST(f.client->at_end());
  }
}

BOOST_AUTO_TEST_CASE(who_comes_while_we_drain_is_answered_once) {
  house h;
  ses::drain_sessions(*h.worker);
  auto [socket, client] = h.connection();
  io::spawn(h.context, ses::run_session(h.worker.get(), std::move(socket)));
  h.settle();
  BOOST_TEST(!client.at_end());
  client.send(nowhere);
  h.settle();
  const std::string got = client.receive_now();
  BOOST_TEST(got.starts_with("HTTP/1.1 404 "));
  BOOST_TEST(count(got, "Connection: close") == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_begins_once_the_worker_ends) {
  house h;
  h.worker->ending = true;
  auto [socket, client] = h.connection();
  io::spawn(h.context, ses::run_session(h.worker.get(), std::move(socket)));
  h.settle();
  BOOST_TEST(client.at_end());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
