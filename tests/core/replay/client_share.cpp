// SPDX-License-Identifier: Apache-2.0
#include "core/replay/client_share.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

using core::replay::client_share;
using core::replay::entry;

namespace {

std::uint32_t held(const std::vector<entry>& entries, std::uint32_t client) {
  return static_cast<std::uint32_t>(
      std::count_if(entries.begin(), entries.end(),
                    [&](const entry& e) { return e.window_end != 0 && e.client == client; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(replay)
BOOST_AUTO_TEST_SUITE(client_share_)

// Few clients, some of them in one group (a group is 8 bits of client * an odd number: 256 clients
// cannot all differ), one of which is favoured at times so that groups go up and down across the
// half.
BOOST_AUTO_TEST_CASE(it_knows_the_half_of_every_client_exactly) {
  std::mt19937 generator(3);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  for (const std::uint32_t capacity : {2U, 3U, 10U, 64U, 301U}) {
    for (const std::uint32_t clients : {1U, 2U, 5U, 700U}) {
      const auto half = capacity / 2;
      client_share share(half);
      std::vector<entry> entries(capacity);
      for (int step = 0; step < 4000; ++step) {
        auto& e = entries[random() % capacity];
        if (e.window_end != 0) {
          e.window_end = 0;
          share.remove(e.client);
        } else {
          const bool favoured = (step / 500) % 2 == 0 && random() % 3 != 0;
          e.client = favoured ? 0 : random() % clients;
          share.add(e.client);
          e.window_end = 1;
        }
        const std::uint32_t asked = random() % 2 == 0 ? 0 : random() % clients;
        BOOST_REQUIRE_EQUAL(share.at_half(asked, entries), held(entries, asked) >= half);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_clients_take_no_memory_of_their_own) {
  client_share share(1'000'000);
  std::vector<entry> none;
  for (std::uint32_t client = 0; client < 100'000; ++client) {
    share.add(client);
    BOOST_REQUIRE(!share.at_half(client, none));
  }
  BOOST_TEST(share.bytes() <= 2048U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
