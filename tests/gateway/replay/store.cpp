// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/store.hpp"

#include <array>
#include <atomic>
#include <barrier>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/replay/house.hpp"

namespace tests {

namespace {

/// `work(thread)` on so many threads that begin together.
void at_once(int threads, const std::function<void(int)>& work) {
  std::barrier start(threads);
  std::vector<std::thread> all;
  all.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i)
    all.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  for (std::thread& each : all) each.join();
}

/// How many of them are answered with this.
int count(rep::store& s, verdict wanted, int from, int to, std::int64_t now,
          const std::string& client = "billing") {
  int n = 0;
  for (int i = from; i < to; ++i) n += s.reserve(said(i, now, client), now) == wanted ? 1 : 0;
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(store)

BOOST_AUTO_TEST_CASE(of_100_threads_with_the_same_mark_exactly_one_is_first) {
  rep::store s(settings(10'000), t0);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> fresh{0};
    std::atomic<int> seen{0};
    at_once(100, [&](int) {
      const verdict v = s.reserve(said(round), t0);
      fresh += v == verdict::fresh ? 1 : 0;
      seen += v == verdict::seen ? 1 : 0;
    });
    BOOST_TEST(fresh.load() == 1);
    BOOST_TEST(seen.load() == 99);
  }
}

BOOST_AUTO_TEST_CASE(threads_that_reserve_and_release_never_hold_one_together) {
  rep::store s(settings(100'000), t0);
  constexpr int rounds = 5000;
  std::array<std::atomic<int>, 8> holders{};
  std::atomic<int> wrong{0};
  at_once(4, [&](int) {
    for (int i = 0; i < rounds; ++i) {
      const mark m = said(i % 8);
      if (s.reserve(m, t0) != verdict::fresh) continue;
      auto& holding = holders[static_cast<std::size_t>(i % 8)];
      if (++holding != 1) ++wrong;
      --holding;
      s.release(m);
    }
  });
  BOOST_TEST(wrong.load() == 0);
  BOOST_TEST(s.figures(t0).marks == 0U);
}

// ThreadSanitizer is who can say more of this: the tables grow under those who look ahead.
BOOST_AUTO_TEST_CASE(what_is_expected_is_neither_reserved_nor_in_the_way_of_others) {
  rep::store s(settings(100'000), t0);
  std::atomic<int> fresh{0};
  at_once(4, [&](int thread) {
    for (int i = 0; i < 20'000; ++i) {
      const mark m = said(thread * 20'000 + i);
      s.expect(m);
      if (i % 2 == 0) fresh += s.reserve(m, t0) == verdict::fresh ? 1 : 0;
    }
  });
  BOOST_TEST(fresh.load() == 40'000);
  BOOST_TEST(s.figures(t0).marks == 40'000U);
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_seen_and_what_is_released_is_fresh_again) {
  rep::store s(settings(100), t0);
  BOOST_TEST(s.reserve(said(1), t0) == verdict::fresh);
  s.release(said(1));
  BOOST_TEST(s.reserve(said(1), t0) == verdict::fresh);
  s.keep(said(1));
  BOOST_TEST(s.reserve(said(1), t0) == verdict::seen);
  BOOST_TEST(s.reserve(said(1, t0, "warehouse"), t0) == verdict::fresh);  // another client's
}

BOOST_AUTO_TEST_CASE(a_full_store_refuses_and_no_client_holds_more_than_half) {
  rep::store s(settings(100), t0);
  BOOST_TEST(count(s, verdict::fresh, 0, 80, t0, "greedy") == 50);
  BOOST_TEST(count(s, verdict::full, 0, 80, t0, "greedy") == 30);
  BOOST_TEST(count(s, verdict::fresh, 0, 30, t0, "second") == 30);
  BOOST_TEST(count(s, verdict::fresh, 0, 30, t0, "third") == 20);
  BOOST_TEST(s.figures(t0).marks == 100U);
  // Nothing was given up for it.
  BOOST_TEST(count(s, verdict::seen, 0, 50, t0, "greedy") == 50);
  // Once windows end the oldest make room.
  BOOST_TEST(s.reserve(said(500, t0 + 301, "fourth"), t0 + 301) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(over_several_shards_the_capacity_is_exact) {
  constexpr int capacity = 140'001;  // four shards, one of them larger
  rep::store s(settings(capacity), t0);
  int fresh = 0;
  for (int i = 0; i < capacity + 10'000; ++i)
    fresh += s.reserve(said(i, t0, std::to_string(i % 16)), t0) == verdict::fresh ? 1 : 0;
  // Marks are spread by their digests, so that shards fill up one after the other.
  BOOST_TEST(fresh <= capacity);
  BOOST_TEST(fresh > capacity * 97 / 100);
  BOOST_TEST(s.figures(t0).marks == static_cast<std::uint64_t>(fresh));
}

BOOST_AUTO_TEST_CASE(marks_are_kept_for_the_retention_beyond_their_window) {
  rep::store s(settings(100, {}, 1000), t0);
  BOOST_TEST(s.reserve(said(1), t0) == verdict::fresh);
  // An old payload under a fresh stamp.
  BOOST_TEST(s.reserve(said(1, t0 + 1300), t0 + 1300) == verdict::seen);
  BOOST_TEST(s.figures(t0 + 1300).retention_held == 1000);
  BOOST_TEST(s.reserve(said(1, t0 + 1301), t0 + 1301) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(the_figures_say_what_retention_is_really_held) {
  rep::store s(settings(10, {}, 86'400), t0);
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(s.reserve(said(i, t0 + i, std::to_string(i)), t0 + i) == verdict::fresh);
  const std::int64_t later = t0 + 1000;
  BOOST_TEST(s.figures(later).retention_held == 86'400);
  // No room: the oldest goes, whose window ended at t0 + 300.
  BOOST_TEST(s.reserve(said(50, later, "x"), later) == verdict::fresh);
  BOOST_TEST(s.figures(later).retention_held == 700);
  BOOST_TEST(s.figures(later).marks == 10U);
  BOOST_TEST(s.figures(later).bytes > 0U);
}

BOOST_AUTO_TEST_CASE(figures_make_an_idle_store_small_again) {
  rep::store s(settings(10'000, {}, 10), t0);
  BOOST_TEST(count(s, verdict::fresh, 0, 3000, t0) == 3000);
  for (int i = 0; i < 3; ++i) (void)s.figures(t0 + 311);
  BOOST_TEST(s.figures(t0 + 311).marks == 0U);
}

BOOST_AUTO_TEST_CASE(the_clock_goes_forward_and_nothing_is_forgotten_early) {
  rep::store s(settings(100, {}, 86'400), t0);
  BOOST_TEST(s.reserve(said(1), t0) == verdict::fresh);
  BOOST_TEST(s.reserve(said(2, t0 + 3600), t0 + 3600) == verdict::fresh);
  BOOST_TEST(s.reserve(said(1), t0 + 1) == verdict::seen);
  BOOST_TEST(s.reserve(said(3, t0 + 1), t0 + 1) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(the_clock_goes_back_behind_what_was_forgotten_and_the_store_fails_closed) {
  rep::store s(settings(100, {}, 0), t0);
  BOOST_TEST(s.reserve(said(1), t0) == verdict::fresh);
  BOOST_TEST(s.reserve(said(2, t0 + 3600), t0 + 3600) == verdict::fresh);  // 1 is forgotten
  BOOST_TEST(s.reserve(said(1), t0) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(3, t0 - 3600), t0 - 3600) == verdict::unavailable);
  BOOST_TEST(s.refused_until() == t0);
  BOOST_TEST(s.reserve(said(4, t0 + 3600), t0 + 3600) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(stamps_beyond_all_time_are_unavailable) {
  rep::store s(settings(100), t0);
  for (const std::int64_t end :
       {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, INT64_MAX, std::int64_t{1} << 32U}) {
    mark m = said(1);
    m.window_end = end;
    BOOST_TEST(s.reserve(m, t0) == verdict::unavailable);
    s.release(m);
  }
}

BOOST_AUTO_TEST_CASE(without_a_state_file_what_may_have_been_seen_is_refused_for_one_window) {
  rep::store_settings blind = settings(100);
  blind.barrier = true;
  rep::store s(blind, t0);
  BOOST_TEST(s.note() ==
             "replay marks don't survive a restart (no state file): messages stamped up to " +
                 std::to_string(t0 + future) + " are refused");
  BOOST_TEST(!s.first_start());
  BOOST_TEST(s.refused_until() == t0 + future);
  // Whatever an earlier process accepted was stamped at most `future` ahead of t0.
  for (const std::int64_t stamp : {t0 - 300, t0, t0 + 59, t0 + future})
    BOOST_TEST(s.reserve(said(1, stamp), t0) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(1, t0 + future + 1), t0 + 1) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(of_two_windows_the_narrower_one_is_refused_for_longer) {
  rep::store_settings blind = settings(100);
  blind.barrier = true;
  blind.window = 3600;
  blind.narrowest = 300;
  rep::store s(blind, t0);
  const std::int64_t last = t0 + future + 3300;
  BOOST_TEST(s.refused_until() == last);
  BOOST_TEST(s.note().ends_with("stamped up to " + std::to_string(last) + " are refused"),
             s.note());
  BOOST_TEST(s.reserve(said(1, last), last) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(2, last + 1), last) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(a_first_start_refuses_nothing_and_has_nothing_to_say) {
  rep::store s(settings(100), t0);
  BOOST_TEST(s.note().empty());
  BOOST_TEST(s.reserve(said(1, t0 - 300), t0) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(a_store_for_no_marks_or_too_many_is_refused_with_a_sentence) {
  BOOST_CHECK_THROW(rep::store(settings(0), t0), std::runtime_error);
  BOOST_CHECK_THROW(rep::store(settings(UINT64_MAX), t0), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
