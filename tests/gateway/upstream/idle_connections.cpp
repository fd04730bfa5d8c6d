// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/idle_connections.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "tests/gateway/net/operations.hpp"

namespace tests {

namespace {

struct fixture : event_loop {
  /// Its name is as good as itself: nothing here looks at its socket.
  const io::transport* add(std::uint64_t turn, std::uint64_t age = 0) {
    auto one = std::make_unique<io::transport>(sockets, wheel);
    const io::transport* const name = one.get();
    unused.add(std::move(one), turn, age);
    return name;
  }
  const io::transport* take(std::uint64_t turn) {
    taken.push_back(unused.take(turn));
    return taken.back().get();
  }

  gateway::upstream::idle_connections unused;
  std::vector<std::unique_ptr<io::transport>> taken;  ///< so that no name is given twice
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(idle_connections)

BOOST_AUTO_TEST_CASE(the_one_used_last_is_taken_first) {
  for (const std::uint64_t turn : {std::uint64_t{1}, std::uint64_t{2}}) {
    fixture f;
    const auto* const first = f.add(1);
    const auto* const second = f.add(1);
    const auto* const third = f.add(1);
    BOOST_TEST(f.unused.size() == 3U);
    BOOST_TEST(f.take(turn) == third);
    BOOST_TEST(f.take(turn) == second);
    BOOST_TEST(!f.unused.empty());
    BOOST_TEST(f.take(turn) == first);
    BOOST_TEST(f.unused.empty());
  }
}

BOOST_AUTO_TEST_CASE(one_of_which_the_loop_has_heard_since_comes_before_those_of_this_turn) {
  fixture f;
  const auto* const oldest = f.add(1);
  const auto* const older = f.add(2);
  const auto* const fresh = f.add(3);
  BOOST_TEST(f.take(3) == older);
  const auto* const freshest = f.add(3);
  BOOST_TEST(f.take(3) == oldest);
  // Only then those that the kernel has to be asked about.
  const std::vector<const io::transport*> rest{f.take(3), f.take(3)};
  BOOST_TEST(std::ranges::count(rest, fresh) == 1);
  BOOST_TEST(std::ranges::count(rest, freshest) == 1);
}

BOOST_AUTO_TEST_CASE(removing_asks_about_each_with_its_age) {
  fixture f;
  std::map<const io::transport*, std::uint64_t> ages;
  for (std::uint64_t age = 1; age <= 6; ++age) ages[f.add(1, age)] = age;
  std::size_t asked = 0;
  const std::size_t removed =
      f.unused.remove_if([&](const io::transport& stream, std::uint64_t age) {
        ++asked;
        BOOST_TEST(ages.at(&stream) == age);
        return age % 2 == 0;
      });
  BOOST_TEST(asked == 6U);
  BOOST_TEST(removed == 3U);
  BOOST_TEST(f.unused.size() == 3U);
  for (const std::uint64_t age : {5U, 3U, 1U}) BOOST_TEST(ages.at(f.take(1)) == age);
}

BOOST_AUTO_TEST_CASE(after_removing_those_that_were_heard_of_still_come_first) {
  fixture f;
  const auto* const oldest = f.add(1);
  const auto* const older = f.add(1, 7);
  const auto* const fresh = f.add(2);
  const auto* const freshest = f.add(2);
  BOOST_TEST(f.take(2) == older);
  const std::size_t removed = f.unused.remove_if(
      [&](const io::transport& stream, std::uint64_t) { return &stream == freshest; });
  BOOST_TEST(removed == 1U);
  BOOST_TEST(f.take(2) == oldest);
  BOOST_TEST(f.take(2) == fresh);
}

BOOST_AUTO_TEST_CASE(the_kernel_is_asked_about_one_of_this_turn_alone) {
  for (const bool later : {false, true}) {
    fixture f;
    auto [ours, theirs] = event_loop::connection();
    f.unused.add(std::make_unique<io::transport>(std::move(ours), f.sockets, f.wheel),
                 f.sockets.turns(), 0);
    if (later) f.run(hear_of_another(&f));
    theirs.send("x");  // of which the loop does not hear
    BOOST_TEST(f.unused.take(f.sockets.turns())->quiet() == later);
    f.end();
  }
}

// Whatever comes and goes: of those of earlier turns the latest, or else one of this turn.
BOOST_AUTO_TEST_CASE(it_agrees_with_a_list_that_is_searched) {
  std::mt19937 choose(1);
  fixture f;
  std::map<const io::transport*, std::uint64_t> model;
  std::uint64_t turn = 1;
  for (int step = 0; step < 20'000; ++step) {
    switch (choose() % 8) {
      case 0: ++turn; break;
      case 1:
      case 2:
      case 3:
        if (model.size() < 20) model[f.add(turn)] = turn;
        break;
      case 4:
        if (choose() % 10 != 0) break;
        f.unused.remove_if([&](const io::transport& stream, std::uint64_t) {
          return choose() % 2 == 0 && model.erase(&stream) == 1;
        });
        break;
      default: {
        if (model.empty()) break;
        std::uint64_t best = 0;
        for (const auto& [stream, since] : model)
          if (since < turn) best = std::max(best, since);
        const auto found = model.find(f.take(turn));
        BOOST_REQUIRE(found != model.end());
        BOOST_REQUIRE_EQUAL(found->second, best == 0 ? turn : best);
        model.erase(found);
        f.taken.clear();
      }
    }
    BOOST_REQUIRE_EQUAL(f.unused.size(), model.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
