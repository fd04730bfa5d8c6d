// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/reservation.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>

#include "gateway/replay/store.hpp"

namespace tests {

namespace {

namespace ses = gateway::session;
using core::replay::mark;
using core::replay::verdict;

constexpr std::int64_t now = 1'700'000'000;

struct fixture {
  gateway::replay::store store{{10, 100, {}, 300, 60, false}, now};
  std::optional<mark> said = mark::make("billing", "laravel-payload", {"mac"}, now + 300);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(session)
BOOST_AUTO_TEST_SUITE(reservation)

BOOST_AUTO_TEST_CASE(what_is_not_kept_may_be_said_again) {
  fixture f;
  {
    const ses::reservation first(f.store, f.said, now);
    BOOST_TEST((first.answer() == verdict::fresh));
    const ses::reservation meanwhile(f.store, f.said, now);
    BOOST_TEST((meanwhile.answer() == verdict::seen));
  }
  const ses::reservation again(f.store, f.said, now);
  BOOST_TEST((again.answer() == verdict::fresh));
}

BOOST_AUTO_TEST_CASE(what_was_kept_is_seen_from_then_on) {
  fixture f;
  {
    ses::reservation first(f.store, f.said, now);
    first.keep();
    first.keep();
  }
  const ses::reservation again(f.store, f.said, now);
  BOOST_TEST((again.answer() == verdict::seen));
}

BOOST_AUTO_TEST_CASE(who_was_refused_releases_nothing_of_who_was_not) {
  fixture f;
  const ses::reservation holder(f.store, f.said, now);
  {
    const ses::reservation copy(f.store, f.said, now);
  }
  {
    ses::reservation kept_copy(f.store, f.said, now);
    kept_copy.keep();
  }
  const ses::reservation copy(f.store, f.said, now);
  BOOST_TEST((copy.answer() == verdict::seen));
}

BOOST_AUTO_TEST_CASE(a_route_without_replay_protection_marks_nothing) {
  fixture f;
  const std::optional<mark> none;
  for (int i = 0; i < 3; ++i) {
    ses::reservation each(f.store, none, now);
    BOOST_TEST((each.answer() == verdict::fresh));
    each.keep();
  }
  BOOST_TEST(f.store.figures(now).marks == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
