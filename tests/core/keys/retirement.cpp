// SPDX-License-Identifier: Apache-2.0
#include "core/keys/retirement.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace core::keys;
using kind = objection::kind;

constexpr std::int64_t hour = 3600, now = 1'780'000'000;
constexpr std::chrono::seconds day{24 * hour};

/// A gateway that has counted for two days, with uses so many hours ago.
witness seen(std::optional<std::int64_t> old_hours, std::optional<std::int64_t> new_hours,
             std::int64_t counted_hours = 48) {
  const auto at = [](std::optional<std::int64_t> hours) {
    return hours ? std::optional(now - *hours * hour) : std::nullopt;
  };
  return {"gateway",
          now,
          now - counted_hours * hour,
          {{"new", at(new_hours), "10.0.0.7", "1.1"}, {"old", at(old_hours), {}, {}}}};
}

std::vector<kind> said(const std::vector<witness>& all) {
  std::vector<kind> out;
  for (const objection& o : objections_to_retiring("old", {"new"}, all, day)) out.push_back(o.what);
  return out;
}

using kinds = std::vector<kind>;

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(keys)
BOOST_AUTO_TEST_SUITE(retirement)

BOOST_AUTO_TEST_CASE(an_old_one_may_go_once_the_client_has_changed_over) {
  BOOST_TEST((said({seen(30, 1)}) == kinds{}));
  BOOST_TEST((said({seen({}, 1)}) == kinds{}));
  BOOST_TEST((said({seen(24, 1)}) == kinds{}));
  BOOST_TEST((said({seen({}, 1), seen(30, {})}) == kinds{}));
}

BOOST_AUTO_TEST_CASE(whoever_was_seen_with_it_lately_would_be_locked_out) {
  BOOST_TEST((said({seen(23, 1)}) == kinds{kind::in_use}));
  BOOST_TEST((said({seen({}, 1), seen(2, {})}) == kinds{kind::in_use}));
  const auto all = std::vector{seen({}, 1), seen(2, {})};
  BOOST_TEST(objections_to_retiring("old", {"new"}, all, day).front().by == &all[1]);
}

BOOST_AUTO_TEST_CASE(a_gateway_that_was_started_lately_does_not_know) {
  BOOST_TEST((said({seen({}, 1, 23)}) == kinds{kind::too_young}));
  BOOST_TEST((said({seen({}, 1, 24)}) == kinds{}));
  // What it has seen it knows all the same.
  BOOST_TEST((said({seen(1, 0, 2)}) == kinds{kind::in_use}));
}

BOOST_AUTO_TEST_CASE(a_client_that_is_silent_has_not_changed_over) {
  BOOST_TEST((said({seen(30, {})}) == kinds{kind::not_taken_up}));
  BOOST_TEST((said({seen(30, 31)}) == kinds{kind::not_taken_up}));
  BOOST_TEST((said({seen({}, {})}) == kinds{kind::not_taken_up}));
  BOOST_TEST((said({}) == kinds{kind::not_taken_up}));
}

BOOST_AUTO_TEST_CASE(a_gateway_with_another_configuration_proves_nothing) {
  auto other = seen(30, 1);
  other.secrets.pop_back();
  BOOST_TEST((said({seen(30, 1), other}) == kinds{kind::unknown}));
  auto behind = seen(30, {});
  std::erase_if(behind.secrets, [](const secret_sight& s) { return s.id != "old"; });
  BOOST_TEST((said({seen(30, 1), behind}) == kinds{kind::only_one}));
}

BOOST_AUTO_TEST_CASE(what_does_not_stay_proves_nothing) {
  const auto said_of = [](const std::vector<std::string>& others) {
    std::vector<kind> out;
    for (const objection& o : objections_to_retiring("old", others, {seen(30, 1)}, day))
      out.push_back(o.what);
    return out;
  };
  BOOST_TEST((said_of({"newer"}) == kinds{kind::only_one, kind::not_taken_up}));
  BOOST_TEST((said_of({"newer", "new"}) == kinds{}));
  BOOST_TEST((said_of({}) == kinds{kind::only_one, kind::not_taken_up}));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
