// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/frame_memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace tests {

namespace {

using gateway::net::recycled_frame;

void* get(std::size_t size) { return recycled_frame::operator new(size); }
void put_back(void* frame, std::size_t size) { recycled_frame::operator delete(frame, size); }

/// Memory that is filled with a value of its own.
struct frame {
  unsigned char* bytes;
  std::size_t size;
  unsigned char value;

  frame(std::size_t room, unsigned char with)
      : bytes(static_cast<unsigned char*>(get(room))), size(room), value(with) {
    std::memset(bytes, value, size);
  }
  [[nodiscard]] bool whole() const {
    return std::all_of(bytes, bytes + size, [this](unsigned char b) { return b == value; });
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(frame_memory)

// Under AddressSanitizer this says that no frame is larger than what is had for it.
BOOST_AUTO_TEST_CASE(each_frame_has_its_room_for_itself) {
  std::mt19937 choose(1);
  std::vector<frame> all;
  for (int i = 0; i < 20'000; ++i) {
    if (!all.empty() && choose() % 2 == 0) {
      std::swap(all[choose() % all.size()], all.back());
      BOOST_REQUIRE(all.back().whole());
      put_back(all.back().bytes, all.back().size);
      all.pop_back();
    } else {
      all.emplace_back(1 + choose() % 9000, static_cast<unsigned char>(choose()));
    }
  }
  for (const frame& each : all) {
    BOOST_TEST(each.whole());
    put_back(each.bytes, each.size);
  }
}

// A sanitizer's build keeps no frames: it would not see a use after the end.
#ifndef COUNTERSIGN_NO_RECYCLING

namespace {

// Larger than what glibc's own caches hold, which count as used.
constexpr std::size_t large = 4000;
// Of each size, and a little for what else may be allocated meanwhile.
constexpr std::size_t most_kept = 64;

std::size_t used() { return ::mallinfo2().uordblks; }

/// Takes so many at once and puts all of them back.
void burst(std::size_t count, std::size_t size) {
  std::vector<void*> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) all.push_back(get(size));
  for (void* each : all) put_back(each, size);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_next_frame_of_a_size_has_the_memory_of_the_last_one) {
  void* const first = get(1000);
  void* const second = get(1000);
  put_back(first, 1000);
  put_back(second, 1000);
  BOOST_TEST(get(1000) == second);
  BOOST_TEST(get(1000) == first);
  put_back(first, 1000);
  put_back(second, 1000);
}

BOOST_AUTO_TEST_CASE(what_was_of_another_size_is_left_alone) {
  void* const small = get(64);
  put_back(small, 64);
  void* const larger = get(65);
  BOOST_TEST(larger != small);
  void* const again = get(1);
  BOOST_TEST(again == small);
  put_back(larger, 65);
  put_back(again, 1);
}

BOOST_AUTO_TEST_CASE(a_burst_does_not_stay_in_memory) {
  burst(1, large);
  const std::size_t before = used();
  burst(10 * most_kept, large);
  const std::size_t kept = used() - before;
  BOOST_TEST(kept > most_kept / 2 * large);
  BOOST_TEST(kept < (most_kept + 1) * (large + 200));
  burst(10 * most_kept, large);
  BOOST_TEST(used() - before == kept);
}

BOOST_AUTO_TEST_CASE(of_the_largest_none_is_kept) {
  const std::size_t before = used();
  burst(most_kept, 8192);
  BOOST_TEST(used() == before);
}

BOOST_AUTO_TEST_CASE(each_thread_keeps_its_own_and_frees_it_at_its_end) {
  void* const from_here = get(large);
  const std::size_t before = used();
  bool same = false;
  std::jthread([&] {
    put_back(from_here, large);
    void* const again = get(large);
    same = again == from_here;
    put_back(again, large);
    burst(most_kept, large);
  }).join();
  BOOST_TEST(same);
  BOOST_TEST(used() < before + most_kept / 2 * large);
}

#endif

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
