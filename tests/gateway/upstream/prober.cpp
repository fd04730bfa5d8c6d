// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/prober.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/sys/clock.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace up = gateway::upstream;
using std::chrono::milliseconds;

/// What was told, by whoever waits for it.
class ear {
 public:
  void hear(up::news one) {
    const std::lock_guard lock(guard_);
    all_.push_back(std::move(one));
    more_.notify_all();
  }
  /// The next one, in order.
  up::news next() {
    std::unique_lock lock(guard_);
    BOOST_REQUIRE(
        more_.wait_for(lock, std::chrono::seconds(30), [&] { return all_.size() > read_; }));
    return all_[read_++];
  }
  std::size_t count() {
    const std::lock_guard lock(guard_);
    return all_.size();
  }

 private:
  std::mutex guard_;
  std::condition_variable more_;
  std::vector<up::news> all_;
  std::size_t read_ = 0;
};

up::group group_of(const listening& service, std::shared_ptr<up::condition> condition,
                   bool probed = true) {
  core::config::upstream settings;
  settings.name = "orders";
  if (probed) {
    settings.health.emplace();
    settings.health->path = "/healthz";
    settings.health->interval = milliseconds(100);
    settings.health->timeout = milliseconds(5'000);
    settings.health->rise = 1;
    settings.health->fall = 2;
  }
  return {settings, {{service.address(), "a", 1, std::move(condition)}}};
}

/// Answers the next probe.
void answer(const listening& service, std::string_view status) {
  const peer one = service.accept();
  std::string head;
  while (!head.ends_with("\r\n\r\n")) head += one.receive(1);
  one.send("HTTP/1.1 " + std::string(status) + "\r\n\r\n");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(prober)

BOOST_AUTO_TEST_CASE(an_endpoint_goes_down_and_comes_up_and_each_is_told_once) {
  const listening service;
  ear told;
  const auto condition = std::make_shared<up::condition>();
  up::prober prober([&told](up::news one) { told.hear(std::move(one)); });
  prober.take_up({group_of(service, condition)});
  answer(service, "200 OK");
  answer(service, "500 X");
  answer(service, "503 X");
  const up::news down = told.next();
  BOOST_TEST(!down.good);
  BOOST_TEST(down.text.starts_with("upstream orders: http://a ("));
  BOOST_TEST(
      down.text.ends_with(" is down: 2 failed probes in a row, the last one: the answer was 503"));
  BOOST_TEST(!condition->up());
  answer(service, "503 X");
  answer(service, "200 OK");
  const up::news back = told.next();
  BOOST_TEST(back.good);
  BOOST_TEST(back.text.ends_with(" is up: 1 good probes in a row"));
  BOOST_TEST(condition->up());
  BOOST_TEST(told.count() == 2U);
  BOOST_TEST(condition->look({}).failed_probes == 3U);
  BOOST_TEST(condition->look({}).good_probes == 2U);
}

BOOST_AUTO_TEST_CASE(what_it_knows_survives_another_configuration_that_has_the_endpoint) {
  const listening service;
  ear told;
  const auto condition = std::make_shared<up::condition>();
  up::prober prober([&told](up::news one) { told.hear(std::move(one)); });
  prober.take_up({group_of(service, condition)});
  answer(service, "500 X");
  prober.take_up({group_of(service, condition)});
  answer(service, "500 X");  // the second in a row
  BOOST_TEST(!told.next().good);
}

BOOST_AUTO_TEST_CASE(one_that_is_not_asked_any_more_is_up) {
  const listening service;
  ear told;
  const auto condition = std::make_shared<up::condition>();
  {
    up::prober prober([&told](up::news one) { told.hear(std::move(one)); });
    prober.take_up({group_of(service, condition)});
    answer(service, "500 X");
    answer(service, "500 X");
    told.next();
    prober.take_up({group_of(service, condition, false)});
  }
  BOOST_TEST(condition->up());
  BOOST_TEST(told.count() == 1U);
}

// What has its time on the wheel of the deadlines takes a tick at least, which is a tenth of none
// of these.
BOOST_AUTO_TEST_CASE(between_two_probes_is_the_interval_and_not_a_tick_of_the_deadlines) {
  const listening service;
  ear told;
  up::prober prober([&told](up::news one) { told.hear(std::move(one)); });
  up::group often = group_of(service, std::make_shared<up::condition>());
  often.settings.health->interval = milliseconds(1);
  const std::int64_t begun_us = ::gateway::sys::steady_us();
  prober.take_up({often});
  constexpr int probes = 50;
  for (int i = 0; i < probes; ++i) answer(service, "200 OK");
  const std::chrono::microseconds took(::gateway::sys::steady_us() - begun_us);
  BOOST_TEST((took < io::deadlines::tick * (probes - 1)));
}

// An hour until the next probe, and nobody waits for it.
BOOST_AUTO_TEST_CASE(its_end_waits_for_no_interval) {
  const listening service;
  ear told;
  up::prober prober([&told](up::news one) { told.hear(std::move(one)); });
  up::group seldom = group_of(service, std::make_shared<up::condition>());
  seldom.settings.health->interval = std::chrono::hours(1);
  seldom.settings.health->fall = 1;
  prober.take_up({seldom});
  answer(service, "500 X");
  BOOST_TEST(!told.next().good);
}

BOOST_AUTO_TEST_CASE(its_end_waits_for_nobody) {
  const listening silent;
  ear told;
  const auto condition = std::make_shared<up::condition>();
  up::prober prober([&told](up::news one) { told.hear(std::move(one)); });
  prober.take_up({group_of(silent, condition)});
  const peer asked = silent.accept();
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
