// SPDX-License-Identifier: Apache-2.0
#include "core/replay/window_history.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "core/replay/expiring_set.hpp"
#include "core/replay/mark.hpp"

namespace tests {

namespace {

using namespace core::replay;

constexpr std::int64_t noon = 1'780'000'000;
// Longer than any worker needs to hear of another configuration.
constexpr std::int64_t moment = 60;
const window_owner laravel{"laravel", {}};

window_owner mailer(const char* name) { return {"template", name}; }

/// What the window of this scheme becomes when it takes the place of what is in force.
window exchange(window_history& all, const window_owner& owner, window wanted, std::int64_t now) {
  all.replace({}, now);
  const window made = all.narrow(owner, wanted);
  all.replace({{owner, made}}, now);
  return made;
}

window_history with(const window_owner& owner, window first) {
  window_history all;
  exchange(all, owner, first, noon - 10'000);
  return all;
}

bool takes(const window& w, std::int64_t stamp, std::int64_t now) {
  return w.check(stamp, now).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(window_history_)

BOOST_AUTO_TEST_CASE(the_first_windows_are_as_wanted) {
  window_history all;
  const window made = exchange(all, laravel, {300, 60}, noon);
  BOOST_TEST(takes(made, noon - 300, noon));
  BOOST_TEST(made.past_of(noon) == 300);
}

BOOST_AUTO_TEST_CASE(what_was_too_old_stays_so_when_the_window_grows) {
  window_history all = with(laravel, {60, 30});
  const window wide = exchange(all, laravel, {600, 30}, noon);
  BOOST_TEST(!takes(wide, noon - 61, noon));
  BOOST_TEST(takes(wide, noon - 60, noon));
}

BOOST_AUTO_TEST_CASE(what_may_have_been_accepted_before_grows_no_older_than_it_could_then) {
  window_history all = with(laravel, {60, 30});
  const window wide = exchange(all, laravel, {600, 30}, noon);
  const std::int64_t last = noon + 30 + moment;  // the latest stamp that the old one let through
  BOOST_TEST(takes(wide, noon, noon + 60));
  BOOST_TEST(!takes(wide, noon, noon + 61));
  BOOST_TEST(!takes(wide, last, last + 61));
  BOOST_TEST(takes(wide, last + 1, last + 1 + 600));
  BOOST_TEST(!takes(wide, last + 1, last + 1 + 601));
  // Marks end accordingly: with the window that forgets them.
  BOOST_TEST(wide.past_of(last) == 60);
  BOOST_TEST(wide.past_of(last + 1) == 600);
}

BOOST_AUTO_TEST_CASE(a_window_that_shrinks_or_stays_is_as_wanted) {
  window_history all = with(laravel, {300, 60});
  BOOST_TEST(exchange(all, laravel, {300, 60}, noon).past_of(noon) == 300);
  BOOST_TEST(exchange(all, laravel, {60, 60}, noon + 1).past_of(noon) == 60);
}

BOOST_AUTO_TEST_CASE(reloads_that_change_nothing_forget_nothing) {
  window_history all = with(laravel, {60, 30});
  exchange(all, laravel, {600, 30}, noon);
  for (int i = 1; i < 100; ++i) exchange(all, laravel, {600, 30}, noon + i);
  const window last = exchange(all, laravel, {600, 30}, noon + 100);
  BOOST_TEST(!takes(last, noon, noon + 100));
  BOOST_TEST(takes(last, noon + 99, noon + 100));
}

BOOST_AUTO_TEST_CASE(nor_do_detours_by_way_of_a_window_in_between) {
  window_history all = with(laravel, {60, 30});
  exchange(all, laravel, {300, 30}, noon);
  const window widest = exchange(all, laravel, {600, 30}, noon + 10);
  BOOST_TEST(!takes(widest, noon - 61, noon + 10));
  BOOST_TEST(!takes(widest, noon, noon + 61));
}

BOOST_AUTO_TEST_CASE(nor_does_a_scheme_that_was_away_for_a_while) {
  window_history all = with(mailer("a"), {60, 30});
  all.replace({}, noon);
  all.replace({{mailer("b"), {300, 30}}}, noon);
  const window again = exchange(all, mailer("a"), {600, 30}, noon + 10);
  BOOST_TEST(!takes(again, noon - 61, noon + 10));
}

BOOST_AUTO_TEST_CASE(nor_does_one_that_was_away_while_another_came_and_went) {
  window_history all = with(mailer("a"), {600, 30});
  all.replace({{laravel, {60, 30}}}, noon);
  const window again = exchange(all, mailer("a"), {900, 30}, noon + 200);
  BOOST_TEST(takes(again, noon, noon + 600));
  BOOST_TEST(!takes(again, noon, noon + 601));
}

BOOST_AUTO_TEST_CASE(a_scheme_by_another_name_may_be_one_that_was_there) {
  window_history all = with(mailer("a"), {60, 30});
  BOOST_TEST(!takes(exchange(all, mailer("b"), {600, 30}, noon), noon - 61, noon));
}

BOOST_AUTO_TEST_CASE(schemes_that_stay_are_nothing_to_each_other) {
  window_history all;
  all.replace({{mailer("a"), {60, 30}}, {mailer("b"), {600, 30}}, {laravel, {30, 30}}},
              noon - 9000);
  all.replace({}, noon);
  BOOST_TEST(takes(all.narrow(mailer("b"), {600, 30}), noon - 600, noon));
  BOOST_TEST(takes(all.narrow({"rfc9421", {}}, {600, 30}), noon - 600, noon));
  BOOST_TEST(!takes(all.narrow(mailer("a"), {600, 30}), noon - 61, noon));
}

BOOST_AUTO_TEST_CASE(once_it_has_been_in_force_long_enough_a_window_is_whole) {
  window_history all = with(laravel, {60, 30});
  exchange(all, laravel, {600, 30}, noon);
  const std::int64_t later = noon + 30 + moment + 601;
  const window wide = exchange(all, laravel, {900, 30}, later);
  BOOST_TEST(takes(wide, later - 600, later));
  BOOST_TEST(!takes(wide, later - 601, later));
}

/// All that could go wrong at once: a store that forgets as soon as it may.
BOOST_AUTO_TEST_CASE(nothing_is_let_through_twice_however_windows_change) {
  std::vector<entry> entries(1000);
  ledger kept{};
  expiring_set store({1000, 0, 90, 7}, entries.data(), kept, noon);
  store.grant(1000);
  window_history all;
  window now_in_force = exchange(all, laravel, {60, 30}, noon);
  std::vector<int> passed(900);  // by stamp
  const std::vector<std::int64_t> windows{60, 600, 20, 300, 300, 600, 60, 600};
  for (std::int64_t t = 0; t < 800; ++t) {
    if (t % 37 == 0)
      now_in_force =
          exchange(all, laravel, {windows[static_cast<std::size_t>(t / 37) % 8], 30}, noon + t);
    // Each second somebody repeats all messages that were ever made.
    for (std::int64_t stamp = std::max<std::int64_t>(0, t - 700); stamp <= t + 30; ++stamp) {
      if (!takes(now_in_force, noon + stamp, noon + t)) continue;
      const mark m = mark::make("billing", "laravel-bodyless", {std::to_string(stamp)},
                                noon + stamp + now_in_force.past_of(noon + stamp));
      if (store.reserve(m, noon + t) == verdict::fresh) ++passed[static_cast<std::size_t>(stamp)];
    }
  }
  for (std::size_t stamp = 0; stamp < passed.size(); ++stamp)
    BOOST_TEST(passed[stamp] <= 1, stamp << " passed " << passed[stamp] << " times");
  BOOST_TEST(passed[0] == 1);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
