// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/service_manager.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "gateway/sys/clock.hpp"
#include "tests/gateway/log/folder.hpp"
#include "tests/gateway/sys/listener_of_notifications.hpp"
#include "tests/gateway/sys/variable.hpp"

namespace tests {

namespace {

using manager = gateway::sys::service_manager;

/// Started by a service manager that listens there, or by none.
struct started_by {
  explicit started_by(const char* socket, const char* watchdog_us = nullptr,
                      const std::string& watchdog_pid = {})
      : notify("NOTIFY_SOCKET", socket),
        usec("WATCHDOG_USEC", watchdog_us),
        pid("WATCHDOG_PID", watchdog_pid.empty() ? nullptr : watchdog_pid.c_str()) {}

  variable notify, usec, pid;
};

void says_what_happens_to(const std::string& name) {
  const listener_of_notifications heard(name);
  const started_by by(name.c_str());
  const manager told;
  BOOST_TEST(told.ready("serving 127.0.0.1:8080"));
  BOOST_TEST(heard.next() == "READY=1\nSTATUS=serving 127.0.0.1:8080");
  BOOST_TEST(told.alive());
  BOOST_TEST(heard.next() == "WATCHDOG=1");
  BOOST_TEST(told.stopping("draining"));
  BOOST_TEST(heard.next() == "STOPPING=1\nSTATUS=draining");
  const std::int64_t before = ::gateway::sys::steady_us();
  BOOST_TEST(told.reloading());
  const std::string reloading = heard.next();
  const std::string start = "RELOADING=1\nMONOTONIC_USEC=";
  BOOST_REQUIRE(reloading.starts_with(start));
  const std::int64_t at = std::stoll(reloading.substr(start.size()));
  BOOST_TEST(at >= before);
  BOOST_TEST(at <= ::gateway::sys::steady_us());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(service_manager)

BOOST_AUTO_TEST_CASE(it_is_told_by_a_path) {
  const folder f;
  says_what_happens_to(f.path("notify"));
}

BOOST_AUTO_TEST_CASE(it_is_told_in_the_abstract_namespace) {
  says_what_happens_to("@countersign-test-" + std::to_string(::getpid()));
}

BOOST_AUTO_TEST_CASE(where_nobody_listens_nothing_is_told) {
  for (const char* none :
       {static_cast<const char*>(nullptr), "", "@", "relative", "vsock:2:1234"}) {
    const started_by by(none, "30000000");
    const manager told;
    BOOST_TEST(told.ready("serving"));
    BOOST_TEST(!told.watchdog().has_value());
  }
  const std::string long_name = "/" + std::string(108, 'x');
  const started_by by(long_name.c_str());
  BOOST_TEST(manager().ready("serving"));
}

BOOST_AUTO_TEST_CASE(one_that_does_not_listen_any_more_is_no_harm) {
  const folder f;
  const std::string path = f.path("notify");
  const started_by by(path.c_str());
  const manager told;
  BOOST_TEST(!told.ready("serving"));
}

BOOST_AUTO_TEST_CASE(a_watchdog_is_kept_where_it_was_asked_for_from_this_process) {
  const auto asked = [](const char* us, const std::string& pid) {
    const started_by by("/nowhere/notify", us, pid);
    return manager().watchdog();
  };
  using std::chrono::seconds;
  const std::string mine = std::to_string(::getpid());
  BOOST_TEST((asked("30000000", {}) == seconds(30)));
  BOOST_TEST((asked("30000000", mine) == seconds(30)));
  BOOST_TEST(!asked("30000000", std::to_string(::getpid() + 1)).has_value());
  BOOST_TEST(!asked("30000000", "nobody").has_value());
  for (const char* us : {static_cast<const char*>(nullptr), "", "0", "-1", "soon"})
    BOOST_TEST(!asked(us, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
