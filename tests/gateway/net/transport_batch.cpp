// SPDX-License-Identifier: Apache-2.0
// Connections of which the kernel tells at once, and what becomes of a send that gives way to the
// others of its batch.

#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/net/transport.hpp"
#include "tests/gateway/net/operations.hpp"

namespace tests {

namespace {

using io::io_error;
using io::io_result;
using io::task;
using std::chrono::milliseconds;

struct side {
  explicit side(event_loop& loop) : side(loop, event_loop::connection()) {}
  std::unique_ptr<io::transport> stream;
  peer other;
  io_result result;
  bool over = false;

 private:
  side(event_loop& loop, std::pair<gateway::sys::descriptor, peer> ends)
      : stream(std::make_unique<io::transport>(std::move(ends.first), loop.sockets, loop.wheel)),
        other(std::move(ends.second)) {}
};

/// Two that are told at once: whoever comes first writes, and before that has been sent the other
/// does something to it.
struct fixture : event_loop {
  explicit fixture(std::function<void(side&)> does) : act(std::move(does)) {}
  ~fixture() { end(); }

  std::function<void(side&)> act;
  std::array<side, 2> both{side(*this), side(*this)};
  side* writer = nullptr;
  bool acted = false;

  void run(std::string_view text, milliseconds timeout, bool unless_answered = false);
};

task<void> write_or_act(fixture* f, side* self, std::string_view text, milliseconds timeout,
                        bool unless_answered) {
  (void)co_await self->stream->wait_readable(ample);
  if (f->writer == nullptr) {
    f->writer = self;
    const std::array<std::string_view, 1> parts{text};
    if (unless_answered)
      self->result = co_await self->stream->write_unless_answered(parts, timeout);
    else
      self->result = co_await self->stream->write(parts, timeout);
    self->over = true;
  } else {
    BOOST_TEST(!f->writer->over);
    BOOST_TEST(f->writer->other.receive_now().empty());
    f->act(*f->writer);
    BOOST_TEST(!f->writer->over);  // whoever acts is not interrupted
    f->acted = true;
  }
}

void fixture::run(std::string_view text, milliseconds timeout, bool unless_answered) {
  for (side& each : both)
    start(write_or_act(this, &each, text, timeout, unless_answered), [](std::exception_ptr) {});
  settle();
  for (const side& each : both) each.other.send("x");
  until([this] { return writer != nullptr && writer->over; });
  BOOST_TEST(acted);
}

// One that reads and says it again, with its connection in its own hands.
task<void> echo(std::unique_ptr<io::transport> mine, io::transport** seen, std::size_t room) {
  std::string into(room, '\0');
  for (;;) {
    if (co_await mine->wait_readable(ample) != io_error::none) break;
    const io_result got = co_await mine->read_some({into.data(), into.size()}, ample);
    if (got.error != io_error::none) break;
    const std::array<std::string_view, 1> parts{std::string_view(into.data(), got.bytes)};
    if ((co_await mine->write(parts, ample)).error != io_error::none) break;
  }
  *seen = nullptr;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(transport)

BOOST_AUTO_TEST_CASE(what_is_written_is_sent_after_all_of_the_batch_were_heard) {
  fixture f([](side&) {});
  f.run("hello", ample);
  BOOST_TEST((f.writer->result.error == io_error::none));
  BOOST_TEST(f.writer->result.bytes == 5U);
  BOOST_TEST(f.writer->other.receive_now() == "hello");
}

BOOST_AUTO_TEST_CASE(a_peer_that_resets_before_it_is_sent_breaks_it) {
  fixture f([](side& writer) { writer.other.reset(); });
  f.run("hello", ample);
  BOOST_TEST((f.writer->result.error == io_error::broken));
  BOOST_TEST(f.writer->result.bytes == 0U);
}

BOOST_AUTO_TEST_CASE(a_write_that_is_interrupted_before_it_is_sent_sends_nothing) {
  fixture f([](side& writer) { writer.stream->interrupt(); });
  f.run("hello", ample);
  BOOST_TEST((f.writer->result.error == io_error::timeout));
  BOOST_TEST(f.writer->result.bytes == 0U);
  f.settle();
  BOOST_TEST(f.writer->other.receive_now().empty());
  // Nothing of it is left behind.
  const io_result again =
      static_cast<event_loop&>(f).run(writing(f.writer->stream.get(), {"again"}, ample));
  BOOST_TEST((again.error == io_error::none));
  BOOST_TEST(f.writer->other.receive_now() == "again");
}

BOOST_AUTO_TEST_CASE(a_write_on_what_is_closed_before_it_is_sent_is_broken) {
  fixture f([](side& writer) { writer.stream->close(); });
  f.run("hello", ample);
  BOOST_TEST((f.writer->result.error == io_error::broken));
  BOOST_TEST(f.writer->other.receive_all().empty());
}

BOOST_AUTO_TEST_CASE(a_write_that_gave_way_has_its_deadline) {
  const std::string much(more_than_fits, 'x');
  fixture f([](side&) {});
  f.run(much, soon);
  BOOST_TEST((f.writer->result.error == io_error::timeout));
  BOOST_TEST(f.writer->result.bytes > 0U);
  BOOST_TEST(f.writer->result.bytes < much.size());
}

BOOST_AUTO_TEST_CASE(a_write_that_gave_way_stops_when_it_is_answered) {
  const std::string much(more_than_fits, 'x');
  fixture f([](side& writer) { writer.other.send("no"); });
  f.run(much, ample, true);
  BOOST_TEST((f.writer->result.error == io_error::none));
  BOOST_TEST(f.writer->result.bytes > 0U);
  BOOST_TEST(f.writer->result.bytes < much.size());
}

// Chance finds the orders that nobody thought of; what is freed or used wrongly the sanitizers say.
BOOST_AUTO_TEST_CASE(whatever_happens_to_many_at_once_none_says_what_it_was_not_told) {
  std::mt19937 choose(1);
  event_loop loop;
  struct one {
    io::transport* stream;
    peer other;
    std::string said;
    std::string heard;
    bool gone = false;  ///< the peer
  };
  std::vector<std::unique_ptr<one>> all;
  const auto add = [&] {
    auto [ours, theirs] = event_loop::connection();
    auto mine = std::make_unique<io::transport>(std::move(ours), loop.sockets, loop.wheel);
    all.push_back(std::make_unique<one>(one{mine.get(), std::move(theirs), {}, {}, false}));
    loop.start(echo(std::move(mine), &all.back()->stream, 1 + choose() % 40),
               [](std::exception_ptr) {});
  };
  const auto hear = [](one& each) {
    each.heard += each.other.receive_now();
    BOOST_REQUIRE(each.said.starts_with(each.heard));
  };
  for (int step = 0; step < 3000; ++step) {
    while (all.size() < 40) add();
    for (std::size_t n = choose() % 30; n != 0; --n) {
      one& each = *all[choose() % all.size()];
      if (each.gone) continue;
      const std::string text(1 + choose() % 50, static_cast<char>('a' + choose() % 26));
      switch (choose() % 40) {
        case 0:
          each.other.finish();
          each.gone = true;
          break;
        case 1:
          each.other.reset();
          each.gone = true;
          break;
        case 2:
          if (each.stream != nullptr) each.stream->close();
          break;
        case 3:
          if (each.stream != nullptr) each.stream->interrupt();
          break;
        case 4:
          if (choose() % 20 == 0) loop.wheel.expire_all();
          break;
        default: each.other.send_now(text); each.said += text;
      }
    }
    loop.context.restart();
    for (std::size_t turns = choose() % 20; turns != 0; --turns) loop.context.poll_one();
    std::erase_if(all, [&](const auto& each) {
      if (!each->gone) hear(*each);
      return each->stream == nullptr;
    });
  }
  loop.settle();
  for (const auto& each : all)
    if (each->stream != nullptr && !each->gone) {
      hear(*each);
      BOOST_TEST(each->heard == each->said);
    }
  for (const auto& each : all)
    if (each->stream != nullptr) each->stream->close();
  loop.settle();
  for (const auto& each : all) BOOST_TEST((each->stream == nullptr));
  loop.end();
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
