// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/capture.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <sstream>
#include <string>
#include <thread>

#include "tests/gateway/log/folder.hpp"

namespace tests {

namespace {

namespace fs = std::filesystem;
using queue = gateway::log::capture;

core::config::capture settings(std::uint32_t requests = 1000) {
  core::config::capture s;
  s.requests = requests;
  return s;
}

std::string id(unsigned n) {
  const std::string digits = std::to_string(n);
  return std::string(32 - digits.size(), 'a') + digits;
}

core::observe::captured refused(std::string_view body = {}) {
  core::observe::captured r;
  r.reason = core::base::errc::bad_signature;
  r.head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  r.body = body;
  r.how = core::observe::captured_body::whole;
  return r;
}

std::size_t count(const folder& here) {
  std::size_t n = 0;
  for (const auto& e : fs::directory_iterator(here.at))
    if (e.is_regular_file()) ++n;
  return n;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(log)
BOOST_AUTO_TEST_SUITE(capture)

BOOST_AUTO_TEST_CASE(who_hands_over_does_not_write) {
  const folder here;
  queue requests(settings(), here.at);
  requests.put(id(1), refused("body"));
  BOOST_TEST(count(here) == 0U);
  BOOST_TEST(requests.written() == 0U);
  requests.write();
  BOOST_TEST(here.text((id(1) + ".http").c_str()) ==
             "GET / HTTP/1.1\r\nX-Countersign-Captured: at=0; reason=bad_signature; body=whole\r\n"
             "Host: a\r\n\r\nbody");
  BOOST_TEST(requests.written() == 1U);
  BOOST_TEST(requests.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(the_newest_are_kept) {
  const folder here;
  queue requests(settings(2), here.at);
  for (unsigned i = 1; i <= 3; ++i) requests.put(id(i), refused());
  requests.write();
  BOOST_TEST(count(here) == 2U);
  BOOST_TEST(!fs::exists(here.at / (id(1) + ".http")));
  BOOST_TEST(requests.written() == 3U);
}

BOOST_AUTO_TEST_CASE(so_many_wait_and_no_more) {
  const folder here;
  queue requests(settings(), here.at);
  for (unsigned i = 0; i < queue::most_waiting + 2; ++i) requests.put(id(i), refused());
  BOOST_TEST(requests.dropped() == 2U);
  requests.write();
  BOOST_TEST(count(here) == queue::most_waiting);
  requests.put(id(99), refused());
  BOOST_TEST(requests.dropped() == 2U);
}

BOOST_AUTO_TEST_CASE(so_many_bytes_wait_and_no_more) {
  const folder here;
  queue requests(settings(), here.at);
  const std::string third(queue::most_bytes / 3, 'x');
  requests.put(id(1), refused(third));
  requests.put(id(2), refused(third));
  requests.put(id(3), refused(third));
  BOOST_TEST(requests.dropped() == 1U);
  requests.put(id(4), refused("small"));
  BOOST_TEST(requests.dropped() == 1U);
  requests.write();
  BOOST_TEST(requests.written() == 3U);
  requests.put(id(5), refused(std::string(queue::most_bytes, 'x')));
  BOOST_TEST(requests.dropped() == 2U);
  requests.put(id(6), refused(std::string(queue::most_bytes - 512, 'x')));
  BOOST_TEST(requests.dropped() == 2U);
}

BOOST_AUTO_TEST_CASE(after_its_end_it_takes_nothing) {
  const folder here;
  core::config::capture s = settings();
  BOOST_TEST(queue(s, here.at).takes(std::int64_t{1} << 60));
  s.until = 1000;
  const queue requests(s, here.at);
  BOOST_TEST(requests.takes(999));
  BOOST_TEST(!requests.takes(1000));
}

BOOST_AUTO_TEST_CASE(the_end_writes_what_waits) {
  const folder here;
  std::ostringstream said;
  ::gateway::log::logger diagnostics(said, ::gateway::log::level::info);
  queue requests(settings(), here.at);
  {
    const ::gateway::log::capture_writer writer(requests, diagnostics);
    for (unsigned i = 0; i < 20; ++i) requests.put(id(i), refused("body"));
  }
  BOOST_TEST(count(here) == 20U);
  BOOST_TEST(requests.written() == 20U);
  BOOST_TEST(said.str().empty(), said.str());
}

BOOST_AUTO_TEST_CASE(several_workers_lose_nothing_that_is_not_counted) {
  const folder here;
  std::ostringstream said;
  ::gateway::log::logger diagnostics(said, ::gateway::log::level::info);
  queue requests(settings(), here.at);
  constexpr unsigned each = 200;
  {
    const ::gateway::log::capture_writer writer(requests, diagnostics);
    const auto work = [&requests](unsigned first) {
      for (unsigned i = 0; i < each; ++i) requests.put(id(first + i), refused("body"));
    };
    std::jthread one(work, 1000U), two(work, 2000U);
  }
  BOOST_TEST(requests.written() + requests.dropped() == 2 * each);
  BOOST_TEST(count(here) == requests.written());
  BOOST_TEST(requests.written() > 0U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_gone_is_counted_and_told_and_nothing_more) {
  const folder here;
  fs::create_directory(here.at / "inner");
  std::ostringstream said;
  ::gateway::log::logger diagnostics(said, ::gateway::log::level::info);
  queue requests(settings(), here.at / "inner");
  fs::remove(here.at / "inner");
  {
    const ::gateway::log::capture_writer writer(requests, diagnostics);
    requests.put(id(1), refused());
    requests.put(id(2), refused());
  }
  BOOST_TEST(requests.dropped() == 2U);
  BOOST_TEST(count(said.str(), " since the start: can't write ") >= 1U, said.str());
  BOOST_TEST(count(said.str(), "2 since the start: can't write ") == 1U, said.str());
  BOOST_TEST(count(said.str(), "No such file or directory\n") >= 1U, said.str());
}

BOOST_AUTO_TEST_CASE(a_loss_is_told_once_in_ten_seconds) {
  const folder here;
  queue requests(settings(), here.at);
  constexpr std::int64_t start = 5, second = 1'000'000;
  BOOST_TEST(!requests.loss(start).has_value());
  requests.lose();
  BOOST_TEST(requests.loss(start).value_or("") ==
             "capture: 1 more requests lost, 1 since the start");
  requests.lose();
  requests.lose();
  BOOST_TEST(!requests.loss(start + 10 * second - 1).has_value());
  BOOST_TEST(requests.loss(start + 10 * second).value_or("") ==
             "capture: 2 more requests lost, 3 since the start");
  BOOST_TEST(!requests.loss(start + 30 * second).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
