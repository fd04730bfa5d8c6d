// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/buffers.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <utility>
#include <vector>

namespace tests {

namespace io = gateway::net;

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(buffers)

BOOST_AUTO_TEST_CASE(a_buffer_is_the_next_power_of_two_and_4_kib_at_least) {
  io::buffer_pool pool;
  BOOST_TEST(pool.borrow(0).size() == 4096U);
  BOOST_TEST(pool.borrow(4096).size() == 4096U);
  BOOST_TEST(pool.borrow(4097).size() == 8192U);
  io::buffer large = pool.borrow((32U << 20U) + 1);
  BOOST_TEST(large.size() == 64U << 20U);
  BOOST_TEST(large.bytes().size() == large.size());
  large.bytes().back() = 'x';
}

BOOST_AUTO_TEST_CASE(what_was_given_back_is_lent_again) {
  io::buffer_pool pool;
  io::buffer first = pool.borrow(5000);
  const char* const where = first.data();
  first.give_back();
  BOOST_TEST(!first);
  BOOST_TEST(first.size() == 0U);
  io::buffer other_size = pool.borrow(100);
  BOOST_TEST((other_size.data() != where));
  io::buffer second = pool.borrow(8000);
  BOOST_TEST((second.data() == where));
}

BOOST_AUTO_TEST_CASE(nobody_shares_memory_with_anybody) {
  io::buffer_pool pool;
  std::vector<io::buffer> lent;
  for (int i = 0; i < 50; ++i) {
    lent.push_back(pool.borrow(4096));
    std::memset(lent.back().data(), i, lent.back().size());
    if (i % 3 == 0) lent.erase(lent.begin());
  }
  for (const io::buffer& b : lent)
    BOOST_TEST(std::memcmp(b.data(), b.data() + 1, b.size() - 1) == 0);
}

BOOST_AUTO_TEST_CASE(moving_moves_the_loan) {
  io::buffer_pool pool;
  io::buffer first = pool.borrow(4096);
  const char* const where = first.data();
  io::buffer second = std::move(first);
  BOOST_TEST((second.data() == where));
  io::buffer third = pool.borrow(4096);
  const char* const replaced = third.data();
  third = std::move(second);
  BOOST_TEST((third.data() == where));
  // What stood there before went back at once.
  BOOST_TEST((pool.borrow(4096).data() == replaced));
}

BOOST_AUTO_TEST_CASE(a_burst_does_not_stay_in_memory) {
  io::buffer_pool pool;
  constexpr std::size_t mebi = 1U << 20U;
  std::vector<io::buffer> burst;
  for (int i = 0; i < 20; ++i) burst.push_back(pool.borrow(mebi));
  BOOST_TEST(pool.held() == 0U);
  burst.clear();
  BOOST_TEST(pool.held() == 8 * mebi);
  pool.borrow(16 * mebi).give_back();
  BOOST_TEST(pool.held() == 8 * mebi);
  const io::buffer lent = pool.borrow(mebi);
  BOOST_TEST(pool.held() == 7 * mebi);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
