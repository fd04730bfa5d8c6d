// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/transport.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/gateway/net/operations.hpp"

namespace tests {

namespace {

using io::io_error;
using io::io_result;
using io::task;
using std::chrono::milliseconds;

struct fixture : event_loop {
  /// Runs when the operation that is started next has begun: a task begins one turn after it was
  /// spawned.
  void later(std::function<void()> what) {
    io::post(context, [this, what = std::move(what)] { io::post(context, what); });
  }

  std::pair<gateway::sys::descriptor, peer> ends = connection();
  io::transport stream{std::move(ends.first), sockets, wheel};
  peer other{std::move(ends.second)};
};

std::string read(fixture& f, std::size_t most = 100) {
  std::string into(most, '\0');
  const io_result got = f.run(reading(&f.stream, {into.data(), into.size()}, ample));
  BOOST_TEST((got.error == io_error::none));
  into.resize(got.bytes);
  return into;
}

io_result write(fixture& f, std::vector<std::string_view> parts, milliseconds timeout = ample) {
  return f.run(writing(&f.stream, std::move(parts), timeout));
}

/// Every wait there is, each on a connection where it can't end by itself.
struct wait {
  const char* name;
  std::function<io_error(fixture&, milliseconds)> begin;
};

io_error as_reading(fixture& f, milliseconds timeout) {
  std::array<char, 10> into;
  return f.run(reading(&f.stream, into, timeout)).error;
}

io_error as_waiting(fixture& f, milliseconds timeout) { return f.run(waiting(&f.stream, timeout)); }

io_error as_writing(fixture& f, milliseconds timeout) {
  const std::string much(more_than_fits, 'x');
  const io_result sent = write(f, {much}, timeout);
  BOOST_TEST(sent.bytes > 0U);
  BOOST_TEST(sent.bytes < much.size());
  return sent.error;
}

io_error as_writing_unless_answered(fixture& f, milliseconds timeout) {
  const std::string much(more_than_fits, 'x');
  const io_result sent = f.run(writing_unless_answered(&f.stream, {much}, timeout));
  BOOST_TEST(sent.bytes < much.size());
  return sent.error;
}

task<io_error> read_bytewise(fixture* f, std::size_t count, std::string* got) {
  char byte = 0;
  while (got->size() < count) {
    const io_result one = co_await f->stream.read_some({&byte, 1}, ample);
    if (one.error != io_error::none) co_return one.error;
    got->push_back(byte);
  }
  co_return io_error::none;
}

/// A connection that says what it hears.
struct echoing {
  explicit echoing(event_loop& loop) : echoing(loop, event_loop::connection()) {}
  io::transport stream;
  peer other;
  bool over = false;

 private:
  echoing(event_loop& loop, std::pair<gateway::sys::descriptor, peer> ends)
      : stream(std::move(ends.first), loop.sockets, loop.wheel), other(std::move(ends.second)) {}
};

task<void> echo(io::transport* stream) {
  std::array<char, 100> into;
  for (;;) {
    const io_result got = co_await stream->read_some(into, ample);
    if (got.error != io_error::none) co_return;
    const std::array<std::string_view, 1> parts{std::string_view(into.data(), got.bytes)};
    if ((co_await stream->write(parts, ample)).error != io_error::none) co_return;
  }
}

task<io_error> wait_and_send(io::transport* stream) {
  static constexpr std::array<std::string_view, 1> parts{"heard"};
  const io_error heard = co_await stream->wait_readable(ample);
  if (heard != io_error::none) co_return heard;
  co_return (co_await stream->write(parts, ample)).error;
}

task<io_error> begin_and_wait(io::transport* stream, std::function<void()> meanwhile) {
  auto begun = stream->wait_readable(ample);
  meanwhile();
  co_return co_await begun;
}

/// A connection that holds little, and a peer that reads with each turn of the wheel.
struct slow final : event_loop, private io::deadlines::entry {
  slow() : slow(small_connection()) {}
  using entry::arm;

  io::transport stream;
  peer other;
  int turns = 0;

 private:
  explicit slow(std::pair<gateway::sys::descriptor, peer> ends)
      : entry(wheel),
        stream(std::move(ends.first), sockets, wheel),
        other(std::move(ends.second)) {}

  static std::pair<gateway::sys::descriptor, peer> small_connection() {
    auto ends = connection();
    const int bytes = 32 * 1024;
    ::setsockopt(ends.first.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    ::setsockopt(ends.second.descriptor(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return ends;
  }
  void expire() override {
    ++turns;
    BOOST_TEST(!other.receive_now().empty());
    arm(milliseconds(0));
  }
};

const std::array<wait, 4>& waits() {
  static const std::array<wait, 4> all{{{"read_some", as_reading},
                                        {"wait_readable", as_waiting},
                                        {"write", as_writing},
                                        {"write_unless_answered", as_writing_unless_answered}}};
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(transport)

BOOST_AUTO_TEST_CASE(every_wait_ends_at_its_deadline) {
  for (const wait& w : waits()) {
    fixture f;
    BOOST_TEST((w.begin(f, soon) == io_error::timeout), w.name);
    BOOST_TEST(f.stream.is_open());
  }
}

BOOST_AUTO_TEST_CASE(every_wait_ends_when_the_connection_is_closed_by_us) {
  for (const wait& w : waits()) {
    fixture f;
    f.later([&] { f.stream.close(); });
    BOOST_TEST((w.begin(f, ample) == io_error::broken), w.name);
  }
}

BOOST_AUTO_TEST_CASE(every_wait_ends_when_it_is_interrupted) {
  for (const wait& w : waits()) {
    fixture f;
    f.stream.interrupt();  // nothing waits
    f.later([&] { f.stream.interrupt(); });
    BOOST_TEST((w.begin(f, ample) == io_error::timeout), w.name);
    BOOST_TEST(f.stream.is_open());
  }
}

BOOST_AUTO_TEST_CASE(every_wait_ends_when_all_deadlines_are_called_in) {
  for (const wait& w : waits()) {
    fixture f;
    f.later([&] { f.wheel.expire_all(); });
    BOOST_TEST((w.begin(f, ample) == io_error::timeout), w.name);
  }
}

BOOST_AUTO_TEST_CASE(every_wait_for_a_peer_that_resets_is_broken) {
  for (const wait& w : waits()) {
    fixture f;
    f.later([&] { f.other.reset(); });
    const io_error end = w.begin(f, ample);
    // Who waits for something to read has got it; the read that follows says what it is.
    BOOST_TEST((end == io_error::broken || end == io_error::none), w.name);
    if (end == io_error::none) BOOST_TEST((as_reading(f, ample) == io_error::broken), w.name);
  }
}

// Every so many operations that need no waiting, one gives way to the other connections: it is
// complete, and is continued later.
BOOST_AUTO_TEST_CASE(a_read_that_was_complete_when_it_was_called_off_keeps_its_bytes) {
  const std::string sent(100, 'x');
  for (const bool closed : {true, false}) {
    fixture f;
    f.other.send(sent);
    std::string got;
    io_error end = io_error::none;
    bool over = false;
    f.start(read_bytewise(&f, sent.size(), &got), [&](std::exception_ptr, io_error e) {
      end = e;
      over = true;
    });
    // It has begun and given way.
    f.context.restart();
    while (got.empty() && f.context.run_one() != 0) {
    }
    const std::size_t before = got.size();
    BOOST_TEST(before < sent.size());
    if (closed)
      f.stream.close();
    else
      f.wheel.expire_all();
    f.until([&] { return over; });
    if (closed) {
      BOOST_TEST((end == io_error::broken));
      BOOST_TEST(got.size() == before + 1);
    } else {
      BOOST_TEST((end == io_error::none));
      BOOST_TEST((got == sent));
    }
  }
}

BOOST_AUTO_TEST_CASE(one_that_always_has_something_to_read_lets_the_others_have_their_turn) {
  fixture f;
  const std::string sent(1000, 'x');
  f.other.send(sent);
  std::string got;
  bool over = false;
  f.start(read_bytewise(&f, sent.size(), &got), [&](std::exception_ptr, io_error) { over = true; });
  std::size_t turns = 0;
  f.context.restart();
  while (!over && f.context.run_one() != 0) ++turns;
  BOOST_TEST((got == sent));
  BOOST_TEST(turns > 10U);
}

// Edge-triggered: what the kernel has said once is not said again.
BOOST_AUTO_TEST_CASE(the_end_that_came_with_the_last_bytes_is_noticed) {
  for (const std::size_t room : {std::size_t{4}, std::size_t{100}}) {  // exactly as much, and more
    fixture f;
    bool over = false;
    std::string into(room, '\0');
    io_result got;
    f.start(reading(&f.stream, {into.data(), into.size()}, ample),
            [&](std::exception_ptr, io_result r) {
              got = r;
              over = true;
            });
    f.settle();
    BOOST_TEST(!over);
    f.other.send("last");
    f.other.finish();
    f.until([&] { return over; });
    BOOST_TEST(got.bytes == 4U);
    BOOST_TEST((as_reading(f, ample) == io_error::eof));
    BOOST_TEST((as_reading(f, ample) == io_error::eof));  // and stays
  }
}

BOOST_AUTO_TEST_CASE(what_comes_between_a_short_read_and_the_wait_is_noticed) {
  fixture f;
  f.other.send("one");
  BOOST_TEST(read(f) == "one");
  f.other.send("two");
  BOOST_TEST((as_waiting(f, ample) == io_error::none));
  BOOST_TEST(read(f, 3) == "two");  // exactly: nothing tells whether there is more
  f.later([&] { f.other.send("three"); });
  BOOST_TEST((as_waiting(f, ample) == io_error::none));
  BOOST_TEST(read(f) == "three");
}

// The kernel ends a read at urgent data, whatever follows it.
BOOST_AUTO_TEST_CASE(what_follows_urgent_data_is_noticed) {
  fixture f;
  f.other.send("one");
  f.other.send_urgent('!');
  f.other.send("two");
  BOOST_TEST(read(f) == "one");
  f.stream.rest();
  f.run(hear_of_another(&f));
  BOOST_TEST(!f.stream.quiet());
  BOOST_TEST(read(f) == "two");
  BOOST_TEST((as_waiting(f, soon) == io_error::timeout));
  // Nor is it an answer that urgent data has been there once.
  BOOST_TEST((as_writing_unless_answered(f, soon) == io_error::timeout));
}

BOOST_AUTO_TEST_CASE(waiting_after_all_was_read_is_not_ended_by_what_was_said_of_it) {
  fixture f;
  f.other.send("one");
  BOOST_TEST((as_waiting(f, ample) == io_error::none));
  BOOST_TEST(read(f, 3) == "one");
  BOOST_TEST((as_waiting(f, soon) == io_error::timeout));
}

// Sends wait for the end of a batch: those before may have things to send that go first.
BOOST_AUTO_TEST_CASE(of_many_that_are_told_at_once_each_is_answered) {
  static constexpr std::size_t many = 40;
  event_loop loop;
  std::vector<std::unique_ptr<echoing>> all;
  for (std::size_t i = 0; i < many; ++i) {
    all.push_back(std::make_unique<echoing>(loop));
    loop.start(echo(&all.back()->stream), [&, i](std::exception_ptr) { all[i]->over = true; });
  }
  loop.settle();
  for (int round = 0; round < 3; ++round) {
    for (const auto& each : all) each->other.send("hello");
    loop.settle();
    for (const auto& each : all) BOOST_TEST(each->other.receive_now() == "hello");
  }
  for (const auto& each : all) each->other.finish();
  loop.settle();
  for (const auto& each : all) BOOST_TEST(each->over);
}

// What one of a batch does to the others before they have had their turn.
BOOST_AUTO_TEST_CASE(whoever_is_told_may_close_or_destroy_the_others_of_the_batch) {
  for (const bool destroyed : {true, false}) {
    static constexpr std::size_t many = 10;
    event_loop loop;
    std::vector<std::unique_ptr<echoing>> all;
    std::size_t heard = 0;
    for (std::size_t i = 0; i < many; ++i) {
      all.push_back(std::make_unique<echoing>(loop));
      loop.start(wait_and_send(&all.back()->stream), [&](std::exception_ptr, io_error e) {
        if (e == io_error::none) ++heard;
        // Only those that wait for nothing may be destroyed: the idle ones at the end.
        for (std::size_t k = many; k < all.size(); ++k) {
          if (destroyed)
            all[k].reset();
          else
            all[k]->stream.close();
        }
      });
    }
    for (std::size_t i = 0; i < many; ++i) all.push_back(std::make_unique<echoing>(loop));
    loop.settle();
    for (const auto& each : all) each->other.send("x");
    loop.settle();
    BOOST_TEST(heard == many);
    for (std::size_t i = 0; i < many; ++i) BOOST_TEST(all[i]->other.receive_now() == "heard");
  }
}

BOOST_AUTO_TEST_CASE(a_read_gives_what_is_there_up_to_the_room) {
  fixture f;
  f.other.send("abcdef");
  BOOST_TEST(read(f, 4) == "abcd");
  BOOST_TEST(read(f, 4) == "ef");
}

BOOST_AUTO_TEST_CASE(the_peers_end_is_told_from_a_broken_connection) {
  fixture f;
  f.other.send("last");
  f.other.finish();
  BOOST_TEST(read(f) == "last");
  BOOST_TEST((as_reading(f, ample) == io_error::eof));
}

BOOST_AUTO_TEST_CASE(readable_means_bytes_or_the_end) {
  fixture f;
  f.other.send("x");
  BOOST_TEST((as_waiting(f, ample) == io_error::none));
  BOOST_TEST(read(f) == "x");
  f.later([&] { f.other.finish(); });
  BOOST_TEST((as_waiting(f, ample) == io_error::none));
  BOOST_TEST((as_reading(f, ample) == io_error::eof));
}

BOOST_AUTO_TEST_CASE(the_end_alone_is_noticed_by_whoever_reads) {
  fixture f;
  f.later([&] { f.other.finish(); });
  BOOST_TEST((as_reading(f, ample) == io_error::eof));
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_finished_may_read_on) {
  fixture f;
  f.other.finish();
  BOOST_TEST((as_reading(f, ample) == io_error::eof));
  std::size_t got = 0;
  std::function<void()> drink = [&] {
    got += f.other.receive_now().size();
    if (got < more_than_fits) f.later(drink);
  };
  f.later(drink);
  const std::string much(more_than_fits, 'x');
  BOOST_TEST((write(f, {much}).error == io_error::none));
  // But that it has finished is an answer.
  BOOST_TEST((as_writing_unless_answered(f, ample) == io_error::none));
}

BOOST_AUTO_TEST_CASE(what_ends_a_wait_before_it_is_awaited_ends_it) {
  for (const bool closed : {true, false}) {
    fixture f;
    const io_error end = f.run(begin_and_wait(&f.stream, [&] {
      if (closed)
        f.stream.close();
      else
        f.stream.interrupt();
    }));
    BOOST_TEST((end == (closed ? io_error::broken : io_error::timeout)));
  }
}

BOOST_AUTO_TEST_CASE(a_write_has_its_time_anew_whenever_the_peer_reads) {
  slow f;
  const std::string much(600'000, 'x');  // a few turns' worth
  f.arm(milliseconds(0));
  // Its time are two of them.
  const io_result sent = f.run(writing(&f.stream, {much}, io::deadlines::tick));
  BOOST_TEST((sent.error == io_error::none));
  BOOST_TEST(sent.bytes == much.size());
  BOOST_TEST(f.turns > 3);
  f.end();
}

BOOST_AUTO_TEST_CASE(parts_are_written_in_order_and_empty_ones_do_not_count) {
  fixture f;
  const io_result sent = write(f, {"one ", "", "two ", "three ", "", "four"});
  BOOST_TEST((sent.error == io_error::none));
  BOOST_TEST(sent.bytes == 18U);
  BOOST_TEST(f.other.receive_now() == "one two three four");
  BOOST_TEST((write(f, {}).error == io_error::none));
  BOOST_TEST((write(f, {"", ""}).error == io_error::none));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_at_once_follows_as_the_peer_reads) {
  fixture f;
  std::string much(8U << 20U, '\0');
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>(i % 251);
  const std::string_view all = much;
  // Borders within parts are where a count goes wrong.
  const std::vector<std::string_view> parts{all.substr(0, 1), all.substr(1, 3'000'000),
                                            all.substr(3'000'001, 5'000'000),
                                            all.substr(8'000'001)};
  std::string got;
  std::function<void()> drink = [&] {
    got += f.other.receive_now();
    if (got.size() < much.size()) f.later(drink);
  };
  f.later(drink);
  const io_result sent = write(f, parts);
  BOOST_TEST((sent.error == io_error::none));
  BOOST_TEST(sent.bytes == much.size());
  f.stream.finish_sending();
  got += f.other.receive_all();
  BOOST_TEST((got == much));
}

BOOST_AUTO_TEST_CASE(writing_stops_as_soon_as_the_peer_answers) {
  fixture f;
  f.later([&] { f.other.send("no"); });
  BOOST_TEST((as_writing_unless_answered(f, ample) == io_error::none));
  BOOST_TEST(read(f) == "no");
}

BOOST_AUTO_TEST_CASE(writing_unless_answered_goes_on_while_the_peer_is_silent) {
  fixture f;
  const std::string much(8U << 20U, 'x');
  std::size_t got = 0;
  std::function<void()> drink = [&] {
    got += f.other.receive_now().size();
    if (got < much.size()) f.later(drink);
  };
  f.later(drink);
  const io_result sent = f.run(writing_unless_answered(&f.stream, {much}, ample));
  BOOST_TEST((sent.error == io_error::none));
  BOOST_TEST(sent.bytes == much.size());
}

BOOST_AUTO_TEST_CASE(a_connection_has_ended_once_the_peer_has_and_all_of_it_was_read) {
  fixture f;
  BOOST_TEST(!f.stream.ended());
  f.other.send("x");
  f.other.finish();
  BOOST_TEST(!f.stream.ended());
  BOOST_TEST(read(f) == "x");
  BOOST_TEST(f.stream.ended());
  fixture broken;
  broken.other.reset();
  BOOST_TEST(broken.stream.ended());
  fixture closed;
  closed.stream.close();
  BOOST_TEST(closed.stream.ended());
}

BOOST_AUTO_TEST_CASE(an_unused_connection_is_quiet_until_the_peer_speaks_or_ends) {
  fixture f;
  BOOST_TEST(f.stream.quiet());
  f.other.send("x");
  BOOST_TEST(!f.stream.quiet());
  BOOST_TEST(read(f) == "x");  // looking took nothing away
  BOOST_TEST(f.stream.quiet());
  f.other.finish();
  BOOST_TEST(!f.stream.quiet());
}

BOOST_AUTO_TEST_CASE(what_the_loop_has_heard_of_an_unused_connection_spares_the_look) {
  fixture f;
  f.stream.rest();
  BOOST_TEST(f.stream.quiet());
  f.run(hear_of_another(&f));
  f.other.send("x");  // which the loop hears of in its next turn
  BOOST_TEST(f.stream.quiet());
  f.run(hear_of_another(&f));
  BOOST_TEST(!f.stream.quiet());
}

BOOST_AUTO_TEST_CASE(in_the_turn_in_which_it_was_last_used_the_kernel_is_asked) {
  fixture f;
  f.run(hear_of_another(&f));
  f.stream.rest();
  BOOST_TEST(f.stream.quiet());
  f.other.send("x");
  BOOST_TEST(!f.stream.quiet());
  // And of one that was used again.
  fixture again;
  again.stream.rest();
  again.run(hear_of_another(&again));
  BOOST_TEST((write(again, {"x"}).error == io_error::none));
  again.other.send("x");
  BOOST_TEST(!again.stream.quiet());
}

BOOST_AUTO_TEST_CASE(finishing_lets_the_peer_answer_still) {
  fixture f;
  f.stream.finish_sending();
  BOOST_TEST(f.other.receive_all().empty());
  f.other.send("answer");
  BOOST_TEST(read(f) == "answer");
}

BOOST_AUTO_TEST_CASE(a_closed_connection_has_no_address) {
  fixture f;
  BOOST_TEST(f.stream.peer_address() == "127.0.0.1");
  f.stream.close();
  BOOST_TEST(f.stream.peer_address().empty());
  BOOST_TEST(!f.stream.is_open());
  BOOST_TEST((write(f, {"x"}).error == io_error::broken));
}

BOOST_AUTO_TEST_CASE(what_is_asked_of_a_closed_connection_ends_at_once) {
  fixture f;
  f.stream.close();
  f.stream.write_now("x");
  f.stream.finish_sending();
  f.stream.interrupt();
  f.stream.close();
  BOOST_TEST(!f.stream.quiet());
  BOOST_TEST((as_reading(f, ample) == io_error::broken));
  BOOST_TEST((as_waiting(f, ample) == io_error::broken));
  BOOST_TEST(f.other.receive_all().empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
