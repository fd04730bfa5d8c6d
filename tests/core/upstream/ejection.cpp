// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/ejection.hpp"

#include <boost/test/unit_test.hpp>

using namespace core::upstream;
using namespace std::chrono_literals;

namespace {

constexpr auto start = 1'000'000ms;

/// An endpoint that is out after three failures for ten seconds.
struct script {
  ejection_rule by{3, 10s};
  ejection_state state = 0;
  std::chrono::milliseconds now = start;
  bool others = true;

  ejection_step note(outcome what) {
    const ejection_step step = core::upstream::note(by, state, what, now, others);
    state = step.next;
    return step;
  }
  entry ask() {
    const entry_step step = core::upstream::ask(by, state, now);
    state = step.next;
    return step.what;
  }
  void eject() {
    for (int i = 0; i < 3; ++i) note(outcome::broken);
    BOOST_REQUIRE(is_ejected(state, now));
  }
};

bool is(entry a, entry b) { return a == b; }

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(ejection)

BOOST_AUTO_TEST_CASE(so_many_failures_in_a_row_eject) {
  for (const outcome what :
       {outcome::unreachable, outcome::broken, outcome::late, outcome::unable}) {
    script s;
    BOOST_TEST(!s.note(what).ejected);
    BOOST_TEST(!s.note(what).ejected);
    BOOST_TEST(is(s.ask(), entry::open));
    BOOST_TEST(s.note(what).ejected);
    BOOST_TEST(is(s.ask(), entry::shut));
  }
}

BOOST_AUTO_TEST_CASE(one_that_is_served_between_begins_the_count_anew) {
  script s;
  for (int i = 0; i < 10; ++i) {
    s.note(outcome::broken);
    s.note(outcome::broken);
    s.note(outcome::served);
  }
  BOOST_TEST(!is_ejected(s.state, s.now));
  BOOST_TEST(s.state == 0U);
}

BOOST_AUTO_TEST_CASE(no_number_of_failures_ejects_where_that_is_off) {
  script s;
  s.by.failures = 0;
  for (int i = 0; i < 70'000; ++i) BOOST_REQUIRE(!s.note(outcome::unreachable).ejected);
  BOOST_TEST(is(s.ask(), entry::open));
}

BOOST_AUTO_TEST_CASE(when_its_time_is_over_one_tries_it_and_the_others_wait) {
  script s;
  s.eject();
  s.now += 9'999ms;
  BOOST_TEST(is(s.ask(), entry::shut));
  s.now += 1ms;
  BOOST_TEST(is(s.ask(), entry::trial));
  BOOST_TEST(is(s.ask(), entry::shut));
  BOOST_TEST(s.note(outcome::served).returned);
  BOOST_TEST(is(s.ask(), entry::open));
  BOOST_TEST(s.state == 0U);
}

BOOST_AUTO_TEST_CASE(a_trial_that_fails_shuts_it_again) {
  script s;
  s.eject();
  s.now += 10s;
  s.ask();
  s.now += 2s;
  const auto step = s.note(outcome::late);
  BOOST_TEST(!step.ejected);  // it is not told twice
  BOOST_TEST(!step.returned);
  s.now += 9'999ms;
  BOOST_TEST(is(s.ask(), entry::shut));
  s.now += 1ms;
  BOOST_TEST(is(s.ask(), entry::trial));
}

BOOST_AUTO_TEST_CASE(a_trial_of_which_nothing_is_heard_is_followed_by_another) {
  script s;
  s.eject();
  s.now += 10s;
  BOOST_TEST(is(s.ask(), entry::trial));
  s.now += 10s;
  BOOST_TEST(is(s.ask(), entry::trial));
}

BOOST_AUTO_TEST_CASE(what_was_sent_before_it_was_ejected_says_nothing_new) {
  script s;
  s.eject();
  const ejection_state before = s.state;
  BOOST_TEST(!s.note(outcome::served).returned);
  BOOST_TEST(s.state == before);
  s.now += 5s;
  s.note(outcome::broken);
  BOOST_TEST(s.state == before);  // nor does it take longer
}

BOOST_AUTO_TEST_CASE(the_last_one_that_still_answers_is_not_ejected) {
  script s;
  s.others = false;
  for (int i = 0; i < 10; ++i) BOOST_TEST(!s.note(outcome::unable).ejected);
  s.others = true;
  BOOST_TEST(s.note(outcome::unable).ejected);
}

BOOST_AUTO_TEST_CASE(one_that_takes_no_connection_is_ejected_though_it_is_the_last) {
  script s;
  s.others = false;
  s.note(outcome::unreachable);
  s.note(outcome::unreachable);
  BOOST_TEST(s.note(outcome::unreachable).ejected);
}

BOOST_AUTO_TEST_CASE(which_answers_count) {
  for (const unsigned status : {200U, 301U, 404U, 429U, 500U, 501U, 505U, 0U})
    BOOST_TEST((outcome_of(status) == outcome::served), status);
  for (const unsigned status : {502U, 503U, 504U})
    BOOST_TEST((outcome_of(status) == outcome::unable), status);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
