// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/slots.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace tests {

namespace {

using ::gateway::upstream::slots;
using entry = slots::entry;

/// Writes its number down when it is granted a place.
class numbered final : public slots::waiter {
 public:
  numbered(int number, std::vector<int>& log) : number_(number), log_(log) {}

 private:
  void granted() override { log_.push_back(number_); }
  int number_;
  std::vector<int>& log_;
};

void check(const slots& s, std::uint32_t taken, std::uint32_t waiting) {
  BOOST_TEST(s.look().taken == taken);
  BOOST_TEST(s.look().waiting == waiting);
}

struct fixture {
  std::vector<int> granted;
  numbered first{1, granted}, second{2, granted}, third{3, granted}, fourth{4, granted};
};
using log = std::vector<int>;

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(slots_)  // `slots` is a type of that namespace

BOOST_AUTO_TEST_CASE(as_many_places_are_taken_as_there_are) {
  slots s(2, 0);
  BOOST_TEST(s.try_take());
  BOOST_TEST(s.try_take());
  BOOST_TEST(!s.try_take());
  check(s, 2, 0);
  s.give_back();
  check(s, 1, 0);
  BOOST_TEST(s.try_take());
  check(s, 2, 0);
}

BOOST_AUTO_TEST_CASE(without_room_in_the_line_nobody_waits) {
  fixture f;
  slots s(1, 0);
  BOOST_TEST((s.take_or_wait(f.first) == entry::taken));
  BOOST_TEST((s.take_or_wait(f.second) == entry::full));
  check(s, 1, 0);
  s.give_back();
  BOOST_TEST(f.granted.empty());
  check(s, 0, 0);
}

BOOST_AUTO_TEST_CASE(the_line_is_served_in_its_order_and_has_an_end) {
  fixture f;
  slots s(1, 3);
  BOOST_TEST(s.try_take());
  BOOST_TEST((s.take_or_wait(f.first) == entry::waits));
  BOOST_TEST((s.take_or_wait(f.second) == entry::waits));
  BOOST_TEST((s.take_or_wait(f.third) == entry::waits));
  BOOST_TEST((s.take_or_wait(f.fourth) == entry::full));
  check(s, 1, 3);
  s.give_back();
  BOOST_TEST(f.granted == log{1}, boost::test_tools::per_element());
  check(s, 1, 2);
  // Room again, behind those who came before.
  BOOST_TEST((s.take_or_wait(f.fourth) == entry::waits));
  for (int i = 0; i < 3; ++i) s.give_back();
  BOOST_TEST(f.granted == (log{1, 2, 3, 4}), boost::test_tools::per_element());
  check(s, 1, 0);
  s.give_back();
  check(s, 0, 0);
}

BOOST_AUTO_TEST_CASE(a_newcomer_overtakes_nobody) {
  fixture f;
  slots s(1, 2);
  BOOST_TEST(s.try_take());
  BOOST_TEST((s.take_or_wait(f.first) == entry::waits));
  s.give_back();  // to the first of the line
  BOOST_TEST(!s.try_take());
  BOOST_TEST((s.take_or_wait(f.second) == entry::waits));
  check(s, 1, 1);
  s.give_back();
  s.give_back();
  check(s, 0, 0);
}

BOOST_AUTO_TEST_CASE(whoever_withdraws_is_never_granted_a_place) {
  for (const int who : {1, 2, 3}) {
    fixture f;
    slots s(1, 3);
    BOOST_TEST(s.try_take());
    for (numbered* w : {&f.first, &f.second, &f.third})
      BOOST_TEST((s.take_or_wait(*w) == entry::waits));
    numbered& leaver = who == 1 ? f.first : who == 2 ? f.second : f.third;
    BOOST_TEST(s.withdraw(leaver));
    check(s, 1, 2);
    BOOST_TEST((s.take_or_wait(f.fourth) == entry::waits));
    for (int i = 0; i < 4; ++i) s.give_back();
    log expected{1, 2, 3, 4};
    std::erase(expected, who);
    BOOST_TEST(f.granted == expected, boost::test_tools::per_element());
    check(s, 0, 0);
  }
}

BOOST_AUTO_TEST_CASE(whoever_has_been_granted_a_place_can_not_withdraw) {
  fixture f;
  slots s(1, 1);
  BOOST_TEST(s.try_take());
  BOOST_TEST((s.take_or_wait(f.first) == entry::waits));
  s.give_back();
  BOOST_TEST(!s.withdraw(f.first));
  check(s, 1, 0);
  s.give_back();
  check(s, 0, 0);
}

// Any sequence of what can be done, beside a list and a number that do the same.
BOOST_AUTO_TEST_CASE(it_does_what_a_plain_model_does) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t n) {
      return static_cast<std::uint32_t>(random() % n);
    };
    const std::uint32_t places = 1 + below(4);
    const std::uint32_t room = below(5);
    slots s(places, room);
    std::vector<int> granted;
    std::vector<std::unique_ptr<numbered>> all;
    std::uint32_t taken = 0;
    std::deque<int> line;
    std::vector<int> expected;
    for (int step = 0; step < 400; ++step) {
      switch (below(4)) {
        case 0: {
          const bool can = line.empty() && taken < places;
          BOOST_REQUIRE_EQUAL(s.try_take(), can);
          taken += can ? 1 : 0;
          break;
        }
        case 1: {
          const int number = static_cast<int>(all.size());
          all.push_back(std::make_unique<numbered>(number, granted));
          const entry got = s.take_or_wait(*all.back());
          if (line.empty() && taken < places) {
            BOOST_REQUIRE((got == entry::taken));
            ++taken;
          } else if (line.size() < room) {
            BOOST_REQUIRE((got == entry::waits));
            line.push_back(number);
          } else {
            BOOST_REQUIRE((got == entry::full));
          }
          break;
        }
        case 2: {
          if (taken == 0) break;
          s.give_back();
          if (line.empty()) {
            --taken;
          } else {
            expected.push_back(line.front());
            line.pop_front();
          }
          break;
        }
        default: {
          if (all.empty()) break;
          const auto who = static_cast<int>(below(all.size()));
          const auto at = std::ranges::find(line, who);
          BOOST_REQUIRE_EQUAL(s.withdraw(*all[static_cast<std::size_t>(who)]), at != line.end());
          if (at != line.end()) line.erase(at);
        }
      }
      BOOST_REQUIRE_EQUAL(s.look().taken, taken);
      BOOST_REQUIRE_EQUAL(s.look().waiting, line.size());
      BOOST_REQUIRE(granted == expected);
    }
  }
}

namespace {

/// A thread that waits for its place, as long as it takes.
class patient final : public slots::waiter {
 public:
  void stay() const { told_.wait(false); }

 private:
  void granted() override {
    told_.store(true);
    told_.notify_one();
  }
  std::atomic<bool> told_{false};
};

}  // namespace

BOOST_AUTO_TEST_CASE(threads_never_have_more_than_there_are_and_nobody_is_forgotten) {
  constexpr std::uint32_t places = 3;
  constexpr int threads = 8;
  constexpr int rounds = 3000;
  slots s(places, 4);
  std::atomic<std::uint32_t> inside{0};
  std::atomic<std::uint32_t> most{0};
  std::array<std::atomic<int>, 4> ways{};  // at once, after waiting, refused, withdrawn
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < rounds; ++i) {
      std::size_t way = 0;
      if (!s.try_take()) {
        patient w;
        const entry got = s.take_or_wait(w);
        if (got == entry::full) {
          ++ways[2];
          std::this_thread::yield();
          continue;
        }
        if (got == entry::waits) {
          way = 1;
          if (random() % 4 == 0 && s.withdraw(w)) {
            ++ways[3];
            continue;
          }
          w.stay();
        }
      }
      ++ways[way];
      const std::uint32_t now = ++inside;
      std::uint32_t seen = most.load();
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      if (random() % 2 == 0) std::this_thread::yield();
      --inside;
      s.give_back();
    }
  };
  {
    std::vector<std::jthread> all;
    for (unsigned i = 0; i < threads; ++i) all.emplace_back(work, i);
  }
  check(s, 0, 0);
  BOOST_TEST(most.load() <= places);
  BOOST_TEST(ways[0] + ways[1] + ways[2] + ways[3] == threads * rounds);
  BOOST_TEST_MESSAGE("at once " << ways[0] << ", waited " << ways[1] << ", refused " << ways[2]
                                << ", withdrawn " << ways[3]);
}

BOOST_AUTO_TEST_CASE(more_places_go_to_those_who_wait_first) {
  fixture f;
  slots s(1, 3);
  BOOST_TEST(s.try_take());
  BOOST_TEST((s.take_or_wait(f.first) == entry::waits));
  BOOST_TEST((s.take_or_wait(f.second) == entry::waits));
  BOOST_TEST((s.take_or_wait(f.third) == entry::waits));
  s.resize(3, 3);
  BOOST_TEST(f.granted == (log{1, 2}), boost::test_tools::per_element());
  check(s, 3, 1);
  BOOST_TEST(!s.try_take());
  s.resize(10, 3);
  BOOST_TEST(f.granted == (log{1, 2, 3}), boost::test_tools::per_element());
  check(s, 4, 0);
  BOOST_TEST(s.try_take());
}

BOOST_AUTO_TEST_CASE(fewer_places_are_none_until_enough_were_given_back) {
  fixture f;
  slots s(3, 2);
  for (int i = 0; i < 3; ++i) BOOST_TEST(s.try_take());
  BOOST_TEST((s.take_or_wait(f.first) == entry::waits));
  s.resize(1, 2);
  BOOST_TEST(!s.try_take());
  BOOST_TEST((s.take_or_wait(f.second) == entry::waits));
  BOOST_TEST((s.take_or_wait(f.third) == entry::full));
  s.give_back();
  s.give_back();
  BOOST_TEST(f.granted.empty());
  check(s, 1, 2);
  s.give_back();
  BOOST_TEST(f.granted == log{1}, boost::test_tools::per_element());
  check(s, 1, 1);
  BOOST_TEST(s.withdraw(f.second));
  s.give_back();
  check(s, 0, 0);
  BOOST_TEST(s.try_take());
  BOOST_TEST(!s.try_take());
}

BOOST_AUTO_TEST_CASE(less_room_in_the_line_sends_nobody_away_who_stands_in_it) {
  fixture f;
  slots s(1, 3);
  BOOST_TEST(s.try_take());
  BOOST_TEST((s.take_or_wait(f.first) == entry::waits));
  BOOST_TEST((s.take_or_wait(f.second) == entry::waits));
  s.resize(1, 1);
  BOOST_TEST((s.take_or_wait(f.third) == entry::full));
  s.give_back();
  s.give_back();
  BOOST_TEST(f.granted == (log{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
