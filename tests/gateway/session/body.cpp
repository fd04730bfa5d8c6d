// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/body.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/head_parser.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace ses = gateway::session;
using core::base::errc;
using std::chrono::milliseconds;

constexpr milliseconds ample{60'000};
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

/// A request whose head has arrived, with what came in the same packet; the rest is the test's.
struct fixture : event_loop {
  explicit fixture(const std::string& fields, const std::string& with_it = {}) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    in.memory = buffers.borrow(4096);
    (head + with_it).copy(in.memory.data(), in.memory.size());
    in.end = head.size() + with_it.size();
    core::http::request_head parsed;
    const auto done = io::parse_request_head(in.unread(), 4096, parsed);
    BOOST_REQUIRE((done.has_value() && done->complete));
    head_text = in.unread().substr(0, done->size);
    const auto framing = core::http::frame_request(parsed);
    BOOST_REQUIRE(framing.has_value());
    reader.emplace(stream, buffers, in, done->size, *framing);
  }
  // The head is viewed until the exchange has been reported: nothing may have touched it.
  ~fixture() { BOOST_TEST(std::string_view(in.memory.data(), head_text.size()) == head_text); }

  std::string gather(std::uint64_t limit = 100'000, milliseconds timeout = ample) {
    const auto got = run(reader->gather(limit, timeout));
    BOOST_REQUIRE_MESSAGE(got.has_value(), "gather refused");
    return {got->data(), got->size()};
  }
  errc why(std::uint64_t limit = 100'000, milliseconds timeout = ample) {
    const auto got = run(reader->gather(limit, timeout));
    BOOST_REQUIRE(!got);
    return got.error();
  }
  bool drain(std::uint64_t most, milliseconds timeout = ample) {
    return run(reader->drain(most, timeout));
  }
  /// What stands behind the body in the inbox.
  [[nodiscard]] std::string next_request() const {
    return {in.memory.data() + reader->used(), in.end - reader->used()};
  }
  /// Sends piece by piece, each when the loop has taken the one before.
  void drip(std::string bytes, std::size_t size = 1) {
    if (bytes.empty()) return;
    other.send(bytes.substr(0, size));
    io::post(context,
             [this, rest = bytes.substr(std::min(size, bytes.size())), size] { drip(rest, size); });
  }

  io::buffer_pool buffers;
  std::pair<gateway::sys::descriptor, peer> ends = connection();
  io::transport stream{std::move(ends.first), sockets, wheel};
  peer other{std::move(ends.second)};
  ses::inbox in;
  std::string head_text;
  std::optional<ses::body_reader> reader;
};

io::task<std::string> read_more(io::transport* stream) {
  std::string rest(20, '\0');
  const auto got = co_await stream->read_some({rest.data(), rest.size()}, ample);
  co_return rest.substr(0, got.bytes);
}

std::string length(std::size_t n) { return "Content-Length: " + std::to_string(n) + "\r\n"; }
const std::string chunked = "Transfer-Encoding: chunked\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(session)
BOOST_AUTO_TEST_SUITE(body)

BOOST_AUTO_TEST_CASE(without_a_body_nothing_is_read) {
  for (const std::string& fields : {std::string(), length(0)}) {
    fixture f(fields, "GET /next");
    BOOST_TEST(f.gather().empty());
    BOOST_TEST(f.next_request() == "GET /next");
    BOOST_TEST(f.drain(0));
    BOOST_TEST(f.reader->size() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_came_with_its_head_is_taken_where_it_stands) {
  fixture f(length(5), "helloGET /next");
  BOOST_TEST(f.gather() == "hello");
  BOOST_TEST(f.next_request() == "GET /next");
  BOOST_TEST(f.reader->size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_in_pieces_is_put_together) {
  fixture f(length(11), "hello");
  f.drip(" world");
  BOOST_TEST(f.gather() == "hello world");
  BOOST_TEST(f.next_request().empty());
}

BOOST_AUTO_TEST_CASE(a_body_larger_than_the_inbox_is_whole) {
  std::string body(50'000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i % 251);
  fixture f(length(body.size()), body.substr(0, 1000));
  f.other.send(body.substr(1000));
  BOOST_TEST((f.gather() == body));
  BOOST_TEST(f.reader->size() == body.size());
}

BOOST_AUTO_TEST_CASE(not_a_byte_behind_a_body_is_read) {
  for (const std::size_t size : {20U, 50'000U}) {
    fixture f(length(size));
    const std::string body(size, 'b');
    f.other.send(body + "GET /next HTTP/1.1\r\n\r\n");
    BOOST_TEST((f.gather() == body));
    BOOST_TEST(f.next_request().empty());
    BOOST_TEST(!f.stream.quiet());  // it is still with the kernel
  }
}

BOOST_AUTO_TEST_CASE(chunks_are_joined) {
  fixture f(chunked, "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: z\r\n\r\nGET /next");
  BOOST_TEST(f.gather() == "hello world");
  BOOST_TEST(f.next_request() == "GET /next");
  BOOST_TEST(f.reader->size() == 11U);
}

BOOST_AUTO_TEST_CASE(chunks_may_be_cut_anywhere) {
  const std::string sent = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: z\r\n\r\n";
  for (std::size_t cut = 0; cut < sent.size(); ++cut) {
    fixture f(chunked, sent.substr(0, cut));
    f.drip(sent.substr(cut), 7);
    BOOST_TEST(f.gather() == "hello world", cut);
  }
  fixture f(chunked);
  f.drip(sent);
  BOOST_TEST(f.gather() == "hello world");
}

BOOST_AUTO_TEST_CASE(many_chunks_grow_to_the_limit_and_no_further) {
  std::string sent;
  std::string body;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(1000, static_cast<char>('a' + i % 26));
    sent += "3e8\r\n" + piece + "\r\n";
    body += piece;
  }
  {
    fixture f(chunked);
    f.other.send(sent + "0\r\n\r\nGET /next");
    BOOST_TEST((f.gather(100'000) == body));
    BOOST_TEST(f.next_request() == "GET /next");
  }
  fixture f(chunked);
  f.other.send(sent + "0\r\n\r\n");
  BOOST_TEST((f.why(99'999) == errc::body_too_large));
}

BOOST_AUTO_TEST_CASE(over_the_limit_nothing_is_read_that_was_declared) {
  fixture f(length(101));
  f.other.send(std::string(101, 'x'));
  BOOST_TEST((f.why(100) == errc::body_too_large));
  BOOST_TEST(!f.stream.quiet());
  BOOST_TEST(f.reader->size() == 0U);
  // It can be drained all the same, and the next request begins where it should.
  BOOST_TEST(f.reader->drainable(101));
  BOOST_TEST(!f.reader->drainable(100));
  BOOST_TEST(f.drain(101));
  BOOST_TEST(f.next_request().empty());
}

BOOST_AUTO_TEST_CASE(over_the_limit_no_chunk_is_kept) {
  fixture f(chunked);
  const std::size_t before = f.buffers.held();
  // One chunk that never ends.
  f.other.send("fffffff\r\n" + std::string(60'000, 'x'));
  BOOST_TEST((f.why(1000) == errc::body_too_large));
  // What was in the inbox when it was noticed, and no more: the rest is with the kernel.
  BOOST_TEST(f.reader->size() <= f.in.memory.size());
  BOOST_TEST(!f.stream.quiet());
  f.reader.reset();
  BOOST_TEST(f.buffers.held() - before <= 4096U);
}

BOOST_AUTO_TEST_CASE(a_limit_is_inclusive) {
  fixture whole(length(100));
  whole.other.send(std::string(100, 'x'));
  BOOST_TEST(whole.gather(100).size() == 100U);
  fixture pieces(chunked);
  pieces.other.send("32\r\n" + std::string(50, 'x') + "\r\n32\r\n" + std::string(50, 'x') +
                    "\r\n0\r\n\r\n");
  BOOST_TEST(pieces.gather(100).size() == 100U);
}

BOOST_AUTO_TEST_CASE(what_is_not_the_coding_is_bad_framing) {
  for (const auto* sent :
       {"x\r\n", "5\nhello", "5\r\nhelloX", "-5\r\n", "0x5\r\n", "1000000000000000\r\n"}) {
    fixture f(chunked);
    f.other.send(sent);
    BOOST_TEST((f.why() == errc::bad_framing), sent);
  }
}

BOOST_AUTO_TEST_CASE(who_expects_a_100_gets_it_once_when_the_body_is_wanted) {
  for (const std::string& framing : {length(10), chunked}) {
    fixture f(framing + "Expect: 100-continue\r\n");
    f.settle();
    BOOST_TEST(f.other.receive_now().empty());  // nobody has asked for the body
    BOOST_TEST(!f.reader->drainable(1'000'000));
    const std::string sent = framing == chunked ? "a\r\n0123456789\r\n0\r\n\r\n" : "0123456789";
    std::function<void()> body_after_it = [&] {
      if (f.other.receive_now() == go_on)
        f.drip(sent, 4);
      else
        io::post(f.context, body_after_it);
    };
    io::post(f.context, body_after_it);
    BOOST_TEST(f.gather() == "0123456789");
    BOOST_TEST(f.other.receive_now().empty());  // once
  }
}

BOOST_AUTO_TEST_CASE(who_has_sent_the_body_already_needs_no_100) {
  fixture f(length(5) + "Expect: 100-continue\r\n", "hello");
  BOOST_TEST(f.gather() == "hello");
  BOOST_TEST(f.other.receive_now().empty());
  BOOST_TEST(f.reader->drainable(0));
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_for_a_body_over_the_limit) {
  fixture f(length(101) + "Expect: 100-continue\r\n");
  BOOST_TEST((f.why(100) == errc::body_too_large));
  BOOST_TEST(f.other.receive_now().empty());
  BOOST_TEST(!f.drain(1000));  // nobody can tell whether it comes
}

BOOST_AUTO_TEST_CASE(a_body_that_does_not_come_times_out) {
  for (const std::string& framing : {length(10), chunked}) {
    fixture f(framing);
    BOOST_TEST((f.why(1000, milliseconds(1)) == errc::body_timeout));
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_too_slowly_times_out_as_a_whole) {
  fixture f(chunked, "ffff\r\n");
  // A byte at every turn of the loop: no single wait is ever long.
  bool over = false;
  std::function<void()> more = [&] {
    if (over) return;
    f.other.send("x");
    io::post(f.context, more);
  };
  io::post(f.context, more);
  BOOST_TEST((f.why(1'000'000, milliseconds(30)) == errc::body_timeout));
  over = true;
  f.settle();
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_is_told_from_one_that_is_slow) {
  for (const std::string& framing : {length(10), chunked}) {
    fixture finished(framing, "5");
    finished.other.finish();
    BOOST_TEST((finished.why() == errc::client_closed));
    fixture reset(framing, "5");
    reset.other.reset();
    BOOST_TEST((reset.why() == errc::client_closed));
  }
}

BOOST_AUTO_TEST_CASE(a_wait_for_the_body_ends_when_it_is_called_off) {
  for (const bool closed : {true, false}) {
    fixture f(length(10));
    io::post(f.context, [&] {
      io::post(f.context, [&] {
        if (closed)
          f.stream.close();
        else
          f.wheel.expire_all();
      });
    });
    BOOST_TEST((f.why() == (closed ? errc::client_closed : errc::body_timeout)));
  }
}

BOOST_AUTO_TEST_CASE(draining_reads_up_to_so_much_and_finds_the_next_request) {
  for (const std::string& framing : {length(9000), chunked}) {
    const std::string body(9000, 'x');
    const std::string sent = framing == chunked ? "2328\r\n" + body + "\r\n0\r\n\r\n" : body;
    fixture f(framing);
    f.other.send(sent + "GET /next");
    BOOST_TEST(f.drain(9000));
    BOOST_TEST(f.reader->size() == 9000U);
    if (f.next_request().empty()) {
      BOOST_TEST(f.run(read_more(&f.stream)) == "GET /next");
    } else {
      BOOST_TEST(f.next_request() == "GET /next");
    }
  }
  fixture f(chunked);
  f.other.send("2328\r\n" + std::string(9000, 'x') + "\r\n0\r\n\r\n");
  BOOST_TEST(!f.drain(8000));
}

BOOST_AUTO_TEST_CASE(draining_what_does_not_come_ends) {
  fixture late(length(10), "12345");
  BOOST_TEST(!late.drain(1000, milliseconds(1)));
  fixture gone(length(10), "12345");
  gone.other.finish();
  BOOST_TEST(!gone.drain(1000));
  fixture broken(chunked, "zz");
  BOOST_TEST(!broken.drain(1000));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
