// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/deadlines.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/sys/clock.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

using ::gateway::sys::steady_us;
using std::chrono::milliseconds;

/// Writes its name down when its deadline passes.
class timed final : public io::deadlines::entry {
 public:
  timed(io::deadlines& wheel, std::string name, std::vector<std::string>& log)
      : entry(wheel), name_(std::move(name)), log_(log) {}

  using entry::arm;
  using entry::disarm;
  std::function<void(timed&)> also;

 private:
  void expire() override {
    log_.push_back(name_);
    if (also) also(*this);
  }
  std::string name_;
  std::vector<std::string>& log_;
};

using names = std::vector<std::string>;

struct fixture : event_loop {
  names log;

  timed make(std::string name) { return {wheel, std::move(name), log}; }
  /// Until so many deadlines have passed, or nothing is armed any more.
  void run_until(std::size_t count) {
    context.restart();
    while (log.size() < count && context.run_one() != 0) {
    }
  }
  /// Until the wheel rests.
  void run_out() {
    context.restart();
    context.run();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(deadlines)

BOOST_AUTO_TEST_CASE(deadlines_pass_in_their_order_and_never_early) {
  fixture f;
  timed third = f.make("third");
  timed first = f.make("first");
  timed second = f.make("second");
  std::vector<std::int64_t> at;
  for (timed* each : {&first, &second, &third})
    each->also = [&](timed&) { at.push_back(steady_us()); };
  const std::int64_t start = steady_us();
  third.arm(milliseconds(350));
  first.arm(milliseconds(0));
  second.arm(milliseconds(150));
  f.run_out();
  BOOST_TEST(f.log == (names{"first", "second", "third"}), boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(at.size(), 3U);
  BOOST_TEST(at[1] - start >= 150'000);
  BOOST_TEST(at[2] - start >= 350'000);
}

BOOST_AUTO_TEST_CASE(what_was_disarmed_does_not_expire_and_the_wheel_comes_to_rest) {
  fixture f;
  timed one = f.make("one");
  timed two = f.make("two");
  one.arm(milliseconds(50));
  two.arm(milliseconds(50));
  one.disarm();
  f.run_out();
  BOOST_TEST(f.log == (names{"two"}), boost::test_tools::per_element());
  // It can be armed again after that.
  one.arm(milliseconds(10));
  f.run_out();
  BOOST_TEST(f.log == (names{"two", "one"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(arming_again_replaces_the_deadline) {
  fixture f;
  timed moved = f.make("moved");
  timed other = f.make("other");
  moved.arm(milliseconds(10));
  other.arm(milliseconds(100));
  moved.arm(milliseconds(250));
  f.run_out();
  BOOST_TEST(f.log == (names{"other", "moved"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_expires_may_arm_itself_again) {
  fixture f;
  timed again = f.make("again");
  again.also = [&](timed& self) {
    if (f.log.size() < 3) self.arm(milliseconds(1));
  };
  again.arm(milliseconds(1));
  f.run_out();
  BOOST_TEST(f.log.size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_expires_may_end_disarm_and_arm_others_of_the_same_turn) {
  fixture f;
  // The last one linked is the first one looked at.
  auto doomed = std::make_unique<timed>(f.wheel, "doomed", f.log);
  timed silenced = f.make("silenced");
  timed postponed = f.make("postponed");
  timed first = f.make("first");
  first.also = [&](timed&) {
    doomed.reset();
    silenced.disarm();
    postponed.arm(milliseconds(1));
  };
  doomed->arm(milliseconds(20));
  silenced.arm(milliseconds(20));
  postponed.arm(milliseconds(20));
  first.arm(milliseconds(20));
  f.run_until(1);
  BOOST_TEST(f.log == (names{"first"}), boost::test_tools::per_element());
  f.run_out();
  BOOST_TEST(f.log == (names{"first", "postponed"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_deadline_beyond_one_round_of_the_wheel_is_not_met_a_round_early) {
  fixture f;
  timed far = f.make("far");
  timed near = f.make("near");
  // 1,024 turns a round: both stand in the same slot.
  far.arm(1025 * io::deadlines::tick);
  near.arm(io::deadlines::tick);
  f.run_until(1);
  BOOST_TEST(f.log == (names{"near"}), boost::test_tools::per_element());
  f.wheel.expire_all();
  BOOST_TEST(f.log == (names{"near", "far"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_can_be_let_run_out_at_once) {
  fixture f;
  timed soon = f.make("soon");
  timed late = f.make("late");
  timed off = f.make("off");
  soon.arm(milliseconds(1));
  late.arm(std::chrono::hours(5));
  off.arm(milliseconds(1));
  off.disarm();
  f.wheel.expire_all();
  BOOST_TEST(f.log.size() == 2U);
  f.wheel.expire_all();
  BOOST_TEST(f.log.size() == 2U);
  f.run_out();  // nothing is left that keeps the wheel turning
  BOOST_TEST(f.log.size() == 2U);
}

BOOST_AUTO_TEST_CASE(letting_all_run_out_ends_even_if_they_arm_again) {
  fixture f;
  timed stubborn = f.make("stubborn");
  stubborn.also = [&](timed& self) {
    if (f.log.size() < 100) self.arm(milliseconds(300));
  };
  stubborn.arm(milliseconds(300));
  f.wheel.expire_all();
  BOOST_TEST(f.log.size() < 5U);
  BOOST_TEST(!f.log.empty());
}

BOOST_AUTO_TEST_CASE(a_wheel_that_was_stopped_lets_the_loop_end) {
  fixture f;
  timed late = f.make("late");
  late.arm(std::chrono::hours(1));
  io::post(f.context, [&] { f.wheel.stop(); });
  f.run_out();
  BOOST_TEST(f.log.empty());
  late.arm(milliseconds(1));
  f.run_out();
  BOOST_TEST(f.log.empty());
}

BOOST_AUTO_TEST_CASE(what_ends_while_it_is_armed_leaves_the_wheel) {
  fixture f;
  timed stays = f.make("stays");
  {
    timed first = f.make("first");
    timed second = f.make("second");
    first.arm(milliseconds(1));
    stays.arm(milliseconds(1));
    second.arm(milliseconds(1));
  }
  f.run_out();
  BOOST_TEST(f.log == (names{"stays"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_pause_is_at_least_as_long_as_asked_for) {
  fixture f;
  const std::int64_t start = steady_us();
  f.run(io::pause(f.context, milliseconds(20)));
  BOOST_TEST(steady_us() - start >= 20'000);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
