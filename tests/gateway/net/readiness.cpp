// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/readiness.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "gateway/sys/clock.hpp"
#include "tests/gateway/net/loopback.hpp"
#include "tests/gateway/net/no_descriptors.hpp"

namespace tests {

namespace {

/// A socket that counts how often it was called, and can do more then.
class socket final : public io::readiness::entry {
 public:
  explicit socket(event_loop& loop) : socket(loop, event_loop::connection()) {}

  using entry::call_later;
  using entry::give_way;
  using entry::hung_up;
  using entry::listen;
  using entry::may_read;
  using entry::may_write;
  using entry::turns;
  using entry::unwatch;
  using entry::watch;

  void close() {
    unwatch();
    ours_.close();
  }
  void open_anew() {
    close();
    auto [ours, theirs] = event_loop::connection();
    ours_ = std::move(ours);
    other = std::move(theirs);
    BOOST_REQUIRE(watch(ours_.get()));
  }

  peer other;
  int called = 0;
  std::function<void(socket&)> also;

 private:
  socket(event_loop& loop, std::pair<gateway::sys::descriptor, peer> ends)
      : entry(loop.sockets), other(std::move(ends.second)), ours_(std::move(ends.first)) {
    BOOST_REQUIRE(watch(ours_.get()));
  }
  void ready() override {
    ++called;
    if (also) also(*this);
  }

  gateway::sys::descriptor ours_;
};

struct fixture : event_loop {
  explicit fixture(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) all.push_back(std::make_unique<socket>(*this));
    if (count == 0) return;
    all[0]->listen();
    settle();  // that they can be written to
    forget();
  }
  ~fixture() { end(); }

  void forget() {
    for (auto& each : all)
      if (each) each->called = 0;
  }
  void everyone(std::function<void(socket&)> does) {
    for (auto& each : all) each->also = does;
  }
  /// Each has something to say, of which the loop hears at once.
  void speak() {
    for (auto& each : all)
      if (each) each->other.send("x");
    settle();
  }
  [[nodiscard]] int called() const {
    int sum = 0;
    for (const auto& each : all) sum += each ? each->called : 0;
    return sum;
  }

  std::vector<std::unique_ptr<socket>> all;
};

using step = io::readiness::step;

// More sockets than the kernel tells of at once.
constexpr std::size_t batch = 256;
constexpr std::size_t many = 300;

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(readiness)

BOOST_AUTO_TEST_CASE(what_is_new_is_told_once) {
  fixture f(1);
  socket& one = *f.all[0];
  BOOST_TEST(one.may_write);
  BOOST_TEST(!one.may_read);
  f.speak();
  BOOST_TEST(one.called == 1);
  BOOST_TEST(one.may_read);
  f.settle();
  BOOST_TEST(one.called == 1);
  f.speak();
  BOOST_TEST(one.called == 2);
}

BOOST_AUTO_TEST_CASE(nothing_is_heard_before_somebody_listens) {
  event_loop loop;
  socket one(loop);
  one.other.send("x");
  loop.settle();
  BOOST_TEST(one.called == 0);
  BOOST_TEST(loop.sockets.turns() == 0U);
  one.listen();
  loop.settle();
  BOOST_TEST(one.called == 1);
  BOOST_TEST(loop.sockets.turns() > 0U);
  loop.end();
}

BOOST_AUTO_TEST_CASE(what_is_told_at_once_was_heard_at_one_time_and_what_comes_later_later) {
  fixture f(3);
  std::vector<std::int64_t> heard;
  const ::gateway::sys::two_clocks before;
  f.everyone([&](socket&) {
    BOOST_TEST((f.sockets.heard().at >= before.at));
    heard.push_back(f.sockets.heard().us);
    while (::gateway::sys::steady_us() == heard.back())
      continue;  // so that a clock read anew shows
  });
  f.speak();
  BOOST_REQUIRE(heard.size() == 3U);
  BOOST_TEST(heard[0] >= before.us);
  BOOST_TEST(heard[1] == heard[0]);
  BOOST_TEST(heard[2] == heard[0]);
  f.all[0]->call_later();
  f.settle();
  BOOST_REQUIRE(heard.size() == 4U);
  BOOST_TEST(heard[3] > heard[2]);
  f.speak();
  BOOST_REQUIRE(heard.size() == 7U);
  BOOST_TEST(heard[4] > heard[3]);
  // Whoever goes on for another reason is not told of a moment long gone.
  const ::gateway::sys::two_clocks after;
  BOOST_TEST(f.sockets.heard().us >= after.us);
  BOOST_TEST((f.sockets.heard().at >= after.at));
}

BOOST_AUTO_TEST_CASE(the_peers_end_and_a_broken_connection_are_told_and_remembered) {
  fixture f(3);
  f.all[0]->other.finish();
  f.all[1]->other.send("last");
  f.all[1]->other.finish();
  f.all[2]->other.reset();
  f.settle();
  for (const auto& each : f.all) {
    BOOST_TEST(each->called > 0);
    BOOST_TEST(each->may_read);
    BOOST_TEST(each->hung_up);
    BOOST_TEST(each->may_write);
  }
}

BOOST_AUTO_TEST_CASE(all_is_noted_before_anybody_is_called) {
  fixture f(5);
  bool first = true;
  f.everyone([&](socket&) {
    if (!std::exchange(first, false)) return;
    for (const auto& each : f.all) BOOST_TEST(each->may_read);
  });
  f.speak();
  BOOST_TEST(!first);
  BOOST_TEST(f.called() == 5);
}

BOOST_AUTO_TEST_CASE(whoever_is_no_longer_watched_or_gone_within_a_batch_is_not_called) {
  const std::vector<std::function<void(std::unique_ptr<socket>&)>> ways{
      [](std::unique_ptr<socket>& other) { other->unwatch(); },
      [](std::unique_ptr<socket>& other) { other->close(); },
      [](std::unique_ptr<socket>& other) { other.reset(); }};
  for (const auto& end : ways) {
    fixture f(10);
    int calls = 0;
    f.everyone([&](socket& self) {
      ++calls;
      for (auto& each : f.all)
        if (each.get() != &self) end(each);
    });
    f.speak();
    BOOST_TEST(calls == 1);
  }
}

BOOST_AUTO_TEST_CASE(what_was_said_of_the_old_socket_is_not_taken_for_the_new_one) {
  fixture f(10);
  socket* first = nullptr;
  f.everyone([&](socket& self) {
    if (first != nullptr) return;
    first = &self;
    for (auto& each : f.all)
      if (each.get() != &self) each->open_anew();
  });
  f.speak();
  BOOST_REQUIRE(first != nullptr);
  for (const auto& each : f.all) {
    if (each.get() == first) continue;
    BOOST_TEST(each->called == 1);  // of the new one: it can be written to
    BOOST_TEST(!each->may_read);
    BOOST_TEST(each->may_write);
  }
  f.forget();
  f.speak();
  BOOST_TEST(f.called() == 10);
}

BOOST_AUTO_TEST_CASE(whoever_is_told_may_go) {
  fixture f(10);
  int calls = 0;
  f.everyone([&](socket& self) {
    ++calls;
    std::ranges::find(f.all, &self, &std::unique_ptr<socket>::get)->reset();
  });
  f.speak();
  BOOST_TEST(calls == 10);
}

BOOST_AUTO_TEST_CASE(whoever_asks_to_be_called_later_is_called_once_and_not_at_once) {
  fixture f(1);
  socket& one = *f.all[0];
  one.call_later();
  one.call_later();
  BOOST_TEST(one.called == 0);
  f.settle();
  BOOST_TEST(one.called == 1);
  one.call_later();
  f.settle();
  BOOST_TEST(one.called == 2);
}

BOOST_AUTO_TEST_CASE(whoever_asks_again_when_called_waits_for_the_next_turn) {
  fixture f(2);
  f.everyone([](socket& self) {
    if (self.called < 3) self.call_later();
  });
  for (auto& each : f.all) each->call_later();
  f.context.restart();
  for (int turn = 1; turn <= 3; ++turn) {
    BOOST_TEST(f.context.poll_one() == 1U);
    for (const auto& each : f.all) BOOST_TEST(each->called == turn);
  }
  f.settle();
  BOOST_TEST(f.called() == 6);
}

BOOST_AUTO_TEST_CASE(whoever_is_gone_is_not_called_later) {
  fixture f(20);
  int calls = 0;
  // The last one goes before any is called, the others but the first one within that first call.
  f.everyone([&](socket& self) {
    ++calls;
    self.call_later();
    for (auto& each : f.all)
      if (each.get() != &self) each.reset();
    self.also = [&](socket&) {
      ++calls;
      f.all[0].reset();
    };
  });
  for (auto& each : f.all) each->call_later();
  f.all.back().reset();
  f.settle();
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(whoever_was_called_later_may_be_told_and_go_first) {
  fixture f(10);
  int calls = 0;
  f.everyone([&](socket& self) {
    ++calls;
    std::ranges::find(f.all, &self, &std::unique_ptr<socket>::get)->reset();
  });
  for (auto& each : f.all) each->call_later();
  f.speak();
  BOOST_TEST(calls == 10);
}

BOOST_AUTO_TEST_CASE(all_do_one_step_before_any_does_the_next) {
  fixture f(5);
  std::vector<std::pair<int, const socket*>> order;
  f.everyone([&](socket& self) {
    order.emplace_back(self.called, &self);
    // Whoever has done a step can't wait for the ones before it any more.
    if (self.called > 1) BOOST_TEST(!self.give_way(step::reading));
    if (self.called > 2) BOOST_TEST(!self.give_way(step::working));
    if (self.called > 3) BOOST_TEST(!self.give_way(step::sending));
    if (self.called > 3) return;
    const auto done = static_cast<step>(self.called - 1);
    BOOST_TEST(self.give_way(done));
    BOOST_TEST(self.give_way(done));  // once is enough
  });
  for (int batches = 0; batches < 2; ++batches) {
    f.speak();
    BOOST_REQUIRE_EQUAL(order.size(), 20U);
    for (std::size_t i = 0; i < order.size(); ++i) {
      BOOST_TEST(order[i].first == static_cast<int>(i / 5) + 1);
      BOOST_TEST(order[i].second == order[i % 5].second);
    }
    BOOST_TEST(!f.all[0]->give_way(step::sending));
    order.clear();
    f.forget();
  }
}

BOOST_AUTO_TEST_CASE(a_step_can_be_left_out) {
  fixture f(3);
  std::vector<const socket*> order;
  f.everyone([&](socket& self) {
    order.push_back(&self);
    if (self.called == 1)
      BOOST_TEST(self.give_way(&self == order[0] ? step::sending : step::working));
  });
  f.speak();
  BOOST_REQUIRE_EQUAL(order.size(), 6U);
  BOOST_TEST(order[3] == order[1]);
  BOOST_TEST(order[4] == order[2]);
  BOOST_TEST(order[5] == order[0]);
}

BOOST_AUTO_TEST_CASE(nobody_is_waited_for_where_one_is_told_alone) {
  fixture f(1);
  f.all[0]->also = [](socket& self) {
    for (const step done : {step::reading, step::working, step::sending})
      BOOST_TEST(!self.give_way(done));
  };
  f.speak();
  BOOST_TEST(f.called() == 1);
}

BOOST_AUTO_TEST_CASE(whoever_gave_way_and_is_gone_is_not_called) {
  fixture f(5);
  int calls = 0;
  std::vector<socket*> gave_way;
  f.everyone([&](socket& self) {
    ++calls;
    if (self.called == 1) {
      BOOST_TEST(self.give_way(step::working));
      gave_way.push_back(&self);
      if (gave_way.size() < 5) return;
    }
    // With the last one of the batch two go, and another one when the first of those that are left
    // is called.
    const auto end = [&](const socket* one) {
      std::ranges::find(f.all, one, &std::unique_ptr<socket>::get)->reset();
    };
    if (gave_way.size() == 5) {
      end(gave_way[0]);
      end(gave_way[2]);
      gave_way = {gave_way[1], gave_way[3], gave_way[4]};
    } else if (&self == gave_way[0]) {
      end(gave_way[1]);
    }
  });
  f.speak();
  BOOST_TEST(calls == 7);
}

BOOST_AUTO_TEST_CASE(of_more_than_a_batch_each_is_told_once) {
  fixture f(many);
  const std::uint64_t before = f.sockets.turns();
  std::vector<std::uint64_t> seen;
  f.everyone([&](socket& self) { seen.push_back(self.turns()); });
  f.speak();
  BOOST_REQUIRE_EQUAL(seen.size(), many);
  for (const auto& each : f.all) BOOST_TEST(each->called == 1);
  // A turn has been when the kernel has no more to say.
  for (std::size_t i = 0; i < many; ++i)
    BOOST_TEST(seen[i] == (i < batch ? before : before + 1), "the " << i << "th");
}

// Listening is a system call, and what is listened for twice is heard twice.
BOOST_AUTO_TEST_CASE(those_that_wait_anew_when_they_are_called_add_no_turns) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{20}}) {
    fixture f(count);
    f.everyone([](socket& self) { self.listen(); });
    // What was told is asked about once more if it was much.
    const std::uint64_t turns_a_batch = count == 1 ? 1 : 2;
    for (int round = 0; round < 5; ++round) {
      const std::uint64_t before = f.sockets.turns();
      f.speak();
      BOOST_TEST(f.sockets.turns() - before == turns_a_batch, count << " sockets");
    }
    BOOST_TEST(f.called() == static_cast<int>(5 * count));
  }
}

BOOST_AUTO_TEST_CASE(those_that_always_have_more_let_the_loop_do_other_things) {
  fixture f(20);
  int calls = 0;
  std::optional<int> before_the_other;
  f.everyone([&](socket& self) {
    if (calls == 0) io::post(f.context, [&] { before_the_other = calls; });
    if (++calls < 100'000) self.other.send("x");
  });
  for (auto& each : f.all) each->other.send("x");
  f.until([&] { return before_the_other.has_value(); });
  BOOST_TEST(*before_the_other < 1000);
  f.everyone(nullptr);
}

BOOST_AUTO_TEST_CASE(the_loop_has_work_until_it_is_stopped) {
  fixture f(1);
  f.context.restart();
  f.context.poll();
  BOOST_TEST(!f.context.stopped());
  f.sockets.stop();
  f.context.run();
  BOOST_TEST(f.context.stopped());
  f.all[0]->listen();
  f.speak();
  BOOST_TEST(f.called() == 0);
}

BOOST_AUTO_TEST_CASE(it_can_be_stopped_by_whoever_is_called) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{20}}) {
    fixture f(count);
    f.everyone([&](socket& self) {
      f.sockets.stop();
      self.listen();
    });
    f.speak();
    BOOST_TEST(f.called() == static_cast<int>(count));  // of this turn all are called still
    f.context.restart();
    f.context.run();
    BOOST_TEST(f.context.stopped());
    f.speak();
    BOOST_TEST(f.called() == static_cast<int>(count));
  }
}

BOOST_AUTO_TEST_CASE(what_the_kernel_can_not_watch_is_not_watched) {
  fixture f(1);
  f.all[0]->close();
  BOOST_TEST(!f.all[0]->watch(-1));
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_it_says_so) {
  io::event_loop loop(1);
  const no_descriptors none_left;
  BOOST_CHECK_EXCEPTION(io::readiness{loop}, std::system_error,
                        [](const std::system_error& e) { return e.code().value() == EMFILE; });
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
