// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/watchdog.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

#include "tests/gateway/log/folder.hpp"
#include "tests/gateway/sys/listener_of_notifications.hpp"
#include "tests/gateway/sys/variable.hpp"

namespace tests {

namespace {

namespace app = gateway::app;
namespace io = gateway::net;

/// A steward and two workers below a service manager. Each loop turns when the test says so.
struct fixture {
  fixture() { io::spawn(steward, app::feed_watchdog(&steward, &told, {&first, &second}, &logger)); }
  /// One step of the steward's, and those of the workers that do not hang.
  void step(bool second_hangs = false) {
    steward.run_one();
    for (io::event_loop* loop : {&one, &two}) {
      if (second_hangs && loop == &two) continue;
      loop->restart();
      loop->poll();
    }
  }
  /// What is heard within so many steps.
  std::string heard_in(int steps, bool second_hangs) {
    std::string all;
    for (int i = 0; i < steps; ++i) {
      step(second_hangs);
      all += heard.next_now();
    }
    return all;
  }

  folder f;
  std::string path = f.path("notify");
  listener_of_notifications heard{path};
  variable notify{"NOTIFY_SOCKET", path.c_str()};
  variable usec{"WATCHDOG_USEC", "8000"};
  variable pid{"WATCHDOG_PID", nullptr};
  ::gateway::sys::service_manager told;
  std::ostringstream said;
  ::gateway::log::logger logger{said, ::gateway::log::level::info};
  io::event_loop steward{1}, one{1}, two{1};
  app::heartbeat first{one}, second{two};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(watchdog)

BOOST_AUTO_TEST_CASE(a_loop_that_is_not_run_does_not_answer) {
  io::event_loop loop{1};
  ::gateway::app::heartbeat pulse(loop);
  BOOST_TEST(pulse.answered());
  pulse.ask();
  BOOST_TEST(!pulse.answered());
  loop.run();
  BOOST_TEST(pulse.answered());
}

BOOST_AUTO_TEST_CASE(while_all_answer_it_is_told_again_and_again) {
  fixture f;
  f.step();  // begins
  BOOST_TEST(f.heard_in(3, false) == "WATCHDOG=1WATCHDOG=1WATCHDOG=1");
  BOOST_TEST(f.said.str().empty(), f.said.str());
}

BOOST_AUTO_TEST_CASE(while_one_hangs_it_is_told_nothing) {
  fixture f;
  f.step();
  BOOST_TEST(f.heard_in(1, true) == "WATCHDOG=1");
  BOOST_TEST(f.heard_in(5, true).empty());
  // Said once, and not at each step.
  const std::string said = f.said.str();
  const auto at = said.find("worker 1 does not answer: the service manager gets no sign of life");
  BOOST_TEST(at != std::string::npos, said);
  BOOST_TEST(said.find("does not answer", at + 20) == std::string::npos, said);
  f.step();
  BOOST_TEST(f.heard_in(2, false) == "WATCHDOG=1WATCHDOG=1");
}

BOOST_AUTO_TEST_CASE(where_none_is_kept_nothing_runs) {
  const variable none("WATCHDOG_USEC", nullptr);
  const ::gateway::sys::service_manager told;
  io::event_loop steward{1};
  std::ostringstream said;
  ::gateway::log::logger logger{said, ::gateway::log::level::info};
  io::spawn(steward, ::gateway::app::feed_watchdog(&steward, &told, {}, &logger));
  BOOST_TEST(steward.run() > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
