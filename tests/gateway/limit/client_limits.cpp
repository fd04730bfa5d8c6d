// SPDX-License-Identifier: Apache-2.0
#include "gateway/limit/client_limits.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using core::base::errc;
using gateway::limit::client_limits;
using gateway::limit::turn;

namespace {

constexpr std::int64_t t0 = 1'000'000'000'000;

core::config::client client(const char* id, std::optional<core::limit::rate> rate,
                            std::optional<std::uint32_t> concurrency = std::nullopt) {
  core::config::client c;
  c.id = id;
  c.rate = rate;
  c.concurrency = concurrency;
  return c;
}

using std::chrono::seconds;

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(limit)
BOOST_AUTO_TEST_SUITE(client_limits_)

BOOST_AUTO_TEST_CASE(who_has_no_limit_is_not_counted) {
  const client_limits all({client("free", {}), client("bound", {}, 1), client("last", {})});
  BOOST_TEST(all.of(0) == nullptr);
  BOOST_TEST(all.of(1) != nullptr);
  BOOST_TEST(all.of(2) == nullptr);
}

BOOST_AUTO_TEST_CASE(requests_at_once_are_counted_until_they_end) {
  const client_limits all({client("c", {}, 2)});
  turn first;
  BOOST_TEST(!first.take(*all.of(0), t0).has_error());
  {
    turn second, third;
    BOOST_TEST(!second.take(*all.of(0), t0).has_error());
    BOOST_TEST((third.take(*all.of(0), t0).error() == errc::concurrency_limited));
    BOOST_TEST(!third.standing());
  }
  turn fourth;
  BOOST_TEST(!fourth.take(*all.of(0), t0).has_error());
  BOOST_TEST(all.of(0)->running->requests.load() == 2U);
}

BOOST_AUTO_TEST_CASE(what_one_limit_refuses_the_other_does_not_count) {
  const client_limits all({client("c", core::limit::rate{1, seconds(1), 1}, 1)});
  {
    turn running;
    BOOST_TEST(!running.take(*all.of(0), t0).has_error());
    turn busy;
    BOOST_TEST((busy.take(*all.of(0), t0 + 2'000'000'000).error() == errc::concurrency_limited));
  }
  turn next;
  BOOST_TEST(!next.take(*all.of(0), t0 + 2'000'000'000).has_error());
  turn none;
  BOOST_TEST(all.of(0)->running->requests.load() == 1U);
}

BOOST_AUTO_TEST_CASE(a_rate_says_how_its_client_stands) {
  const client_limits all({client("c", core::limit::rate{10, seconds(1), 2})});
  turn one, two, three;
  BOOST_TEST(!one.take(*all.of(0), t0).has_error());
  BOOST_TEST(one.standing()->now.left == 1U);
  BOOST_TEST(!two.take(*all.of(0), t0).has_error());
  BOOST_TEST((three.take(*all.of(0), t0).error() == errc::rate_limited));
  BOOST_TEST(three.standing()->now.left == 0U);
  BOOST_TEST(core::limit::policy_field(three.standing()->limit) == "\"client\";q=10;w=1");
  BOOST_TEST(core::limit::standing_field(*three.standing()) == "\"client\";r=0;t=1");
  BOOST_TEST(core::limit::retry_after(three.standing()->now) == 1U);
}

BOOST_AUTO_TEST_CASE(a_new_configuration_forgets_nothing) {
  const core::limit::rate slow{1, seconds(60), 1};
  const client_limits before({client("gone", slow), client("stays", slow)});
  turn used;
  BOOST_TEST(!used.take(*before.of(1), t0).has_error());
  const client_limits after({client("stays", slow), client("fresh", slow)}, &before);
  turn again, fresh;
  BOOST_TEST((again.take(*after.of(0), t0).error() == errc::rate_limited));
  BOOST_TEST(!fresh.take(*after.of(1), t0).has_error());
}

// Else a debt of days would outlive the rate that it was made by.
BOOST_AUTO_TEST_CASE(another_rate_begins_anew_and_requests_at_once_go_on) {
  const client_limits before({client("c", core::limit::rate{1, seconds(86'400), 1}, 2)});
  turn running;
  BOOST_TEST(!running.take(*before.of(0), t0).has_error());
  const client_limits after({client("c", core::limit::rate{100, seconds(1), 5}, 2)}, &before);
  turn second, third;
  BOOST_TEST(!second.take(*after.of(0), t0).has_error());
  BOOST_TEST(second.standing()->now.left == 4U);
  BOOST_TEST((third.take(*after.of(0), t0).error() == errc::concurrency_limited));
}

BOOST_AUTO_TEST_CASE(several_threads_get_no_more_than_one_would) {
  constexpr std::uint64_t burst = 5000;
  const client_limits all({client("c", core::limit::rate{1, seconds(3600), burst}, 3)});
  std::atomic<std::uint64_t> passed{0};
  std::atomic<std::uint32_t> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 20'000; ++n) {
        turn t;
        if (t.take(*all.of(0), t0).has_error()) continue;
        ++passed;
        const std::uint32_t now = all.of(0)->running->requests.load();
        std::uint32_t seen = most.load();
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
      }
    });
  for (std::thread& t : threads) t.join();
  BOOST_TEST(passed.load() == burst);
  BOOST_TEST(most.load() <= 3U);
  BOOST_TEST(all.of(0)->running->requests.load() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
