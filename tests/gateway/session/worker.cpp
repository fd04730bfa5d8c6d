// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/worker.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <string_view>

#include "tests/gateway/session/house.hpp"

namespace tests {

namespace {

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(session)
BOOST_AUTO_TEST_SUITE(worker)

BOOST_AUTO_TEST_CASE(ids_are_hex_and_none_comes_twice_in_any_worker) {
  house first;
  house second;
  std::set<std::string> seen;
  for (int i = 0; i < 5000; ++i)
    for (const house* each : {&first, &second}) {
      const auto id = each->worker->new_request_id();
      const std::string text(id.data(), id.size());
      BOOST_REQUIRE(is_hex(text));
      BOOST_REQUIRE(seen.insert(text).second);
    }
}

BOOST_AUTO_TEST_CASE(one_id_does_not_tell_the_next) {
  house h;
  std::string before;
  for (int i = 0; i < 100; ++i) {
    const auto id = h.worker->new_request_id();
    const std::string text(id.data(), id.size());
    int same = 0;
    for (std::size_t at = 0; at < before.size(); ++at) same += before[at] == text[at] ? 1 : 0;
    BOOST_TEST(same < 16);  // of 32 digits, 2 by chance
    before = text;
  }
}

BOOST_AUTO_TEST_CASE(a_trace_parent_is_well_formed_and_its_own_for_each_request) {
  house h;
  std::set<std::string> traces;
  for (int i = 0; i < 100; ++i) {
    (void)h.worker->new_request_id();
    const auto made = h.worker->new_trace_parent();
    const std::string_view text(made.data(), made.size());
    BOOST_TEST(text.substr(0, 3) == "00-");
    BOOST_TEST(is_hex(text.substr(3, 32)));
    BOOST_TEST(is_hex(text.substr(36, 16)));
    BOOST_TEST(traces.emplace(text.substr(3, 49)).second);
  }
}

BOOST_AUTO_TEST_CASE(the_date_follows_the_clock_both_ways) {
  house h;
  const auto at = [](std::int64_t second) { return core::base::from_unix_seconds(second); };
  BOOST_TEST(h.worker->date(at(1'700'000'000)) == "Tue, 14 Nov 2023 22:13:20 GMT");
  BOOST_TEST(h.worker->date(at(1'700'000'000)) == "Tue, 14 Nov 2023 22:13:20 GMT");
  BOOST_TEST(h.worker->date(at(1'700'000'001)) == "Tue, 14 Nov 2023 22:13:21 GMT");
  BOOST_TEST(h.worker->date(at(1'699'999'999)) == "Tue, 14 Nov 2023 22:13:19 GMT");
}

BOOST_AUTO_TEST_CASE(scratch_is_lent_again_without_what_was_large_in_it) {
  house h;
  auto lent = h.worker->borrow_scratch();
  const ses::scratch* const same = lent.get();
  lent->answer.assign(1U << 20U, 'x');
  h.worker->give_back(std::move(lent));
  auto again = h.worker->borrow_scratch();
  BOOST_TEST(again.get() == same);
  BOOST_TEST(again->answer.capacity() <= 64U * 1024U);
  BOOST_TEST((h.worker->borrow_scratch().get() != same));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
