// SPDX-License-Identifier: Apache-2.0
#include "core/replay/fingerprint_index.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <map>
#include <random>
#include <vector>

using core::replay::entry;
using core::replay::fingerprint;
using core::replay::fingerprint_index;
using core::replay::nil;

namespace {

fingerprint numbered(std::uint64_t n) {
  fingerprint f{};
  std::memcpy(f.data() + 4, &n, sizeof n);
  return f;
}

/// Inserts and erases at random beside a std::map; fingerprints from few values so that most homes
/// are crowded.
void compare_with_a_map(std::uint32_t capacity, std::uint64_t values, unsigned seed) {
  std::mt19937_64 random(seed);
  fingerprint_index index(capacity, random());
  std::vector<entry> entries(capacity);
  std::map<fingerprint, std::uint32_t> reference;
  std::vector<std::uint32_t> free;
  for (std::uint32_t i = 0; i < capacity; ++i) free.push_back(i);

  for (int step = 0; step < 20'000; ++step) {
    // The lower 32 bits alone would leave the home to chance; multiples of 2^40 crowd where the
    // factor puts them.
    const auto f = numbered((random() % values) << (step % 2 == 0 ? 0U : 40U));
    const auto found = index.find(f, entries.data());
    const auto expected = reference.find(f);
    BOOST_REQUIRE_EQUAL(found, expected == reference.end() ? nil : expected->second);
    if (found != nil) {
      index.erase(found, entries.data());
      reference.erase(expected);
      free.push_back(found);
    } else if (!free.empty()) {
      entries[free.back()].fingerprint = f;
      index.make_room(entries.data());
      index.insert(f, free.back());
      reference.emplace(f, free.back());
      free.pop_back();
    }
    BOOST_REQUIRE_EQUAL(index.size(), reference.size());
  }
  for (const auto& [f, number] : reference)
    BOOST_REQUIRE_EQUAL(index.find(f, entries.data()), number);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(fingerprint_index_)

BOOST_AUTO_TEST_CASE(it_finds_what_a_map_finds) {
  unsigned seed = 1;
  for (const std::uint32_t capacity : {1U, 2U, 3U, 7U, 42U, 43U, 64U, 1000U, 5000U}) {
    compare_with_a_map(capacity, capacity, seed++);
    compare_with_a_map(capacity, 2ULL * capacity + 1, seed++);
  }
}

// With 1 as its seed an index hashes what it is given to itself: the upper half is the home.
BOOST_AUTO_TEST_CASE(more_than_a_slot_can_count_have_one_home) {
  constexpr std::uint32_t count = 50;
  fingerprint_index index(1000, 1);
  std::vector<entry> entries(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    entries[i].fingerprint = numbered((std::uint64_t{7} << 60U) + i);
    index.make_room(entries.data());
    index.insert(entries[i].fingerprint, i);
  }
  for (std::uint32_t gone = 0; gone < count; ++gone) {
    index.erase(gone, entries.data());
    BOOST_TEST(index.find(entries[gone].fingerprint, entries.data()) == nil);
    for (std::uint32_t i = gone + 1; i < count; ++i)
      BOOST_REQUIRE_EQUAL(index.find(entries[i].fingerprint, entries.data()), i);
  }
}

// They are spread over memory, and each would have to be waited for.
BOOST_AUTO_TEST_CASE(others_entries_are_not_looked_at_to_erase_one) {
  constexpr std::uint32_t count = 10;
  fingerprint_index index(1000, 1);
  std::vector<entry> entries(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    entries[i].fingerprint = numbered((std::uint64_t{7} << 60U) + i);
    index.make_room(entries.data());
    index.insert(entries[i].fingerprint, i);
  }
  std::vector<entry> blank(count);
  blank[0] = entries[0];
  index.erase(0, blank.data());
  for (std::uint32_t i = 1; i < count; ++i)
    BOOST_TEST(index.find(entries[i].fingerprint, entries.data()) == i);
}

BOOST_AUTO_TEST_CASE(at_capacity_it_takes_six_bytes_an_entry_and_little_before) {
  constexpr std::uint32_t capacity = 60'000;
  fingerprint_index index(capacity, 12345);
  std::vector<entry> entries(capacity);
  BOOST_TEST(index.bytes() <= 256U);
  std::mt19937_64 random(7);
  for (std::uint32_t i = 0; i < capacity; ++i) {
    entries[i].fingerprint = numbered(random());
    index.make_room(entries.data());
    index.insert(entries[i].fingerprint, i);
    BOOST_REQUIRE_LE(index.bytes(), 256U + 13U * (i + 1U));
  }
  BOOST_TEST(index.bytes() <= 6U * capacity + 16U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
