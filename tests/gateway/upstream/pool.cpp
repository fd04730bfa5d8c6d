// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/pool.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/metrics/registry.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace up = gateway::upstream;
using std::chrono::milliseconds;

/// One upstream of so many endpoints, each a listening socket of the test's own.
struct fixture : event_loop {
  explicit fixture(std::size_t endpoints = 1, milliseconds idle_timeout = milliseconds(60'000)) {
    up::group g;
    g.settings.name = "orders";
    g.settings.idle_timeout = idle_timeout;
    ::gateway::metrics::catalog names;
    names.upstreams = {{"orders", {}}};
    for (std::size_t i = 0; i < endpoints; ++i) {
      services.push_back(std::make_unique<listening>());
      g.endpoints.push_back({services.back()->address(), "a"});
      names.upstreams[0].endpoints.push_back(std::to_string(i));
    }
    groups.push_back(std::move(g));
    counters = std::make_unique<::gateway::metrics::registry>(names, 1);
    pool = std::make_unique<up::pool>(sockets, wheel, counters->worker(0));
    roster = pool->take_up(groups, counters->places());
  }
  // Whatever a test did: at the end nothing is left running, and no connection is counted.
  ~fixture() {
    pool.reset();
    end();
    for (std::size_t i = 0; i < services.size(); ++i) BOOST_TEST(connections(i) == 0);
  }

  up::connection acquire() { return acquire(roster[0]); }
  up::connection acquire(up::member& from) {
    up::endpoint_set tried;
    return run(pool->acquire(from, tried));
  }
  void give_back(up::connection c, bool reusable = true) {
    pool->give_back(roster[0], std::move(c), reusable);
  }
  [[nodiscard]] std::int64_t connections(std::size_t endpoint) const {
    return counters->look().endpoints[endpoint].connections;
  }
  [[nodiscard]] bool up(std::size_t endpoint) const {
    return counters->look().endpoints[endpoint].up;
  }

  std::vector<std::unique_ptr<listening>> services;
  std::vector<up::group> groups;
  std::unique_ptr<::gateway::metrics::registry> counters;
  std::unique_ptr<up::pool> pool;
  up::roster roster;
};

// One request after the other, as a client that pipelines has them served: between giving back and
// taking the loop does not turn, so it hears nothing of what the upstream does in between.
io::task<up::connection> give_back_and_acquire(fixture* f, up::connection used,
                                               std::function<void()> before,
                                               std::function<void()> between) {
  before();
  f->give_back(std::move(used));
  between();
  up::endpoint_set tried;
  co_return co_await f->pool->acquire(f->roster[0], tried);
}

io::task<io::io_error> connect(io::transport* stream, io::tcp_endpoint where) {
  co_return co_await stream->connect(where, milliseconds(100));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(pool)

BOOST_AUTO_TEST_CASE(a_connection_given_back_is_used_again) {
  fixture f;
  up::connection first = f.acquire();
  BOOST_REQUIRE(first.stream);
  BOOST_TEST(!first.reused);
  BOOST_TEST(f.connections(0) == 1);
  const io::transport* const same = first.stream.get();
  f.give_back(std::move(first));
  BOOST_TEST(f.connections(0) == 1);
  up::connection second = f.acquire();
  BOOST_TEST(second.stream.get() == same);
  BOOST_TEST(second.reused);
  const peer service = f.services[0]->accept();
  BOOST_TEST(f.services[0]->empty());
  second.stream->write_now("hello");
  BOOST_TEST(service.receive(5) == "hello");
  f.give_back(std::move(second));
}

BOOST_AUTO_TEST_CASE(connections_in_use_are_not_shared) {
  fixture f;
  up::connection first = f.acquire();
  up::connection second = f.acquire();
  BOOST_TEST(first.stream.get() != second.stream.get());
  BOOST_TEST(f.connections(0) == 2);
  f.give_back(std::move(first));
  f.give_back(std::move(second));
}

BOOST_AUTO_TEST_CASE(the_one_used_last_is_used_first) {
  fixture f;
  up::connection first = f.acquire();
  up::connection second = f.acquire();
  const io::transport* const last = first.stream.get();
  f.give_back(std::move(second));
  f.give_back(std::move(first));
  up::connection again = f.acquire();
  BOOST_TEST(again.stream.get() == last);
  f.give_back(std::move(again));
}

BOOST_AUTO_TEST_CASE(what_is_not_reusable_is_closed) {
  fixture f;
  f.give_back(f.acquire(), false);
  BOOST_TEST(f.connections(0) == 0);
  const peer service = f.services[0]->accept();
  BOOST_TEST(service.receive_all().empty());
  up::connection next = f.acquire();
  BOOST_TEST(!next.reused);
  f.give_back(std::move(next));
}

BOOST_AUTO_TEST_CASE(giving_back_nothing_changes_nothing) {
  fixture f;
  f.give_back({});
  BOOST_TEST(f.connections(0) == 0);
}

BOOST_AUTO_TEST_CASE(endpoints_take_turns) {
  fixture f(3);
  std::vector<up::connection> held;
  for (std::uint32_t i = 0; i < 6; ++i) {
    held.push_back(f.acquire());
    BOOST_TEST(held.back().endpoint == i % 3);
  }
  for (up::connection& c : held) f.give_back(std::move(c));
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(f.connections(i) == 2);
}

BOOST_AUTO_TEST_CASE(where_one_endpoint_refuses_the_next_one_is_taken) {
  fixture f(2);
  f.services[0]->close();
  up::connection c = f.acquire();
  BOOST_REQUIRE(c.stream);
  BOOST_TEST(c.endpoint == 1U);
  BOOST_TEST(!f.up(0));
  BOOST_TEST(f.up(1));
  f.give_back(std::move(c), false);
}

BOOST_AUTO_TEST_CASE(where_all_refuse_there_is_no_connection) {
  fixture f(3);
  for (auto& s : f.services) s->close();
  BOOST_TEST(!f.acquire().stream);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(!f.up(i));
}

BOOST_AUTO_TEST_CASE(each_request_tries_every_endpoint_whoever_else_takes_turns_meanwhile) {
  fixture f(2);
  f.services[0]->close();
  // The second one takes its turn while the first one waits for endpoint 0, and so on.
  std::vector<up::connection> got(5);
  std::vector<up::endpoint_set> tried(got.size());
  std::size_t ended = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    f.start(whole(f.pool->acquire(f.roster[0], tried[i])),
            [&ended, &each = got[i]](std::exception_ptr, up::connection c) {
              each = std::move(c);
              ++ended;
            });
  f.until([&] { return ended == got.size(); });
  for (up::connection& each : got) {
    BOOST_TEST((each.stream != nullptr));
    f.give_back(std::move(each), false);
  }
}

BOOST_AUTO_TEST_CASE(a_connection_that_the_upstream_closed_while_it_was_unused_is_not_handed_out) {
  fixture f;
  f.give_back(f.acquire());
  f.services[0]->accept().close();
  f.settle();
  up::connection next = f.acquire();
  BOOST_TEST(!next.reused);
  BOOST_TEST(f.connections(0) == 1);
  f.give_back(std::move(next));
}

BOOST_AUTO_TEST_CASE(a_connection_on_which_the_upstream_spoke_unasked_is_not_handed_out) {
  fixture f;
  f.give_back(f.acquire());
  const peer service = f.services[0]->accept();
  // Whoever came next would take this for the answer to another request.
  service.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  f.settle();
  up::connection next = f.acquire();
  BOOST_TEST(!next.reused);
  f.give_back(std::move(next));
}

BOOST_AUTO_TEST_CASE(what_the_upstream_did_counts_before_the_loop_hears_of_it) {
  const auto nothing = [] {};
  for (const bool closes : {false, true}) {
    for (const bool early : {false, true}) {
      fixture f;
      up::connection first = f.acquire();
      peer service = f.services[0]->accept();
      const std::function<void()> act = [&] {
        if (closes)
          service.finish();
        else
          service.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
      };
      const std::function<void()> before = early ? act : nothing;
      const std::function<void()> between = early ? nothing : act;
      up::connection next = f.run(give_back_and_acquire(&f, std::move(first), before, between));
      BOOST_REQUIRE(next.stream);
      BOOST_TEST(!next.reused, "closes " << closes << ", early " << early);
      f.give_back(std::move(next));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_unused_for_longer_than_its_time_is_closed) {
  fixture f(1, milliseconds(1));
  f.give_back(f.acquire());
  const peer service = f.services[0]->accept();
  f.until([&] { return f.connections(0) == 0; });
  BOOST_TEST(service.at_end());
}

BOOST_AUTO_TEST_CASE(what_is_in_use_when_time_is_swept_stays) {
  fixture f(1, milliseconds(1));
  up::connection busy = f.acquire();
  f.give_back(f.acquire());
  f.until([&] { return f.connections(0) == 1; });
  BOOST_TEST(busy.stream->quiet());
  f.give_back(std::move(busy), false);
}

BOOST_AUTO_TEST_CASE(closing_what_is_unused_leaves_the_rest_alone) {
  fixture f;
  up::connection busy = f.acquire();
  f.give_back(f.acquire());
  f.pool->close_idle();
  BOOST_TEST(f.connections(0) == 1);
  BOOST_TEST(busy.stream->quiet());
  f.give_back(std::move(busy));
  f.pool->close_idle();
  BOOST_TEST(f.connections(0) == 0);
}

BOOST_AUTO_TEST_CASE(connecting_ends_at_its_deadline_and_goes_on_to_the_next) {
  fixture f(2);
  f.groups[0].settings.connect_timeout = milliseconds(100);
  // A full queue of a listener that never accepts: the kernel drops what comes then.
  listening full(0);
  f.groups[0].endpoints[0].address = full.address();
  f.roster = f.pool->take_up(f.groups, f.counters->places());
  io::io_error last = io::io_error::none;
  std::vector<std::unique_ptr<io::transport>> waiting;
  for (int i = 0; i < 8 && last == io::io_error::none; ++i) {
    waiting.push_back(std::make_unique<io::transport>(f.sockets, f.wheel));
    last = f.run(connect(waiting.back().get(), full.address()));
  }
  BOOST_REQUIRE((last == io::io_error::timeout));
  up::connection c = f.acquire();
  BOOST_REQUIRE(c.stream);
  BOOST_TEST(c.endpoint == 1U);
  BOOST_TEST(!f.up(0));
  f.give_back(std::move(c), false);
}

namespace {

const ::gateway::metrics::catalog the_second{{}, {}, {{"orders", {"1"}}}, 1000, {}, {}};

/// The group with these of the fixture's services, by position.
std::vector<up::group> of(const fixture& f, const std::vector<std::size_t>& which) {
  up::group g;
  g.settings = f.groups[0].settings;
  for (const std::size_t i : which) g.endpoints.push_back({f.services[i]->address(), "a"});
  std::vector<up::group> all;
  all.push_back(std::move(g));
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_endpoint_that_stays_keeps_its_connections) {
  fixture f(2);
  up::connection first = f.acquire();
  up::connection second = f.acquire();
  BOOST_TEST(first.endpoint == 0U);
  BOOST_TEST(second.endpoint == 1U);
  const io::transport* const kept = second.stream.get();
  f.give_back(std::move(first));
  f.give_back(std::move(second));
  const auto groups = of(f, {1});
  // Where it is counted is its place, wherever it stands in the configuration.
  up::roster next = f.pool->take_up(groups, *f.counters->take_up(the_second));
  BOOST_TEST(f.connections(0) == 0);
  BOOST_TEST(f.connections(1) == 1);
  BOOST_TEST(f.services[0]->accept().receive_all().empty());  // closed
  up::connection again = f.acquire(next[0]);
  BOOST_TEST(again.stream.get() == kept);
  BOOST_TEST(again.endpoint == 0U);
  f.pool->give_back(next[0], std::move(again), true);
  BOOST_TEST(f.connections(1) == 1);
  f.roster.clear();
  f.pool->close_idle();
}

BOOST_AUTO_TEST_CASE(what_was_begun_before_ends_with_its_own_roster) {
  fixture f(2);
  up::connection first = f.acquire();
  up::connection second = f.acquire();
  const auto groups = of(f, {1});
  up::roster next = f.pool->take_up(groups, *f.counters->take_up(the_second));
  // It may still open one, and what it gives back is kept only where it is of use.
  f.give_back(std::move(first));
  BOOST_TEST(f.connections(0) == 0);
  const io::transport* const kept = second.stream.get();
  f.give_back(std::move(second));
  up::connection one_more = f.acquire();
  BOOST_REQUIRE(one_more.stream);
  BOOST_TEST(one_more.endpoint == 0U);
  BOOST_TEST(!one_more.reused);
  BOOST_TEST(f.connections(0) == 1);
  f.give_back(std::move(one_more));
  BOOST_TEST(f.connections(0) == 0);
  up::connection again = f.acquire(next[0]);
  BOOST_TEST(again.stream.get() == kept);
  f.pool->give_back(next[0], std::move(again), false);
}

BOOST_AUTO_TEST_CASE(another_upstream_is_another_one_though_its_endpoint_is_the_same) {
  fixture f;
  f.give_back(f.acquire());
  auto groups = of(f, {0});
  groups[0].settings.name = "stock";
  f.pool->take_up(groups, f.counters->places());
  BOOST_TEST(f.services[0]->accept().receive_all().empty());
  BOOST_TEST(f.connections(0) == 0);
}

BOOST_AUTO_TEST_CASE(the_last_idle_timeout_counts) {
  fixture f;
  f.give_back(f.acquire());
  auto groups = of(f, {0});
  groups[0].settings.idle_timeout = milliseconds(0);
  f.roster = f.pool->take_up(groups, f.counters->places());
  f.until([&f] { return f.connections(0) == 0; });
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
