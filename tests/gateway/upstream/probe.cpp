// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/probe.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace up = gateway::upstream;
using std::chrono::milliseconds;

constexpr milliseconds long_time{10'000};

struct fixture : event_loop {
  ~fixture() { end(); }

  up::probe_target target(milliseconds timeout = long_time) const {
    return {service.address(), "a.example:81", "/healthz?x=1", timeout};
  }
  /// What a probe says of a service that answers so and closes.
  std::string why(const std::string& answer) {
    std::string said;
    std::thread other([&] {
      const peer one = service.accept();
      asked = one.receive(request.size());
      one.send_now(answer);
      one.finish();
      (void)one.receive_all();
    });
    said = run(up::probe(&sockets, &wheel, target()));
    other.join();
    return said;
  }

  const std::string request =
      "GET /healthz?x=1 HTTP/1.1\r\nHost: a.example:81\r\nUser-Agent: countersign-probe\r\n"
      "Accept: */*\r\nConnection: close\r\n\r\n";
  listening service;
  std::string asked;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(probe)

BOOST_AUTO_TEST_CASE(it_asks_for_the_path_with_the_endpoints_host) {
  fixture f;
  BOOST_TEST(f.why("HTTP/1.1 200 OK\r\n\r\n") == "");
  BOOST_TEST(f.asked == f.request);
}

BOOST_AUTO_TEST_CASE(answers_are_judged_by_their_status) {
  for (const auto& [answer, why] : std::vector<std::pair<std::string, std::string>>{
           {"HTTP/1.1 204 No Content\r\n\r\n", ""},
           {"HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n", ""},
           {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", ""},  // its head is enough
           {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", ""},
           {"HTTP/1.1 503 X\r\n\r\n", "the answer was 503"},
           {"HTTP/1.1 404 X\r\n\r\n", "the answer was 404"},
           {"HTTP/1.1 101 X\r\n\r\n", "the answer was 101"},
           {"", "the connection ended before an answer"},
           {"HTTP/1.1 200 OK\r\n", "the connection ended before an answer"},
           {"nonsense\r\n\r\n", "the answer is not HTTP"},
           {"HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
            "the answer is not HTTP"}}) {
    fixture f;
    BOOST_TEST(f.why(answer) == why, answer.substr(0, 40));
  }
}

BOOST_AUTO_TEST_CASE(a_port_on_which_nobody_listens_refuses) {
  fixture f;
  f.service.close();
  BOOST_TEST(f.run(up::probe(&f.sockets, &f.wheel, f.target())) == "Connection refused");
}

BOOST_AUTO_TEST_CASE(silence_has_an_end) {
  fixture f;
  BOOST_TEST(f.run(up::probe(&f.sockets, &f.wheel, f.target(milliseconds(50)))) ==
             "no answer within 50 ms");
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_byte_by_byte_has_the_same_end) {
  fixture f;
  std::optional<std::string> said;
  f.start(up::probe(&f.sockets, &f.wheel, f.target(milliseconds(300))),
          [&](std::exception_ptr, std::string why) { said = std::move(why); });
  f.settle();
  const peer one = f.service.accept();
  f.until([&] {
    if (!said) one.send_now("H");
    return said.has_value();
  });
  // Nonsense is told at once where the parser sees it, else the time runs out.
  BOOST_TEST(!said->empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
