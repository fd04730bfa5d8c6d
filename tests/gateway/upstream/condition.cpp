// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/condition.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

namespace tests {

namespace {

namespace up = gateway::upstream;
namespace policy = core::upstream;
using namespace std::chrono_literals;

constexpr auto start = 5'000'000ms;
constexpr policy::ejection_rule rule{3, 10s};

void fail(up::condition& c, int times) {
  for (int i = 0; i < times; ++i) c.note(rule, policy::outcome::broken, start, true);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(condition)

BOOST_AUTO_TEST_CASE(it_begins_as_up_and_has_its_whole_share) {
  const up::condition c;
  BOOST_TEST(c.takes(rule, start));
  BOOST_TEST((c.since_return(start) > 1h));
  BOOST_TEST(c.outstanding() == 0U);
}

BOOST_AUTO_TEST_CASE(failures_in_a_row_eject_and_one_that_tries_it_brings_it_back) {
  up::condition c;
  fail(c, 2);
  using change = up::condition::change;
  BOOST_TEST((c.note(rule, policy::outcome::broken, start, true) == change::ejected));
  BOOST_TEST(!c.takes(rule, start));
  BOOST_TEST(c.look(start).ejected);
  BOOST_TEST(!c.look(start + 10s).ejected);  // it has only to be tried
  BOOST_TEST(c.look(start).ejections == 1U);
  BOOST_TEST((c.ask(rule, start + 10s) == policy::entry::trial));
  BOOST_TEST((c.ask(rule, start + 10s) == policy::entry::shut));
  BOOST_TEST((c.note(rule, policy::outcome::served, start + 11s, true) == change::returned));
  BOOST_TEST(c.takes(rule, start + 11s));
  BOOST_TEST((c.since_return(start + 12s) == 1s));
}

BOOST_AUTO_TEST_CASE(of_all_threads_that_ask_one_has_the_trial) {
  up::condition c;
  fail(c, 3);
  std::atomic<int> trials{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&] {
      for (int n = 0; n < 1000; ++n)
        if (c.ask(rule, start + 10s) == policy::entry::trial) ++trials;
    });
  for (std::thread& t : all) t.join();
  BOOST_TEST(trials == 1);
}

BOOST_AUTO_TEST_CASE(of_all_threads_that_note_failures_one_ejects) {
  up::condition c;
  std::atomic<int> ejections{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&] {
      for (int n = 0; n < 100; ++n)
        if (c.note(rule, policy::outcome::late, start, true) == up::condition::change::ejected)
          ++ejections;
    });
  for (std::thread& t : all) t.join();
  BOOST_TEST(ejections == 1);
  BOOST_TEST(c.look(start).ejections == 1U);
}

BOOST_AUTO_TEST_CASE(probes_that_bring_it_up_forget_what_requests_said) {
  up::condition c;
  fail(c, 3);
  c.go_down();
  BOOST_TEST(!c.takes(rule, start + 1h));
  c.come_up(start + 2s);
  BOOST_TEST(c.takes(rule, start + 2s));
  BOOST_TEST((c.since_return(start + 3s) == 1s));
}

BOOST_AUTO_TEST_CASE(where_probes_end_it_is_up) {
  up::condition c;
  c.go_down();
  BOOST_TEST(!c.look(start).up);
  c.end_probes();
  BOOST_TEST(c.takes(rule, start));
}

BOOST_AUTO_TEST_CASE(requests_are_counted_as_long_as_they_live) {
  up::condition c;
  {
    up::condition::request one(c);
    up::condition::request two(c);
    BOOST_TEST(c.outstanding() == 2U);
    up::condition::request moved(std::move(one));
    BOOST_TEST(c.outstanding() == 2U);
    two = std::move(moved);
  }
  BOOST_TEST(c.outstanding() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
