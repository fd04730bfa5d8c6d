// SPDX-License-Identifier: Apache-2.0
// Which endpoint the pool picks, and what it learns of those that fail.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/metrics/registry.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/upstream/pool.hpp"
#include "tests/gateway/net/loopback.hpp"
#include "tests/gateway/net/no_descriptors.hpp"

namespace tests {

namespace {

namespace up = gateway::upstream;
using core::upstream::outcome;
using std::chrono::milliseconds;

struct fixture : event_loop {
  explicit fixture(const core::config::upstream& settings, std::vector<std::uint32_t> weights)
      : registry(names(weights.size()), 1), pool(sockets, wheel, registry.worker(0)) {
    up::group g;
    g.settings = settings;
    g.settings.name = "orders";
    for (const std::uint32_t weight : weights) {
      services.push_back(std::make_unique<listening>());
      conditions.push_back(std::make_shared<up::condition>());
      g.endpoints.push_back({services.back()->address(), "a", weight, conditions.back()});
    }
    groups.push_back(std::move(g));
    roster = pool.take_up(groups, registry.places());
    pool.tell = [this](const up::news& one) { told.push_back(one.text); };
  }
  ~fixture() {
    pool.close_idle();
    end();
    for (const auto& c : conditions) BOOST_TEST(c->outstanding() == 0U);
  }

  static ::gateway::metrics::catalog names(std::size_t count) {
    ::gateway::metrics::catalog all;
    all.upstreams = {{"orders", {}}};
    for (std::size_t i = 0; i < count; ++i) all.upstreams[0].endpoints.push_back(std::to_string(i));
    return all;
  }
  up::connection acquire(up::endpoint_set tried = {}) {
    return run(pool.acquire(roster[0], tried));
  }
  /// The endpoints of the next so many requests, one after the other.
  std::string next(int count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
      up::connection one = acquire();
      all += one.stream ? static_cast<char>('a' + one.endpoint) : '-';
      pool.give_back(roster[0], std::move(one), true);
    }
    return all;
  }
  void note(std::uint32_t endpoint, outcome what, int times = 1) {
    for (int i = 0; i < times; ++i) pool.note(roster[0], endpoint, what);
  }

  std::vector<std::unique_ptr<listening>> services;
  std::vector<std::shared_ptr<up::condition>> conditions;
  std::vector<up::group> groups;
  std::vector<std::string> told;
  ::gateway::metrics::registry registry;
  up::pool pool;
  up::roster roster;
};

milliseconds now() { return milliseconds(::gateway::sys::coarse_steady_us() / 1000); }

core::config::upstream round_robin() { return {}; }

core::config::upstream least_busy() {
  core::config::upstream u;
  u.balance = core::config::balance::least_busy;
  return u;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(choice)

BOOST_AUTO_TEST_CASE(turns_go_by_weight) {
  fixture f(round_robin(), {5, 1, 1});
  BOOST_TEST(f.next(7) == "aabacaa");
}

BOOST_AUTO_TEST_CASE(the_least_busy_one_is_taken) {
  fixture f(least_busy(), {1, 1});
  up::connection first = f.acquire();
  up::connection second = f.acquire();
  BOOST_TEST(first.endpoint != second.endpoint);
  BOOST_TEST(f.conditions[0]->outstanding() == 1U);
  f.pool.give_back(f.roster[0], std::move(first), true);
  BOOST_TEST(f.conditions[0]->outstanding() == 0U);
  up::connection third = f.acquire();
  BOOST_TEST(third.endpoint == 0U);
  // What another worker sends there counts as well.
  const up::condition::request other(*f.conditions[0]);
  const up::condition::request another(*f.conditions[0]);
  up::connection fourth = f.acquire();
  BOOST_TEST(fourth.endpoint == 1U);
  for (up::connection* one : {&second, &third, &fourth})
    f.pool.give_back(f.roster[0], std::move(*one), false);
}

BOOST_AUTO_TEST_CASE(a_request_that_ends_in_any_way_is_not_counted_any_more) {
  fixture f(least_busy(), {1});
  {
    const up::connection dropped = f.acquire();
    BOOST_TEST(f.conditions[0]->outstanding() == 1U);
  }
  BOOST_TEST(f.conditions[0]->outstanding() == 0U);
  f.services[0]->close();
  BOOST_TEST(!f.acquire().stream);
  BOOST_TEST(f.conditions[0]->outstanding() == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_is_down_gets_nothing) {
  fixture f(round_robin(), {1, 1, 1});
  f.conditions[1]->go_down();
  BOOST_TEST(f.next(4) == "acac");
  f.conditions[1]->end_probes();
  BOOST_TEST(f.next(30).find('b') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_all_are_down_nobody_is_asked) {
  fixture f(round_robin(), {1, 1});
  for (const auto& c : f.conditions) c->go_down();
  const up::connection none = f.acquire();
  BOOST_TEST(!none.stream);
  BOOST_TEST(none.refused == 0U);
  for (const auto& s : f.services) BOOST_TEST(s->empty());
}

BOOST_AUTO_TEST_CASE(a_single_one_is_asked_unless_probes_say_that_it_is_down) {
  core::config::upstream probed;
  probed.health.emplace();
  fixture f(probed, {1});
  f.note(0, outcome::unreachable, 100);
  BOOST_TEST(f.next(1) == "a");
  f.conditions[0]->go_down();
  BOOST_TEST(f.next(1) == "-");
}

BOOST_AUTO_TEST_CASE(who_was_tried_is_not_tried_again) {
  fixture f(round_robin(), {1, 1});
  up::endpoint_set tried;
  tried.set(0);
  for (int i = 0; i < 3; ++i) {
    up::connection one = f.acquire(tried);
    BOOST_TEST(one.endpoint == 1U);
    f.pool.give_back(f.roster[0], std::move(one), true);
  }
  tried.set(1);
  BOOST_TEST(!f.acquire(tried).stream);
}

BOOST_AUTO_TEST_CASE(failures_in_a_row_eject_and_are_told_once) {
  fixture f(round_robin(), {1, 1});
  f.note(0, outcome::late, 4);
  f.note(0, outcome::served);
  f.note(0, outcome::late, 4);
  BOOST_TEST(f.told.empty());
  f.note(0, outcome::late, 3);
  BOOST_REQUIRE_EQUAL(f.told.size(), 1U);
  BOOST_TEST(f.told[0] ==
             "upstream orders: http://a gets no requests for 10000 ms: 5 in a row failed, and the "
             "last one did not answer in time");
  BOOST_TEST(f.next(4) == "bbbb");
}

BOOST_AUTO_TEST_CASE(the_last_one_is_spared_for_what_it_answers) {
  fixture f(round_robin(), {1, 1});
  f.note(0, outcome::unable, 5);
  f.note(1, outcome::unable, 50);
  BOOST_TEST(f.next(4) == "bbbb");
  f.note(1, outcome::broken);
  BOOST_TEST(f.next(2) == "--");
}

BOOST_AUTO_TEST_CASE(connections_that_are_refused_eject) {
  fixture f(round_robin(), {1, 1});
  f.services[0]->close();
  BOOST_TEST(f.next(12) == "bbbbbbbbbbbb");
  BOOST_TEST(f.conditions[0]->look(now()).ejected);
  BOOST_TEST(!f.conditions[0]->look(now()).reachable);
  BOOST_TEST_REQUIRE(f.told.size() == 2U);
  BOOST_TEST(f.told[0].ends_with(" failed: Connection refused"), f.told[0]);
  BOOST_TEST(f.told[1].find("gets no requests") != std::string::npos, f.told[1]);
}

BOOST_AUTO_TEST_CASE(what_no_descriptor_is_left_for_is_not_the_endpoints_failure) {
  fixture f(round_robin(), {1, 1});
  const no_descriptors none;
  for (int i = 0; i < 20; ++i) BOOST_TEST(!f.acquire().stream);
  BOOST_TEST(!f.conditions[0]->look(now()).ejected);
  BOOST_TEST(!f.conditions[1]->look(now()).ejected);
}

BOOST_AUTO_TEST_CASE(one_that_came_back_gets_little_at_first) {
  fixture f(round_robin(), {1, 1});
  f.conditions[1]->come_up(milliseconds(::gateway::sys::coarse_steady_us() / 1000));
  const std::string got = f.next(17);
  BOOST_TEST(std::ranges::count(got, 'b') >= 1);
  BOOST_TEST(std::ranges::count(got, 'b') <= 4);
}

BOOST_AUTO_TEST_CASE(what_is_known_of_an_endpoint_survives_another_configuration) {
  fixture f(round_robin(), {1, 1});
  f.note(0, outcome::broken, 5);
  std::vector<up::group> groups;
  groups.emplace_back(f.groups[0].settings, f.groups[0].endpoints);
  up::roster next = f.pool.take_up(groups, f.registry.places());
  up::endpoint_set tried;
  for (int i = 0; i < 4; ++i) {
    up::connection one = f.run(f.pool.acquire(next[0], tried = {}));
    BOOST_TEST(one.endpoint == 1U);
    f.pool.give_back(next[0], std::move(one), true);
  }
  f.pool.close_idle();
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
