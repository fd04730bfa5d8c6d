// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/worker.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <string_view>

#include "gateway/session/session.hpp"
#include "tests/gateway/session/house.hpp"

namespace tests {

namespace {

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(session)
BOOST_AUTO_TEST_SUITE(worker)

BOOST_AUTO_TEST_CASE(ids_are_hex_and_none_comes_twice_in_any_worker) {
  house first;
  house second;
  std::set<std::string> seen;
  for (int i = 0; i < 5000; ++i)
    for (const house* each : {&first, &second}) {
      const auto id = each->worker->new_request_id();
      const std::string text(id.data(), id.size());
      BOOST_REQUIRE(is_hex(text));
      BOOST_REQUIRE(seen.insert(text).second);
    }
}

BOOST_AUTO_TEST_CASE(one_id_does_not_tell_the_next) {
  house h;
  std::string before;
  for (int i = 0; i < 100; ++i) {
    const auto id = h.worker->new_request_id();
    const std::string text(id.data(), id.size());
    int same = 0;
    for (std::size_t at = 0; at < before.size(); ++at) same += before[at] == text[at] ? 1 : 0;
    BOOST_TEST(same < 16);  // of 32 digits, 2 by chance
    before = text;
  }
}

BOOST_AUTO_TEST_CASE(a_trace_parent_bears_the_id_of_its_request_and_a_span_of_its_own) {
  house h;
  std::set<std::string> spans;
  const auto early = h.worker->new_request_id();
  for (int i = 0; i < 100; ++i) {
    // One that had to wait for its body, meanwhile.
    for (const auto& id : {early, h.worker->new_request_id()}) {
      const auto made = h.worker->new_trace_parent(id);
      const std::string_view text(made.data(), made.size());
      BOOST_TEST(text.substr(0, 3) == "00-");
      BOOST_TEST(text.substr(3, 32) == std::string_view(id.data(), id.size()));
      BOOST_TEST(is_hex(text.substr(36, 16)));
      BOOST_TEST(spans.emplace(text.substr(36, 16)).second);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_date_follows_the_clock_both_ways) {
  house h;
  const auto at = [](std::int64_t second) { return core::base::from_unix_seconds(second); };
  BOOST_TEST(h.worker->date(at(1'700'000'000)) == "Tue, 14 Nov 2023 22:13:20 GMT");
  BOOST_TEST(h.worker->date(at(1'700'000'000)) == "Tue, 14 Nov 2023 22:13:20 GMT");
  BOOST_TEST(h.worker->date(at(1'700'000'001)) == "Tue, 14 Nov 2023 22:13:21 GMT");
  BOOST_TEST(h.worker->date(at(1'699'999'999)) == "Tue, 14 Nov 2023 22:13:19 GMT");
}

BOOST_AUTO_TEST_CASE(scratch_is_lent_again_without_what_was_large_in_it) {
  house h;
  auto lent = h.worker->borrow_scratch();
  const ses::scratch* const same = lent.get();
  lent->answer.assign(1U << 20U, 'x');
  h.worker->give_back(std::move(lent));
  auto again = h.worker->borrow_scratch();
  BOOST_TEST(again.get() == same);
  BOOST_TEST(again->answer.capacity() <= 64U * 1024U);
  BOOST_TEST((h.worker->borrow_scratch().get() != same));
}

namespace {

/// A request of which the upstream has not answered yet.
struct in_flight : house {
  in_flight() : client(begin()), upstream(take()) {}
  peer begin() {
    auto [socket, other] = connection();
    start(ses::run_session(worker.get(), std::move(socket)), [](std::exception_ptr) {});
    other.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n");
    return std::move(other);
  }
  peer take() {
    until([this] { return !service.empty(); });
    peer arrived = service.accept();
    std::string asked;
    until([&] {
      asked += arrived.receive_now();
      return !asked.empty();
    });
    return arrived;
  }
  void answer() const {
    upstream.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  }
  void answered() {
    until([this] { return watch.requests == 0; });
  }

  peer client;
  peer upstream;
};

std::shared_ptr<const core::admission::snapshot> without_open() {
  return compile(
      "listen: 127.0.0.1:0\nclients: {billing: {token: my_key, secret: 0123456789abcdef}}\n"
      "upstreams: {orders: http://127.0.0.1:9}\n"
      "routes: [{path: /api/, scheme: laravel, upstream: orders}]\n");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_generation_that_nobody_goes_by_is_given_up_at_once) {
  house h;
  std::vector<std::shared_ptr<const ses::generation>> given_up;
  h.worker->discard = [&](auto last) { given_up.push_back(std::move(last)); };
  const auto* first = &h.worker->current();
  const auto next = h.make(without_open());
  h.worker->take_up(next);
  BOOST_TEST(&h.worker->current() == next.get());
  BOOST_REQUIRE(given_up.size() == 1U);
  BOOST_TEST(given_up[0].get() == first);
  BOOST_TEST(given_up[0].use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_request_that_has_begun_ends_on_the_generation_that_it_began_on) {
  in_flight f;
  std::vector<std::shared_ptr<const ses::generation>> given_up;
  f.worker->discard = [&](auto last) { given_up.push_back(std::move(last)); };
  const auto* first = &f.worker->current();
  f.worker->take_up(f.make(without_open()));
  const auto third = f.make(without_open());
  f.worker->take_up(third);
  BOOST_REQUIRE(given_up.size() == 1U);  // the second, which nobody has gone by
  BOOST_TEST(given_up[0].get() != first);
  f.answer();
  f.answered();
  BOOST_TEST(f.client.receive_now().starts_with("HTTP/1.1 200 "));
  BOOST_REQUIRE(f.watch.began_on.size() == 1U);
  BOOST_TEST(f.watch.began_on[0] == first);
  f.until([&] { return given_up.size() == 2U; });
  BOOST_TEST(given_up[1].get() == first);
  // The connection has stayed, and its next request goes by the last one.
  f.client.send("GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n");
  f.until([&f] { return f.watch.began_on.size() == 2U; });
  BOOST_TEST(f.watch.statuses[1] == 404U);
  BOOST_TEST(f.watch.began_on[1] == third.get());
  f.client.finish();
  f.settle();
}

BOOST_AUTO_TEST_CASE(with_nobody_to_take_it_a_generation_dies_here) {
  house h;
  h.rules.reset();
  std::weak_ptr<const core::admission::snapshot> first = h.worker->current().rules;
  h.worker->take_up(h.make(without_open()));
  BOOST_TEST(first.expired());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
