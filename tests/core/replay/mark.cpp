// SPDX-License-Identifier: Apache-2.0
#include "core/replay/mark.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "core/crypto/digest.hpp"

using core::replay::mark;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(mark_)

BOOST_AUTO_TEST_CASE(same_values_make_the_same_mark) {
  const auto a = mark::make("billing", "laravel-payload", {"mac"}, 1700000300);
  const auto b = mark::make("billing", "laravel-payload", {"mac"}, 1700000301);
  BOOST_TEST(a.fingerprint == b.fingerprint);
  BOOST_TEST(a.client == b.client);
  BOOST_TEST(a.window_end == 1700000300);
}

BOOST_AUTO_TEST_CASE(client_kind_and_every_value_make_a_difference) {
  std::set<std::array<std::uint8_t, 12>> seen;
  const auto add = [&](const mark& m) { seen.insert(m.fingerprint); };
  add(mark::make("a", "k", {"1", "2"}, 1));
  add(mark::make("b", "k", {"1", "2"}, 1));
  add(mark::make("a", "l", {"1", "2"}, 1));
  add(mark::make("a", "k", {"2", "2"}, 1));
  add(mark::make("a", "k", {"1", "1"}, 1));
  add(mark::make("a", "k", {"2", "1"}, 1));
  add(mark::make("a", "k", {"1"}, 1));
  add(mark::make("a", "k", {}, 1));
  add(mark::make("", "k", {"1", "2"}, 1));
  BOOST_TEST(seen.size() == 9U);
}

BOOST_AUTO_TEST_CASE(where_one_value_ends_makes_a_difference) {
  BOOST_TEST((mark::make("c", "k", {"ab", "c"}, 1).fingerprint !=
              mark::make("c", "k", {"a", "bc"}, 1).fingerprint));
  BOOST_TEST((mark::make("c", "k", {"ab"}, 1).fingerprint !=
              mark::make("c", "k", {"a", "b"}, 1).fingerprint));
  BOOST_TEST(
      (mark::make("ck", "", {"a"}, 1).fingerprint != mark::make("c", "k", {"a"}, 1).fingerprint));
  BOOST_TEST((mark::make("c", "k", {"a", ""}, 1).fingerprint !=
              mark::make("c", "k", {"a"}, 1).fingerprint));
  BOOST_TEST((mark::make("c", "k", {std::string_view("a\0", 2)}, 1).fingerprint !=
              mark::make("c", "k", {"a"}, 1).fingerprint));
}

BOOST_AUTO_TEST_CASE(long_values_differ_in_every_byte_and_from_their_digest) {
  for (const std::size_t size : {127U, 128U, 129U, 1000U, 8192U}) {
    const std::string text(size, 'x');
    std::set<std::array<std::uint8_t, 12>> seen{mark::make("c", "k", {text}, 1).fingerprint};
    for (std::size_t i = 0; i < size; i += size / 64 + 1) {
      auto other = text;
      other[i] = 'y';
      BOOST_TEST(seen.insert(mark::make("c", "k", {other}, 1).fingerprint).second);
    }
    const auto digest = core::crypto::sha256({text});
    BOOST_TEST(
        seen.insert(mark::make("c", "k", {core::crypto::view(digest)}, 1).fingerprint).second);
  }
}

BOOST_AUTO_TEST_CASE(more_values_than_the_stack_has_room_for_still_all_count) {
  const std::string v(128, 'v');
  std::set<std::array<std::uint8_t, 12>> seen;
  seen.insert(mark::make("c", "k", {v, v, v, v, v, v, v, v, v, v}, 1).fingerprint);
  seen.insert(mark::make("c", "k", {v, v, v, v, v, v, v, v, v}, 1).fingerprint);
  for (std::size_t changed = 0; changed < 10; ++changed) {
    std::array<std::string, 10> values;
    values.fill(v);
    values[changed][64] = 'w';
    seen.insert(mark::make("c", "k",
                           {values[0], values[1], values[2], values[3], values[4], values[5],
                            values[6], values[7], values[8], values[9]},
                           1)
                    .fingerprint);
  }
  BOOST_TEST(seen.size() == 12U);
}

// A state file outlives the program that wrote it: what a mark is must not change unnoticed.
// Computed with Python's hashlib: sha256(b"".join(len(x).to_bytes(8, "big") + x for x in
// [b"billing", b"laravel-payload", b"\x01\x02"])).hexdigest()[:24]
BOOST_AUTO_TEST_CASE(the_fingerprint_is_fixed) {
  const auto m = mark::make("billing", "laravel-payload", {"\x01\x02"}, 1);
  std::string hex;
  for (const auto byte : m.fingerprint) {
    hex += "0123456789abcdef"[byte >> 4U];
    hex += "0123456789abcdef"[byte & 15U];
  }
  BOOST_TEST(hex == "0de1ac479b5cdd5111928c09");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
