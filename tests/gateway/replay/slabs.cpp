// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/slabs.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

#include "gateway/replay/store.hpp"
#include "tests/gateway/replay/house.hpp"

namespace tests {

namespace {

constexpr std::uint64_t capacity = 1000;

/// A folder with a state file in it, and stores that use it one after the other.
struct fixture {
  folder here;
  std::string file = here.path("marks");

  [[nodiscard]] rep::store open(std::int64_t now = t0, std::uint64_t room = capacity) const {
    return {settings(room, file), now};
  }
  /// A process that reserves 1, 2 and 3, releases 3, and ends in order.
  void leave_three() const {
    rep::store s = open();
    for (int i = 1; i <= 3; ++i) BOOST_TEST(s.reserve(said(i), t0) == verdict::fresh);
    s.release(said(3));
  }
  /// The same, but it is killed.
  void leave_three_killed() const {
    killed_after([this] {
      auto* s = new rep::store(settings(capacity, file), t0);
      bool ok = true;
      for (int i = 1; i <= 3; ++i) ok = ok && s->reserve(said(i), t0) == verdict::fresh;
      s->release(said(3));
      return ok;
    });
  }
  void change(std::size_t at, const std::string& bytes) const {
    std::string all = bytes_of(file);
    all.replace(at, bytes.size(), bytes);
    write_bytes(file, all);
  }
  [[nodiscard]] std::string refusal() const {
    try {
      (void)open();
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return {};
  }
};

void nothing_was_lost(rep::store& s) {
  BOOST_TEST(s.note().empty(), s.note());
  BOOST_TEST(s.reserve(said(1), t0) == verdict::seen);
  BOOST_TEST(s.reserve(said(2), t0) == verdict::seen);
  BOOST_TEST(s.reserve(said(3), t0) == verdict::fresh);
  BOOST_TEST(s.reserve(said(4), t0) == verdict::fresh);
}

/// Nobody can say what was seen: messages up to the barrier are refused, later ones are not.
void all_was_lost(rep::store& s, std::int64_t now = t0) {
  BOOST_TEST(!s.note().empty());
  BOOST_TEST(s.reserve(said(1), now) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(9, now + future), now) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(9, now + future + 1), now + 1) == verdict::fresh);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(slabs)

BOOST_AUTO_TEST_CASE(a_new_file_is_a_first_start) {
  fixture f;
  rep::store s = f.open();
  BOOST_TEST(s.note().empty());
  BOOST_TEST(s.first_start());
  BOOST_TEST(s.refused_until() == 0);
  BOOST_TEST(s.reserve(said(1, t0 - 300), t0) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(marks_survive_an_end_in_order) {
  fixture f;
  f.leave_three();
  rep::store s = f.open();
  nothing_was_lost(s);
}

BOOST_AUTO_TEST_CASE(marks_survive_a_kill) {
  fixture f;
  f.leave_three_killed();
  rep::store s = f.open();
  nothing_was_lost(s);
}

BOOST_AUTO_TEST_CASE(marks_survive_one_kill_after_another_in_many_shards) {
  fixture f;
  constexpr std::uint64_t room = 140'001;
  for (int round = 0; round < 3; ++round)
    killed_after([&] {
      auto* s = new rep::store(settings(room, f.file), t0);
      for (int i = 0; i < 3000 * round; ++i)
        if (s->reserve(said(i), t0) != verdict::seen) return false;
      for (int i = 3000 * round; i < 3000 * (round + 1); ++i)
        if (s->reserve(said(i), t0) != verdict::fresh) return false;
      return true;
    });
  rep::store s = f.open(t0, room);
  BOOST_TEST(s.figures(t0).marks == 9000U);
}

BOOST_AUTO_TEST_CASE(what_was_forgotten_before_the_restart_stays_unavailable) {
  fixture f;
  {
    rep::store s(settings(capacity, f.file, 0), t0);
    BOOST_TEST(s.reserve(said(1), t0) == verdict::fresh);
    BOOST_TEST(s.reserve(said(2, t0 + 301), t0 + 301) == verdict::fresh);
  }
  rep::store s(settings(capacity, f.file, 0), t0);
  BOOST_TEST(s.reserve(said(1), t0) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(2, t0 + 301), t0 + 301) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(after_a_power_cut_what_reached_the_disk_counts_and_the_rest_is_refused) {
  fixture f;
  f.leave_three_killed();
  f.change(offsetof(rep::state_header, boot_id), "another boot");
  rep::store s = f.open();
  BOOST_TEST(s.note().starts_with("the machine went down while the replay state file "));
  // Those that are there are known; of the others nobody can say.
  BOOST_TEST(s.reserve(said(1), t0) == verdict::seen);
  BOOST_TEST(s.reserve(said(1, t0 + 200), t0 + 200) == verdict::seen);
  BOOST_TEST(s.reserve(said(5), t0) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(5, t0 + future + 1), t0 + 1) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(after_a_power_cut_the_clock_that_counted_then_counts_still) {
  fixture f;
  // Its clock was 1000 s ahead of the one we start with now.
  const std::int64_t ahead = t0 + 1000;
  killed_after([&] {
    auto* s = new rep::store(settings(capacity, f.file), ahead);
    return s->reserve(said(1, ahead), ahead) == verdict::fresh;
  });
  f.change(offsetof(rep::state_header, boot_id), "another boot");
  {
    rep::store s = f.open();
    BOOST_TEST(s.reserve(said(2, ahead), ahead) == verdict::unavailable);
  }
  rep::store s = f.open();
  BOOST_TEST(s.reserve(said(2, ahead), ahead) == verdict::unavailable);
  BOOST_TEST(s.reserve(said(2, ahead + 1), ahead + 1) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(an_end_in_order_survives_a_power_cut) {
  fixture f;
  f.leave_three();
  f.change(offsetof(rep::state_header, boot_id), "another boot");
  rep::store s = f.open();
  nothing_was_lost(s);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_gone_left_a_trace) {
  fixture f;
  f.leave_three();
  std::filesystem::remove(f.file);
  const std::int64_t later = t0 + future + 1;
  {
    rep::store s = f.open();
    BOOST_TEST(!s.first_start());
    BOOST_TEST(s.note() == "the replay state file " + f.file +
                               " is gone, its marks are lost: messages stamped up to " +
                               std::to_string(t0 + future) + " are refused");
    BOOST_TEST(s.refused_until() == t0 + future);
    all_was_lost(s);
  }
  rep::store next = f.open(later);
  BOOST_TEST(next.note().empty());
  BOOST_TEST(next.refused_until() == t0 + future);
  BOOST_TEST(next.reserve(said(8), later) == verdict::unavailable);  // the barrier was kept
}

BOOST_AUTO_TEST_CASE(a_file_from_before_there_were_traces_leaves_one) {
  fixture f;
  f.leave_three();
  std::filesystem::remove(f.file + ".begun");
  {
    rep::store s = f.open();
    nothing_was_lost(s);
  }
  std::filesystem::remove(f.file);
  rep::store s = f.open();
  all_was_lost(s);
}

BOOST_AUTO_TEST_CASE(where_a_trace_can_be_lost_too_a_file_that_is_not_there_is_no_first_start) {
  fixture f;
  rep::store_settings unsure = settings(capacity, f.file);
  unsure.barrier = true;
  {
    rep::store s(unsure, t0);
    BOOST_TEST(s.note() == "the replay state file " + f.file +
                               " was not there, and there may have been one: messages stamped up "
                               "to " +
                               std::to_string(t0 + future) + " are refused");
    all_was_lost(s);
  }
  rep::store again(unsure, t0 + future + 1);
  BOOST_TEST(again.note().empty());
  BOOST_TEST(again.reserve(said(9, t0 + future + 1), t0 + future + 1) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_is_lost_and_refuses_for_one_window) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, sizeof(rep::state_header) - 1,
                                 std::size_t{4096}, std::size_t{8192}, std::size_t{8192 + 100}}) {
    fixture f;
    f.leave_three();
    if (size < 8) continue;  // less than its name is nobody's: below
    std::filesystem::resize_file(f.file, size);
    rep::store s = f.open();
    all_was_lost(s);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_file_may_have_been_ours) {
  fixture f;
  for (const std::size_t size : {0U, 100U, 4096U}) {
    write_bytes(f.file, std::string(size, '\0'));
    rep::store s = f.open();
    all_was_lost(s);
  }
}

BOOST_AUTO_TEST_CASE(a_header_with_any_byte_wrong_is_lost) {
  for (std::size_t at = 8; at < offsetof(rep::state_header, boot_id); ++at) {
    fixture f;
    f.leave_three();
    f.change(at, std::string(1, static_cast<char>(bytes_of(f.file)[at] ^ 1)));
    rep::store s = f.open();
    all_was_lost(s);
  }
}

BOOST_AUTO_TEST_CASE(after_a_file_was_lost_the_next_restart_is_as_any_other) {
  fixture f;
  f.leave_three();
  std::filesystem::resize_file(f.file, 4096);
  const std::int64_t later = t0 + future + 1;
  {
    rep::store s = f.open();
    BOOST_TEST(s.reserve(said(9, later), later) == verdict::fresh);
  }
  rep::store s = f.open(later);
  BOOST_TEST(s.note().empty());
  BOOST_TEST(s.reserve(said(9, later), later) == verdict::seen);
  BOOST_TEST(s.reserve(said(8), later) == verdict::unavailable);  // the barrier was kept too
}

BOOST_AUTO_TEST_CASE(somebody_elses_file_is_left_alone) {
  fixture f;
  for (const std::string& bytes : {std::string("precious"), std::string("csmarks"),
                                   "x" + std::string(5000, '\0'), std::string("csmarks\r\n")}) {
    write_bytes(f.file, bytes);
    BOOST_TEST(f.refusal() ==
               "replay state file " + f.file +
                   ": holds something else than marks and is left alone; name another file, or "
                   "remove it");
    BOOST_TEST((bytes_of(f.file) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(whatever_stands_in_it_a_file_can_be_opened) {
  std::mt19937 random(1);
  fixture f;
  f.leave_three();
  const std::string sound = bytes_of(f.file);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = sound;
    // Ledgers and the first entries; now a few bytes, now many.
    for (auto n = random() % (round % 2 == 0 ? 8 : 2000); n-- != 0;)
      bytes[4096 + random() % (bytes.size() - 4096)] = static_cast<char>(random());
    if (round % 3 == 0) bytes[4096] = static_cast<char>(random());  // how many were used
    write_bytes(f.file, bytes);
    rep::store s = f.open();
    for (int i = 0; i < 1500; ++i) (void)s.reserve(said(i, t0 + i, std::to_string(i % 5)), t0 + i);
    BOOST_TEST(s.figures(t0 + 1500).marks <= capacity);
  }
}

BOOST_AUTO_TEST_CASE(another_capacity_takes_the_marks_over) {
  for (const std::uint64_t room : {std::uint64_t{10}, std::uint64_t{999}, std::uint64_t{200'000}}) {
    fixture f;
    f.leave_three();
    {
      rep::store s = f.open(t0, room);
      nothing_was_lost(s);
    }
    // And back again, with what came in between.
    rep::store s = f.open();
    BOOST_TEST(s.note().empty());
    for (int i = 1; i <= 4; ++i) BOOST_TEST(s.reserve(said(i), t0) == verdict::seen);
  }
}

BOOST_AUTO_TEST_CASE(what_a_smaller_capacity_has_no_room_for_is_refused_not_forgotten) {
  fixture f;
  {
    rep::store s = f.open();
    for (int i = 0; i < 100; ++i)
      BOOST_TEST(s.reserve(said(i, t0 + i, std::to_string(i % 4)), t0 + i) == verdict::fresh);
  }
  rep::store s = f.open(t0 + 100, 40);
  BOOST_TEST(s.figures(t0 + 100).marks == 40U);
  for (int i = 0; i < 60; ++i)
    BOOST_TEST(s.reserve(said(i, t0 + i, std::to_string(i % 4)), t0 + 100) == verdict::unavailable);
  for (int i = 60; i < 100; ++i)
    BOOST_TEST(s.reserve(said(i, t0 + i, std::to_string(i % 4)), t0 + 100) == verdict::seen);
}

BOOST_AUTO_TEST_CASE(where_the_disk_is_full_marks_are_refused_until_it_is_not) {
  fixture f;
  rep::store s = f.open(t0, 100'000);
  int before = 0;
  {
    const full_disk now;
    // The room it has is used to the last entry.
    while (s.reserve(said(before), t0) == verdict::fresh) ++before;
    BOOST_TEST(s.reserve(said(before), t0) == verdict::full);
    for (int i = 0; i < before; ++i) BOOST_REQUIRE(s.reserve(said(i), t0) == verdict::seen);
  }
  // Asked again a second later.
  BOOST_TEST(s.reserve(said(before, t0 + 1), t0 + 1) == verdict::fresh);
}

BOOST_AUTO_TEST_CASE(where_the_disk_is_full_at_the_start_the_operator_is_told) {
  fixture f;
  const full_disk now;
  BOOST_TEST(f.refusal() == "replay state file " + f.file + ": there is no room on its disk");
}

BOOST_AUTO_TEST_CASE(a_file_takes_room_as_it_is_used) {
  fixture f;
  rep::store s = f.open(t0, 4'000'000);
  struct stat about{};
  BOOST_REQUIRE_EQUAL(::stat(f.file.c_str(), &about), 0);
  BOOST_TEST(about.st_size > 96'000'000);
  BOOST_TEST(about.st_blocks * 512 < 1'000'000);
}

BOOST_AUTO_TEST_CASE(a_plan_shares_the_capacity_out_exactly) {
  for (const std::uint64_t n :
       {1ULL, 2ULL, 65'535ULL, 65'536ULL, 140'001ULL, 4'000'000ULL, 100'000'007ULL}) {
    const rep::shard_plan plan(n);
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < plan.shards; ++i) sum += plan.entries(i);
    BOOST_TEST(sum == n);
    BOOST_TEST(plan.shards <= 64U);
    BOOST_TEST((plan.shards & (plan.shards - 1)) == 0U);
    BOOST_TEST(plan.shard_of({0xff}) < plan.shards);
  }
}

BOOST_FIXTURE_TEST_CASE(what_is_handed_over_is_the_others_alone, fixture) {
  rep::store first = open();
  BOOST_TEST(first.reserve(said(1), t0) == verdict::fresh);
  BOOST_TEST(first.reserve(said(2), t0) == verdict::fresh);
  BOOST_TEST(first.hand_over());
  rep::store second = open();
  BOOST_TEST(second.note().empty());
  BOOST_TEST(second.reserve(said(1), t0) == verdict::seen);
  // Nothing is said here any more, and nothing is taken back from the other.
  BOOST_TEST(first.reserve(said(3), t0) == verdict::unavailable);
  first.release(said(2));
  BOOST_TEST(second.reserve(said(2), t0) == verdict::seen);
  BOOST_TEST(second.reserve(said(3), t0) == verdict::fresh);
  BOOST_TEST(first.figures(t0).marks == 2U);
}

BOOST_FIXTURE_TEST_CASE(the_end_of_the_one_that_handed_over_changes_nothing, fixture) {
  auto first = std::make_unique<rep::store>(settings(capacity, file), t0);
  BOOST_TEST(first->hand_over());
  killed_after([&] {
    rep::store second(settings(capacity, file), t0);
    const bool fresh = second.reserve(said(1), t0) == verdict::fresh;
    first.reset();
    return fresh;
  });
  first.reset();
  rep::store third = open();
  BOOST_TEST(third.reserve(said(1), t0) == verdict::seen);
}

BOOST_FIXTURE_TEST_CASE(what_is_taken_back_has_the_marks_of_both, fixture) {
  rep::store first = open();
  BOOST_TEST(first.reserve(said(1), t0) == verdict::fresh);
  BOOST_TEST(first.hand_over());
  {
    rep::store second = open();
    BOOST_TEST(second.reserve(said(2), t0) == verdict::fresh);
    BOOST_CHECK_THROW(first.take_back(t0), std::runtime_error);
    BOOST_TEST(first.reserve(said(3), t0) == verdict::unavailable);
  }
  first.take_back(t0);
  for (int i = 1; i <= 2; ++i) BOOST_TEST(first.reserve(said(i), t0) == verdict::seen);
  BOOST_TEST(first.reserve(said(3), t0) == verdict::fresh);
  BOOST_CHECK_THROW(static_cast<void>(open()), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(marks_in_memory_alone_are_not_handed_over) {
  rep::store alone(settings(capacity), t0);
  BOOST_TEST(!alone.hand_over());
  BOOST_TEST(alone.reserve(said(1), t0) == verdict::fresh);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
