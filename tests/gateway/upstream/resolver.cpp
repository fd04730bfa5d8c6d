// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/resolver.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateway/net/resolve.hpp"

namespace tests {

namespace {

namespace up = gateway::upstream;
namespace io = gateway::net;
using std::chrono::milliseconds;

/// A name server of the test's own, and what was told. The resolver's thread may outlive a test.
class world {
 public:
  void say(const std::string& host, std::vector<io::socket_address> addresses) {
    const std::lock_guard lock(guard_);
    known_[host] = std::move(addresses);
  }
  std::vector<io::socket_address> look(const core::config::address& a) {
    std::unique_lock lock(guard_);
    ++asked_[a.host];
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return !held_; });
    const auto found = known_.find(a.host);
    if (found == known_.end()) throw std::runtime_error("can't find the host " + a.host);
    return found->second;
  }
  void hear(up::looked_up one) {
    const std::lock_guard lock(guard_);
    told_.push_back(std::move(one));
    changed_.notify_all();
  }
  up::looked_up next() {
    std::unique_lock lock(guard_);
    BOOST_REQUIRE(
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return told_.size() > read_; }));
    return told_[read_++];
  }
  /// Lookups take until release().
  void hold() {
    const std::lock_guard lock(guard_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(guard_);
    held_ = false;
    changed_.notify_all();
  }
  void wait_until_asked(const std::string& host) {
    std::unique_lock lock(guard_);
    BOOST_REQUIRE(
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return asked_[host] != 0; }));
  }
  std::size_t told() {
    const std::lock_guard lock(guard_);
    return told_.size();
  }

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::map<std::string, std::vector<io::socket_address>> known_;
  std::map<std::string, int> asked_;
  std::vector<up::looked_up> told_;
  std::size_t read_ = 0;
  bool held_ = false;
};

up::resolver resolver_in(const std::shared_ptr<world>& w) {
  return up::resolver([w](up::looked_up one) { w->hear(std::move(one)); },
                      [w](const core::config::address& a) { return w->look(a); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(resolver)

BOOST_AUTO_TEST_CASE(a_name_is_looked_up_again_and_again) {
  const auto w = std::make_shared<world>();
  w->say("a.example", {io::resolve({"192.0.2.1", 80})});
  up::resolver all = resolver_in(w);
  all.take_up({{{"a.example", 80}, milliseconds(1)}});
  BOOST_TEST(w->next().addresses.size() == 1U);
  w->say("a.example", {io::resolve({"192.0.2.1", 80}), io::resolve({"192.0.2.2", 80})});
  up::looked_up last;
  while (last.addresses.size() != 2) last = w->next();
  BOOST_TEST(last.name.host == "a.example");
  BOOST_TEST(last.name.port == 80);
  BOOST_TEST(last.problem.empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_found_is_told_with_the_reason) {
  const auto w = std::make_shared<world>();
  up::resolver all = resolver_in(w);
  all.take_up({{{"gone.example", 80}, milliseconds(1)}});
  const up::looked_up one = w->next();
  BOOST_TEST(one.addresses.empty());
  BOOST_TEST(one.problem == "can't find the host gone.example");
}

BOOST_AUTO_TEST_CASE(what_is_not_wanted_any_more_is_not_told) {
  const auto w = std::make_shared<world>();
  w->say("b.example", {io::resolve({"192.0.2.2", 80})});
  w->hold();
  up::resolver all = resolver_in(w);
  all.take_up({{{"a.example", 80}, milliseconds(1)}});
  w->wait_until_asked("a.example");
  all.take_up({{{"b.example", 80}, milliseconds(1)}});
  w->release();
  BOOST_TEST(w->next().name.host == "b.example");
}

BOOST_AUTO_TEST_CASE(its_end_waits_for_no_name_server) {
  const auto w = std::make_shared<world>();
  w->hold();
  {
    up::resolver all = resolver_in(w);
    all.take_up({{{"slow.example", 80}, milliseconds(1)}});
    w->wait_until_asked("slow.example");
  }
  w->release();
  BOOST_TEST(w->told() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
