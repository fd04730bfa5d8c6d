// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/relay.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/sys/clock.hpp"
#include "tests/gateway/session/house.hpp"

namespace tests {

namespace {

using core::base::errc;
using std::chrono::milliseconds;

struct asked {
  std::string_view method = "GET";
  bool http_1_0 = false;
  milliseconds timeout{60'000};
  bool gathers = false;
  ::gateway::sys::two_clocks started{};
};

io::task<ses::relay::outcome> to_its_end(ses::relay* one) {
  auto heard = co_await one->hear();
  if (heard) heard = co_await one->pass_on();
  co_return heard;
}

/// An answer on its way from one descriptor of the test's to another.
struct fixture : house {
  explicit fixture(const asked& request = {}, const std::string& more = {}) : house(more) {
    one.emplace(*worker, client, space, upstream,
                ses::relay::request_facts{rules->policies[1], rules->model.limits, request.method,
                                          request.http_1_0, request.timeout, request.gathers, 0,
                                          request.started},
                core::admission::envelope_facts{"id", "Tue, 14 Nov 2023 22:13:20 GMT", 0, false,
                                                request.method == "HEAD"});
  }
  /// What the client has got when the upstream has said this, and finished if `then_end`.
  std::string relayed(std::string_view said, bool then_end = false) {
    service_end.send(said);
    if (then_end) service_end.finish();
    result = run(to_its_end(&*one));
    return client_end.receive_now();
  }
  /// Once the client has got the first of the body.
  void when_under_way(std::function<void()> what) {
    io::post(context, [this, what = std::move(what)] {
      if (one->bytes_out() != 0)
        what();
      else
        when_under_way(what);
    });
  }
  [[nodiscard]] bool passed() const { return result && result->has_value(); }
  [[nodiscard]] std::optional<errc> why() const {
    if (!result || result->has_value()) return std::nullopt;
    return result->error();
  }

  std::pair<gateway::sys::descriptor, peer> client_side = connection();
  std::pair<gateway::sys::descriptor, peer> service_side = connection();
  ses::client_connection client{
      {std::move(client_side.first), worker->sockets, worker->deadlines}, {}, {}};
  io::transport upstream{std::move(service_side.first), worker->sockets, worker->deadlines};
  peer client_end = std::move(client_side.second);
  peer service_end = std::move(service_side.second);
  ses::scratch space;
  std::optional<ses::relay> one;
  std::optional<ses::relay::outcome> result;
};

std::string_view body_of(std::string_view answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string ok_chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(session)
BOOST_AUTO_TEST_SUITE(relay)

BOOST_AUTO_TEST_CASE(an_answer_with_a_length_passes_and_its_connection_is_kept) {
  fixture f;
  const std::string got = f.relayed(ok + "X-A: b\r\nContent-Length: 5\r\n\r\nhello");
  BOOST_TEST(f.passed());
  BOOST_TEST(got.starts_with(ok), got);
  BOOST_TEST(has(got, "X-A: b\r\n"), got);
  BOOST_TEST(has(got, "Content-Length: 5\r\n"), got);
  BOOST_TEST(has(got, "X-Request-Id: id\r\n"), got);
  BOOST_TEST(body_of(got) == "hello");
  BOOST_TEST(f.one->upstream_reusable());
  BOOST_TEST(f.one->answering());
  BOOST_TEST(!f.one->client_must_close());
  BOOST_TEST(f.one->bytes_out() == 5U);
}

BOOST_AUTO_TEST_CASE(an_answer_is_dated_when_it_comes_and_not_when_it_was_asked_for) {
  constexpr std::int64_t hour_us = 3'600'000'000;
  const auto then = core::base::from_unix_seconds(1'700'000'000);  // 22:13:20
  fixture f({.started = {then, ::gateway::sys::steady_us() - hour_us}});
  const std::string got = f.relayed(ok + "Content-Length: 0\r\n\r\n");
  BOOST_TEST(has(got, "Date: Tue, 14 Nov 2023 23:1"), got);
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_a_byte_at_a_time) {
  for (const std::string& said :
       {ok + "Content-Length: 5\r\n\r\nhello", ok_chunked + "5\r\nhello\r\n0\r\n\r\n"}) {
    fixture f;
    std::size_t at = 0;
    std::function<void()> next = [&] {
      if (at == said.size()) return;
      f.service_end.send(std::string_view(said).substr(at++, 1));
      io::post(f.context, next);
    };
    io::post(f.context, next);
    f.result = f.run(to_its_end(&*f.one));
    BOOST_TEST(f.passed());
    const std::string got = f.client_end.receive_now();
    BOOST_TEST(f.one->bytes_out() == 5U);
    BOOST_TEST(f.one->upstream_reusable());
    if (has(said, "chunked"))
      BOOST_TEST(body_of(got) == "1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n");
    else
      BOOST_TEST(body_of(got) == "hello");
  }
}

BOOST_AUTO_TEST_CASE(chunks_become_chunks_of_our_own) {
  fixture f;
  const std::string got =
      f.relayed(ok_chunked + "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: z\r\n\r\n");
  BOOST_TEST(f.passed());
  BOOST_TEST(has(got, "Transfer-Encoding: chunked\r\n"), got);
  BOOST_TEST(!has(got, "T: z"), got);
  BOOST_TEST(body_of(got) == "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  BOOST_TEST(f.one->upstream_reusable());
}

BOOST_AUTO_TEST_CASE(a_chunked_answer_without_a_byte_ends) {
  fixture f;
  BOOST_TEST(body_of(f.relayed(ok_chunked + "0\r\n\r\n")) == "0\r\n\r\n");
  BOOST_TEST(f.passed());
}

BOOST_AUTO_TEST_CASE(an_answer_up_to_the_close_becomes_chunks_and_its_connection_goes) {
  fixture f;
  const std::string got = f.relayed(ok + "\r\nhello", true);
  BOOST_TEST(f.passed());
  BOOST_TEST(body_of(got) == "5\r\nhello\r\n0\r\n\r\n");
  BOOST_TEST(!f.one->upstream_reusable());
  BOOST_TEST(!f.one->client_must_close());
}

BOOST_AUTO_TEST_CASE(a_client_of_1_0_gets_no_chunks_and_is_closed) {
  for (const std::string& said : {ok_chunked + "5\r\nhello\r\n0\r\n\r\n", ok + "\r\nhello"}) {
    fixture f({"GET", true});
    const std::string got = f.relayed(said, true);
    BOOST_TEST(f.passed());
    BOOST_TEST(!has(got, "chunked"), got);
    BOOST_TEST(has(got, "Connection: close\r\n"), got);
    BOOST_TEST(body_of(got) == "hello");
    BOOST_TEST(f.one->client_must_close());
  }
}

BOOST_AUTO_TEST_CASE(what_has_no_body_has_none_whatever_its_fields_say) {
  for (const auto& [method, said] :
       {std::pair<std::string_view, std::string>{"HEAD", ok + "Content-Length: 5\r\n\r\n"},
        {"GET", "HTTP/1.1 204 No Content\r\n\r\n"},
        {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}}) {
    fixture f({method});
    const std::string got = f.relayed(said);
    BOOST_TEST(f.passed(), said);
    BOOST_TEST(got.ends_with("\r\n\r\n"), got);
    BOOST_TEST(f.one->upstream_reusable());
  }
}

BOOST_AUTO_TEST_CASE(interim_answers_stay_on_their_hop) {
  fixture f;
  const std::string got =
      f.relayed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok +
                "Content-Length: 2\r\n\r\nhi");
  BOOST_TEST(f.passed());
  BOOST_TEST(got.starts_with(ok), got);
  BOOST_TEST(!has(got, "Link"), got);
  std::string many;
  for (int i = 0; i < 8; ++i) many += "HTTP/1.1 100 Continue\r\n\r\n";
  fixture endless;
  BOOST_TEST(endless.relayed(many).empty());
  BOOST_TEST((endless.why() == errc::upstream_invalid));
  fixture switching;
  BOOST_TEST(switching.relayed("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n").empty());
  BOOST_TEST((switching.why() == errc::upstream_invalid));
}

BOOST_AUTO_TEST_CASE(bytes_behind_an_answer_end_its_connection_and_reach_nobody) {
  for (const std::string& said :
       {ok + "Content-Length: 2\r\n\r\nhi", ok_chunked + "2\r\nhi\r\n0\r\n\r\n",
        std::string("HTTP/1.1 204 No Content\r\n\r\n")}) {
    fixture f;
    const std::string got = f.relayed(said + ok + "Content-Length: 6\r\n\r\nsecond");
    BOOST_TEST(f.passed());
    BOOST_TEST(!has(got, "second"), got);
    BOOST_TEST(!f.one->upstream_reusable());
  }
}

BOOST_AUTO_TEST_CASE(an_upstream_that_says_close_is_not_used_again) {
  fixture f;
  const std::string got = f.relayed(ok + "Connection: close\r\nContent-Length: 2\r\n\r\nhi");
  BOOST_TEST(f.passed());
  BOOST_TEST(!f.one->upstream_reusable());
  BOOST_TEST(!has(got, "Connection: close"), got);
}

BOOST_AUTO_TEST_CASE(before_a_byte_went_out_a_bad_answer_is_the_upstreams_fault) {
  for (const std::string& said :
       {std::string(), std::string("HTTP/1.1 200"), std::string("nonsense\r\n\r\n"),
        ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", ok + "X: " + std::string(40'000, 'x')}) {
    fixture f;
    BOOST_TEST(f.relayed(said, true).empty());
    BOOST_TEST((f.why() == errc::upstream_invalid));
    BOOST_TEST(!f.one->answering());
    BOOST_TEST(!f.one->upstream_reusable());
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_is_never_made_to_look_whole) {
  for (const std::string& said :
       {ok + "Content-Length: 6\r\n\r\nhello", ok_chunked + "6\r\nhello",
        ok_chunked + "5\r\nhello\r\n", ok_chunked + "5\r\nhelloX\r\n0\r\n\r\n"}) {
    fixture f;
    const std::string got = f.relayed(said, true);
    BOOST_TEST((f.why() == errc::upstream_invalid), said);
    BOOST_TEST(!got.ends_with("0\r\n\r\n"), got);
    BOOST_TEST(!f.one->upstream_reusable());
  }
  // A connection that is reset has not ended.
  fixture f;
  io::post(f.context, [&] { f.service_end.send(ok + "\r\nhello"); });
  f.when_under_way([&] { f.service_end.reset(); });
  f.result = f.run(to_its_end(&*f.one));
  BOOST_TEST((f.why() == errc::upstream_invalid));
  BOOST_TEST(!f.client_end.receive_now().ends_with("0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(an_upstream_that_says_nothing_times_out) {
  fixture silent({"GET", false, milliseconds(1)});
  silent.result = silent.run(to_its_end(&*silent.one));
  BOOST_TEST((silent.why() == errc::upstream_timeout));
  BOOST_TEST(!silent.one->answering());
  fixture half({"GET", false, milliseconds(1)});
  const std::string got = half.relayed(ok + "Content-Length: 5\r\n\r\nhe");
  BOOST_TEST((half.why() == errc::upstream_timeout));
  BOOST_TEST(half.one->answering());
  BOOST_TEST(body_of(got) == "he");
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_given_up) {
  fixture f({}, "limits: {idle_timeout: 10ms}\n");
  const std::string head = ok + "Content-Length: 100000000\r\n\r\n";
  f.service_end.send(head);
  bool over = false;
  const std::string piece(50'000, 'x');
  std::function<void()> more = [&] {
    if (over) return;
    f.service_end.send_now(piece);
    io::post(f.context, more);
  };
  io::post(f.context, more);
  f.result = f.run(to_its_end(&*f.one));
  over = true;
  f.settle();
  BOOST_TEST((f.why() == errc::client_closed));
}

BOOST_AUTO_TEST_CASE(a_client_that_has_gone_is_noticed) {
  fixture f;
  f.client_end.reset();
  f.settle();
  (void)f.client.stream.quiet();
  f.service_end.send(ok + "Content-Length: 2\r\n\r\nhi");
  f.result = f.run(to_its_end(&*f.one));
  BOOST_TEST((f.why() == errc::client_closed));
}

BOOST_AUTO_TEST_CASE(an_answer_to_be_sealed_is_bounded) {
  const std::string more = "limits: {reply_bytes: 1KiB}\n";
  fixture declared({"GET", false, milliseconds(60'000), true}, more);
  BOOST_TEST(declared.relayed(ok + "Content-Length: 1025\r\n\r\n").empty());
  BOOST_TEST((declared.why() == errc::reply_too_large));
  fixture counted({"GET", false, milliseconds(60'000), true}, more);
  BOOST_TEST(counted.relayed(ok_chunked + "401\r\n" + std::string(0x401, 'x') + "\r\n").empty());
  BOOST_TEST((counted.why() == errc::reply_too_large));
  for (const fixture* f : {&declared, &counted}) {
    BOOST_TEST(!f->one->answering());
    BOOST_TEST(!f->one->upstream_reusable());
  }
}

BOOST_AUTO_TEST_CASE(told_to_stop_meanwhile_it_says_that_it_closes) {
  fixture f;
  f.client.leaving = true;
  const std::string got = f.relayed(ok + "Content-Length: 2\r\n\r\nhi");
  BOOST_TEST(has(got, "Connection: close\r\n"), got);
  BOOST_TEST(f.one->client_must_close());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
