// SPDX-License-Identifier: Apache-2.0
#include "core/replay/expiring_set.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <vector>

using core::replay::entry;
using core::replay::expiring_set;
using core::replay::ledger;
using core::replay::mark;
using core::replay::verdict;

namespace core::replay {

static std::ostream& boost_test_print_type(std::ostream& out, verdict v) {
  switch (v) {
    case verdict::fresh: return out << "fresh";
    case verdict::seen: return out << "seen";
    case verdict::full: return out << "full";
    case verdict::unavailable: return out << "unavailable";
  }
  return out;
}

}  // namespace core::replay

namespace {

constexpr std::int64_t t0 = 1'700'000'000;

// Spread over all bits, as a digest's bytes are: the index relies on it, and numbers that only
// count up would crowd into one place of it. An odd factor keeps them distinct.
mark made(std::uint32_t number, std::int64_t window_end, std::uint32_t client = 1) {
  mark m;
  const std::uint64_t spread = number * 0x9E37'79B9'7F4A'7C15U;
  std::memcpy(m.fingerprint.data() + 4, &spread, sizeof spread);
  m.client = client;
  m.window_end = window_end;
  return m;
}

/// A set with memory of its own; every mark's client is the last argument of made().
struct fixture {
  explicit fixture(std::uint32_t capacity, std::int64_t retention = 1000, std::int64_t span = 360)
      : settings{capacity, retention, span, 99}, entries(capacity), set(start(t0)) {}

  std::unique_ptr<expiring_set> start(std::int64_t now) {
    auto made = std::make_unique<expiring_set>(settings, entries.data(), kept, now);
    made->grant(settings.capacity);
    return made;
  }
  void restart(std::int64_t now) { set = start(now); }

  expiring_set::settings settings;
  std::vector<entry> entries;
  ledger kept{};
  std::unique_ptr<expiring_set> set;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(expiring_set_)

BOOST_AUTO_TEST_CASE(a_mark_is_fresh_once) {
  fixture f(10);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::seen);
  BOOST_TEST(f.set->reserve(made(2, t0 + 300), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(1, t0 + 360), t0 + 60) == verdict::seen);
  BOOST_TEST(f.set->size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_released_mark_is_fresh_again) {
  fixture f(2);
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::fresh);
    BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::seen);
    BOOST_TEST(f.set->size() == 1U);
    f.set->release(made(1, t0 + 300));
    BOOST_TEST(f.set->size() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(what_was_released_takes_no_room) {
  fixture f(8);
  for (std::uint32_t i = 0; i < 100; ++i) {
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i % 3), t0) == verdict::fresh);
    f.set->release(made(i, t0 + 300, i % 3));
  }
  BOOST_TEST(f.kept.used == 1U);
  for (std::uint32_t i = 0; i < 8; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i % 2), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(9, t0 + 300, 3), t0) == verdict::full);
  f.set->release(made(4, t0 + 300, 0));
  BOOST_TEST(f.set->reserve(made(9, t0 + 300, 1), t0) == verdict::full);  // its half
  BOOST_TEST(f.set->reserve(made(9, t0 + 300, 3), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(10, t0 + 300, 3), t0) == verdict::full);
}

BOOST_AUTO_TEST_CASE(an_entry_released_beyond_its_window_is_taken_in_its_turn) {
  fixture f(4, 10'000);
  for (std::uint32_t i = 0; i < 4; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 10 + i, i), t0) == verdict::fresh);
  f.set->expire(t0 + 100, 100);
  f.set->release(made(1, t0 + 11, 1));
  BOOST_TEST(f.set->size() == 3U);
  // The oldest is given up, the released one costs nobody anything, and then it is the next one's
  // turn.
  std::uint32_t next = 10;
  for (const std::int64_t horizon : {t0 + 10, t0 + 10, t0 + 12}) {
    BOOST_TEST(f.set->reserve(made(next, t0 + 400, next), t0 + 100) == verdict::fresh);
    BOOST_TEST(f.set->horizon() == horizon);
    ++next;
  }
  BOOST_TEST(f.set->reserve(made(3, t0 + 400, 3), t0 + 100) == verdict::seen);
  BOOST_TEST(f.set->size() == 4U);
}

BOOST_AUTO_TEST_CASE(
    an_entry_released_beyond_its_window_is_found_behind_those_that_the_clock_called_back) {
  fixture f(3, 10'000);
  for (std::uint32_t i = 0; i < 3; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 10 + i, i), t0) == verdict::fresh);
  f.set->expire(t0 + 100, 100);
  f.set->release(made(2, t0 + 12, 2));
  BOOST_TEST(f.set->reserve(made(5, t0 + 20, 5), t0) == verdict::fresh);
  BOOST_TEST(f.set->horizon() == 0);
  BOOST_TEST(f.set->size() == 3U);
  for (const std::uint32_t i : {0U, 1U, 5U})
    BOOST_TEST(f.set->reserve(made(i, t0 + 20, i), t0) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(a_client_at_its_half_gets_no_entry_that_was_released_in_a_list) {
  fixture f(6, 10'000);
  const auto reserve = [&](std::uint32_t number, std::uint32_t client, std::int64_t end,
                           std::int64_t now) {
    return f.set->reserve(made(number, t0 + end, client), t0 + now);
  };
  BOOST_TEST(reserve(0, 4, 9, 0) == verdict::fresh);
  BOOST_TEST(reserve(1, 1, 10, 0) == verdict::fresh);
  BOOST_TEST(reserve(2, 2, 11, 0) == verdict::fresh);
  BOOST_TEST(reserve(3, 1, 12, 0) == verdict::fresh);
  BOOST_TEST(reserve(4, 1, 13, 0) == verdict::fresh);
  f.set->expire(t0 + 100, 100);
  f.set->release(made(2, t0 + 11, 2));
  // Client 1 gives up its own, oldest first; the released one between them stays for the others.
  BOOST_TEST(reserve(5, 1, 400, 100) == verdict::fresh);
  BOOST_TEST(reserve(3, 1, 400, 100) == verdict::seen);
  BOOST_TEST(reserve(6, 1, 400, 100) == verdict::fresh);
  BOOST_TEST(reserve(7, 1, 400, 100) == verdict::fresh);
  BOOST_TEST(reserve(8, 1, 400, 100) == verdict::full);
  BOOST_TEST(reserve(9, 3, 400, 100) == verdict::fresh);
  BOOST_TEST(reserve(10, 3, 400, 100) == verdict::fresh);
  BOOST_TEST(f.set->size() == 6U);
  // Filled anew by the client that had looked past it for its own, it is found when it is one.
  f.set->release(made(5, t0 + 400, 1));
  f.set->release(made(9, t0 + 400, 3));
  BOOST_TEST(reserve(11, 1, 400, 100) == verdict::fresh);
  for (std::uint32_t i = 12; i < 15; ++i) BOOST_TEST(reserve(i, 1, 800, 500) == verdict::fresh);
  BOOST_TEST(reserve(15, 1, 800, 500) == verdict::full);
}

BOOST_AUTO_TEST_CASE(what_takes_the_place_of_a_released_mark_waits_its_own_turn) {
  fixture f(6, 86'400);
  for (const std::uint32_t i : {100U, 1U, 10U, 11U, 12U, 13U})
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
  f.set->release(made(1, t0 + 300, 1));
  BOOST_TEST(f.set->reserve(made(2, t0 + 80'300, 2), t0 + 80'000) == verdict::fresh);
  // The older ones go first.
  BOOST_TEST(f.set->reserve(made(3, t0 + 80'700, 3), t0 + 80'400) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(4, t0 + 80'700, 4), t0 + 80'400) == verdict::fresh);
  BOOST_TEST(f.set->horizon() == t0 + 300);
  BOOST_TEST(f.set->reserve(made(2, t0 + 80'700, 2), t0 + 80'400) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(what_takes_the_place_of_a_released_mark_delays_no_other) {
  for (const std::int64_t released_at : {t0, t0 + 400}) {
    fixture f(30, 1000);
    for (std::uint32_t i = 0; i < 20; ++i)
      BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
    f.set->expire(released_at, 0);
    f.set->release(made(3, t0 + 300, 3));
    BOOST_TEST(f.set->reserve(made(50, t0 + 1200, 50), t0 + 900) == verdict::fresh);
    f.set->expire(t0 + 1301, 100);
    BOOST_TEST(f.set->size() == 1U);
    BOOST_TEST(f.set->reserve(made(50, t0 + 1600, 50), t0 + 1301) == verdict::seen);
    // All entries but that one are free again.
    for (std::uint32_t i = 100; i < 129; ++i)
      BOOST_TEST(f.set->reserve(made(i, t0 + 1600, i), t0 + 1301) == verdict::fresh);
    BOOST_TEST(f.kept.used == 30U);
  }
}

// Whatever the order of events: a mark that is held is never fresh, one that was released always
// is, and room is refused only when it is taken: by a mark inside its window, or by one that took
// the place of a released one and waits there until that one's window ends too, released in the
// meantime or not.
BOOST_AUTO_TEST_CASE(any_order_of_events_agrees_with_a_plain_list) {
  constexpr std::int64_t longest = 30;
  std::mt19937 source(20'250'317);
  const auto random = [&](std::uint32_t below) {
    return static_cast<std::uint32_t>(source() % below);
  };
  for (int round = 0; round < 40; ++round) {
    const std::uint32_t capacity = 2 + random(14);
    const std::ptrdiff_t half = capacity / 2;
    fixture f(capacity, random(3) == 0 ? 0 : 50, 16);
    std::vector<mark> held;  // reserved and not released
    std::vector<mark> late;  // released beyond their windows
    std::int64_t now = t0;
    const auto count = [&](std::int64_t since, std::optional<std::uint32_t> client) {
      return std::count_if(held.begin(), held.end(), [&](const mark& m) {
        return m.window_end >= since && (!client || m.client == *client);
      });
    };
    for (std::uint32_t step = 0; step < 3000; ++step) {
      if (random(8) == 0) now += random(12);
      const auto long_ago = [&](const mark& m) { return m.window_end < now - longest; };
      std::erase_if(held, long_ago);
      std::erase_if(late, long_ago);
      if (random(64) == 0) f.restart(now);
      if (random(3) == 0 && !held.empty()) {
        const auto at = held.begin() + random(static_cast<std::uint32_t>(held.size()));
        f.set->release(*at);
        if (at->window_end < now) late.push_back(*at);
        held.erase(at);
        continue;
      }
      const mark m = made(random(64), now + 1 + random(longest - 1), random(5));
      const bool inside = std::any_of(held.begin(), held.end(), [&](const mark& other) {
        return other.fingerprint == m.fingerprint && other.window_end >= now;
      });
      const auto got = f.set->reserve(m, now);
      BOOST_REQUIRE(!inside || got == verdict::seen);
      BOOST_REQUIRE(got != verdict::unavailable);
      if (got == verdict::fresh) {
        held.push_back(m);
        BOOST_REQUIRE(count(now, {}) <= capacity);
        BOOST_REQUIRE(count(now, m.client) <= half);
      } else if (got == verdict::full) {
        const auto taken = count(now - longest, {}) + static_cast<std::ptrdiff_t>(late.size());
        BOOST_REQUIRE((taken >= capacity || count(now - longest, m.client) >= half));
      }
      BOOST_REQUIRE(f.set->size() <= capacity);
      BOOST_REQUIRE(f.set->size() >= count(now, {}));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_not_reserved_cannot_be_released) {
  fixture f(4);
  f.set->release(made(1, t0 + 300));
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::fresh);
  // The same values with another stamp: somebody else's reservation.
  f.set->release(made(1, t0 + 299));
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(a_mark_is_held_to_the_end_of_its_retention_and_its_window_is_refused_after) {
  fixture f(10, 1000);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(1, t0 + 1600), t0 + 1300) == verdict::seen);
  BOOST_TEST(f.set->horizon() == 0);
  // One second later it is forgotten. The same stamp can't be told from it any more; another stamp
  // is a message of its own.
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0 + 1301) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(1, t0 + 1601), t0 + 1301) == verdict::fresh);
  BOOST_TEST(f.set->horizon() == t0 + 300);
}

BOOST_AUTO_TEST_CASE(a_window_that_has_not_ended_is_never_given_up) {
  fixture f(4);
  for (std::uint32_t i = 0; i < 4; ++i) {
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
  }
  for (std::int64_t now = t0; now <= t0 + 300; now += 50) {
    BOOST_TEST(f.set->reserve(made(99, now + 300, 9), now) == verdict::full);
    for (std::uint32_t i = 0; i < 4; ++i)
      BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), now) == verdict::seen);
  }
  BOOST_TEST(f.set->reserve(made(99, t0 + 601, 9), t0 + 301) == verdict::fresh);
  BOOST_TEST(f.set->size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_full_set_gives_up_the_oldest_first) {
  fixture f(4, 10'000);
  // Stamped in another order than they came.
  const std::int64_t ends[] = {t0 + 250, t0 + 100, t0 + 300, t0 + 200};
  for (std::uint32_t i = 0; i < 4; ++i)
    BOOST_TEST(f.set->reserve(made(i, ends[i], i), t0) == verdict::fresh);
  const std::int64_t now = t0 + 1000;
  const std::uint32_t oldest_first[] = {1, 3, 0, 2};
  for (std::uint32_t i = 0; i < 4; ++i) {
    BOOST_TEST(f.set->reserve(made(oldest_first[i], now + 300, 9), now) == verdict::seen);
    BOOST_TEST(f.set->reserve(made(100 + i, now + 300, 100 + i), now) == verdict::fresh);
    BOOST_TEST(f.set->reserve(made(oldest_first[i], ends[oldest_first[i]], 9), now) ==
               verdict::unavailable);
  }
  BOOST_TEST(f.set->horizon() == t0 + 300);
}

BOOST_AUTO_TEST_CASE(it_tells_where_the_next_mark_will_stand) {
  fixture f(2);
  const auto address = [](const entry& e) { return reinterpret_cast<std::uintptr_t>(&e); };
  BOOST_TEST(f.set->next_place().entry == address(f.entries[0]));
  f.set->reserve(made(9, t0 + 10, 9), t0);
  BOOST_TEST(f.set->next_place().entry == address(f.entries[1]));
  f.set->release(made(9, t0 + 10, 9));
  BOOST_TEST(f.set->next_place().entry == address(f.entries[0]));
  f.set->reserve(made(1, t0 + 10, 1), t0);
  f.set->expire(t0 + 15, 0);
  BOOST_TEST(f.set->next_place().entry == address(f.entries[1]));
  BOOST_TEST(f.set->next_place().slot == 0U);  // there is room, and nothing leaves
  f.set->reserve(made(2, t0 + 20, 2), t0 + 15);
  f.set->expire(t0 + 30, 0);
  BOOST_TEST(f.set->next_place().entry == address(f.entries[0]));
  BOOST_TEST(f.set->next_place().slot == f.set->where().of(made(1, 0).fingerprint));
  f.set->reserve(made(3, t0 + 100, 3), t0 + 30);
  BOOST_TEST(f.entries[0].fingerprint == made(3, 0).fingerprint);
  BOOST_TEST(f.set->next_place().entry == address(f.entries[1]));
  f.set->reserve(made(4, t0 + 100, 4), t0 + 30);
  BOOST_TEST(f.set->next_place().entry == 0U);  // full of marks inside their windows
  // The place of a mark that was released is the next one.
  f.set->release(made(3, t0 + 100, 3));
  BOOST_TEST(f.set->next_place().entry == address(f.entries[0]));
  BOOST_TEST(f.set->next_place().slot == 0U);
}

BOOST_AUTO_TEST_CASE(no_client_holds_more_than_half) {
  fixture f(10, 10'000);
  for (std::uint32_t i = 0; i < 5; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, 1), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(5, t0 + 300, 1), t0) == verdict::full);
  BOOST_TEST(f.set->reserve(made(0, t0 + 300, 1), t0) == verdict::seen);
  for (std::uint32_t i = 10; i < 15; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, 2), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(20, t0 + 300, 3), t0) == verdict::full);
}

BOOST_AUTO_TEST_CASE(a_client_at_its_half_gives_up_its_own) {
  fixture f(10, 10'000);
  for (std::uint32_t i = 0; i < 4; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 100, 2), t0) == verdict::fresh);
  for (std::uint32_t i = 10; i < 15; ++i) {
    BOOST_TEST(f.set->reserve(made(i, t0 + 190 + i, 1), t0) == verdict::fresh);
  }
  const std::int64_t now = t0 + 1000;
  for (std::uint32_t i = 20; i < 36; ++i) {
    BOOST_TEST(f.set->reserve(made(i, now + i, 1), now + i - 15) ==
               (i < 25 ? verdict::fresh : verdict::full));
  }
  // Its own are gone, those of the other client, although older, and the entry that was free are
  // not.
  for (std::uint32_t i = 0; i < 4; ++i)
    BOOST_TEST(f.set->reserve(made(i, now + 30, 2), now) == verdict::seen);
  BOOST_TEST(f.set->reserve(made(14, t0 + 204, 1), now) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(50, now + 300, 3), now) == verdict::fresh);
  BOOST_TEST(f.set->size() == 10U);
}

BOOST_AUTO_TEST_CASE(a_set_for_one_mark_works) {
  fixture f(1);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(2, t0 + 300), t0) == verdict::full);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0) == verdict::seen);
  BOOST_TEST(f.set->reserve(made(2, t0 + 601), t0 + 301) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(the_clock_goes_back_an_hour) {
  fixture f(10, 86'400);
  for (std::uint32_t i = 0; i < 3; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
  const auto now = t0 - 3600;
  for (std::uint32_t i = 0; i < 3; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), now) == verdict::seen);
  // Nothing was forgotten, so nothing has to be refused.
  BOOST_TEST(f.set->reserve(made(7, now + 300, 7), now) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(7, now + 300, 7), t0) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(the_clock_goes_back_behind_what_was_forgotten) {
  fixture f(2, 86'400);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300, 1), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(2, t0 + 300, 2), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(3, t0 + 700, 3), t0 + 400) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(4, t0 + 700, 4), t0 + 400) == verdict::fresh);
  // 1 and 2 are forgotten; an hour back their windows seem open.
  const auto now = t0 - 3200;
  BOOST_TEST(f.set->reserve(made(1, t0 + 300, 1), now) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(5, now + 300, 5), now) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(3, t0 + 700, 3), now) == verdict::seen);
  // And when the clock is right again, all is well.
  BOOST_TEST(f.set->reserve(made(6, t0 + 1001, 6), t0 + 701) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(the_clock_goes_forward_an_hour_and_back) {
  fixture f(6, 86'400);
  for (std::uint32_t i = 0; i < 3; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(3, t0 + 3900, 3), t0 + 3600) == verdict::fresh);
  for (std::uint32_t i = 0; i < 3; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0 + 3600) == verdict::seen);
  // Back: all are inside their windows, and no room is made of any of them.
  BOOST_TEST(f.set->reserve(made(4, t0 + 301, 4), t0 + 1) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(5, t0 + 301, 5), t0 + 1) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(6, t0 + 301, 6), t0 + 1) == verdict::full);
  for (std::uint32_t i = 0; i < 3; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0 + 1) == verdict::seen);
  // Time passes as it should; the oldest make room, the one from the hour ahead does not.
  for (std::uint32_t i = 7; i < 10; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 601, i), t0 + 301) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(3, t0 + 3900, 3), t0 + 301) == verdict::seen);
  BOOST_TEST(f.set->reserve(made(10, t0 + 601, 10), t0 + 301) == verdict::full);
}

BOOST_AUTO_TEST_CASE(the_clock_stands_still) {
  fixture f(8);
  for (std::uint32_t i = 0; i < 8; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
  for (std::uint32_t i = 8; i < 20; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::full);
  for (std::uint32_t i = 0; i < 8; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(
    a_released_mark_taken_again_with_a_later_stamp_lives_until_its_new_window_ends) {
  fixture f(2, 0);
  BOOST_TEST(f.set->reserve(made(1, t0 + 10, 1), t0) == verdict::fresh);
  f.set->release(made(1, t0 + 10, 1));
  BOOST_TEST(f.set->reserve(made(1, t0 + 300, 1), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(2, t0 + 20, 2), t0) == verdict::fresh);
  // Its entry stands where the old window ended.
  BOOST_TEST(f.set->reserve(made(3, t0 + 400, 3), t0 + 100) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(4, t0 + 400, 4), t0 + 100) == verdict::full);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300, 1), t0 + 300) == verdict::seen);
  BOOST_TEST(f.set->reserve(made(4, t0 + 600, 4), t0 + 301) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(windows_longer_than_the_wheel_are_kept_to_their_end) {
  fixture f(4, 0, 10);
  BOOST_TEST(f.set->reserve(made(1, t0 + 5000, 1), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(2, t0 + 5, 2), t0) == verdict::fresh);
  for (std::int64_t now = t0; now <= t0 + 5000; ++now) {
    BOOST_REQUIRE(f.set->reserve(made(1, t0 + 5000, 1), now) == verdict::seen);
  }
  BOOST_TEST(f.set->reserve(made(1, t0 + 5000, 1), t0 + 5001) == verdict::unavailable);
}

BOOST_AUTO_TEST_CASE(ends_that_no_entry_can_hold_are_unavailable) {
  fixture f(4);
  BOOST_TEST(f.set->reserve(made(1, 0), t0) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(1, -5), t0) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(1, 1LL << 32U), t0) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(1, (1LL << 32U) - 1), t0) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(without_room_granted_it_makes_do_with_what_it_has) {
  fixture f(8, 10'000);
  f.set->grant(2);
  BOOST_TEST(!f.set->wants_room());
  BOOST_TEST(f.set->reserve(made(1, t0 + 300, 1), t0) == verdict::fresh);
  BOOST_TEST(f.set->reserve(made(2, t0 + 300, 2), t0) == verdict::fresh);
  BOOST_TEST(f.set->wants_room());
  BOOST_TEST(f.set->reserve(made(3, t0 + 300, 3), t0) == verdict::full);
  BOOST_TEST(f.set->reserve(made(3, t0 + 700, 3), t0 + 400) == verdict::fresh);
  f.set->grant(8);
  BOOST_TEST(!f.set->wants_room());
  BOOST_TEST(f.set->reserve(made(4, t0 + 700, 4), t0 + 400) == verdict::fresh);
  BOOST_TEST(f.set->size() == 3U);
}

BOOST_AUTO_TEST_CASE(it_wants_no_room_while_an_entry_is_free_or_beyond_its_capacity) {
  fixture f(4);
  f.set->grant(2);
  for (std::uint32_t i = 0; i < 2; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
  BOOST_TEST(f.set->wants_room());
  f.set->release(made(1, t0 + 300, 1));
  BOOST_TEST(!f.set->wants_room());
  f.set->grant(4);
  for (std::uint32_t i = 1; i < 4; ++i)
    BOOST_TEST(f.set->reserve(made(i, t0 + 300, i), t0) == verdict::fresh);
  BOOST_TEST(!f.set->wants_room());
}

BOOST_AUTO_TEST_CASE(the_next_set_takes_over_what_the_entries_hold) {
  fixture f(10, 1000);
  for (std::uint32_t i = 0; i < 6; ++i) {
    BOOST_TEST(f.set->reserve(made(i, t0 + 300 - 10 * i, i % 2), t0) == verdict::fresh);
  }
  f.set->release(made(5, t0 + 250, 1));
  f.restart(t0 + 1260);  // by now 4 (t0 + 260) is at the end of its retention
  BOOST_TEST(f.set->size() == 5U);
  for (std::uint32_t i = 0; i < 5; ++i) {
    BOOST_TEST(f.set->reserve(made(i, t0 + 1500, 1), t0 + 1260) == verdict::seen);
  }
  BOOST_TEST(f.set->horizon() == 0);
  BOOST_TEST(f.set->reserve(made(5, t0 + 1500, 1), t0 + 1260) == verdict::fresh);
  f.restart(t0 + 1261);
  BOOST_TEST(f.set->horizon() == t0 + 260);
  BOOST_TEST(f.set->reserve(made(4, t0 + 260, 0), t0 + 1261) == verdict::unavailable);
  // Order and shares are as before: client 1 holds 1, 3 and 5 and takes two more entries, then
  // gives up 3 first.
  for (std::uint32_t i = 20; i < 23; ++i) {
    BOOST_TEST(f.set->reserve(made(i, t0 + 1500, 1), t0 + 1261) == verdict::fresh);
  }
  BOOST_TEST(f.set->reserve(made(3, t0 + 270, 1), t0 + 1261) == verdict::unavailable);
  BOOST_TEST(f.set->reserve(made(1, t0 + 1500, 1), t0 + 1261) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(a_fingerprint_found_twice_counts_as_the_stricter) {
  fixture f(4);
  f.kept.used = 2;
  f.entries[0] = {made(1, 0).fingerprint, 1, 0, static_cast<std::uint32_t>(t0 + 300)};
  f.entries[1] = {made(1, 0).fingerprint, 1, 0, static_cast<std::uint32_t>(t0 + 100)};
  f.restart(t0);
  BOOST_TEST(f.set->size() == 1U);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0 + 300) == verdict::seen);
  f.entries[0] = {made(1, 0).fingerprint, 1, entry::released_bit,
                  static_cast<std::uint32_t>(t0 + 300)};
  f.entries[1] = {made(1, 0).fingerprint, 1, 0, static_cast<std::uint32_t>(t0 + 100)};
  f.restart(t0);
  BOOST_TEST(f.set->size() == 1U);
  BOOST_TEST(f.set->reserve(made(1, t0 + 300), t0 + 100) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(a_mark_takes_at_most_32_bytes_at_capacity_whoever_it_belongs_to) {
  for (const std::uint32_t clients : {2U, 100'000U}) {
    constexpr std::uint32_t capacity = 62'500;
    fixture f(capacity, 86'400);
    BOOST_TEST(f.set->bytes() < 16'384U);
    for (std::uint32_t i = 0; i < 2 * capacity; ++i) {
      const auto now = t0 + i / 100;
      BOOST_REQUIRE(f.set->reserve(made(i, now + 300, i % clients), now) == verdict::fresh);
    }
    BOOST_TEST(f.set->size() == capacity);
    BOOST_TEST(static_cast<double>(f.set->bytes()) / capacity <= 32.0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
