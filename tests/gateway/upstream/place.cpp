// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/place.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace {

namespace up = ::gateway::upstream;
using core::base::errc;
using outcome = core::base::result<void>;
using std::chrono::milliseconds;

constexpr milliseconds soon{10};
constexpr milliseconds late{3'600'000};

/// One request that waits, with a client of its own.
struct request {
  request(event_loop& loop, up::slots& of) : request(loop, of, loop.connection()) {}

  void wait_in(event_loop& loop, milliseconds patience) {
    loop.start(place->wait({loop.context, loop.wheel, stream, patience}),
               [this](std::exception_ptr, outcome o) { ended = o; });
    loop.settle();
  }
  [[nodiscard]] bool waits() const { return !ended; }
  [[nodiscard]] std::optional<errc> why() const {
    return ended && !*ended ? std::optional(ended->error()) : std::nullopt;
  }

  io::transport stream;
  peer client;
  std::optional<up::place> place;
  std::optional<outcome> ended;

 private:
  request(event_loop& loop, up::slots& of, std::pair<::gateway::sys::descriptor, peer> both)
      : stream(std::move(both.first), loop.sockets, loop.wheel), client(std::move(both.second)) {
    place.emplace(of);
  }
};

struct fixture : event_loop {
  explicit fixture(std::uint32_t places = 1, std::uint32_t room = 8) : slots(places, room) {}
  // Whatever a test did: no place is lost, and nobody is left in the line.
  ~fixture() {
    requests.clear();
    BOOST_TEST(slots.look().taken == 0U);
    BOOST_TEST(slots.look().waiting == 0U);
    end();
  }

  request& next() {
    requests.push_back(std::make_unique<request>(*this, slots));
    return *requests.back();
  }

  up::slots slots;
  std::vector<std::unique_ptr<request>> requests;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(place)

BOOST_AUTO_TEST_CASE(a_free_place_needs_no_waiting_and_is_given_back_with_its_owner) {
  fixture f(2);
  request& one = f.next();
  BOOST_TEST(one.place->take_now());
  request& other = f.next();
  other.wait_in(f, late);
  BOOST_TEST((other.ended && *other.ended));
  BOOST_TEST(f.slots.look().taken == 2U);
  BOOST_TEST(!f.next().place->take_now());
  one.place.reset();
  BOOST_TEST(f.slots.look().taken == 1U);
  other.place.reset();
  BOOST_TEST(f.slots.look().taken == 0U);
}

BOOST_AUTO_TEST_CASE(whoever_finds_the_line_full_is_told_at_once) {
  fixture f(1, 0);
  BOOST_TEST(f.next().place->take_now());
  request& refused = f.next();
  refused.wait_in(f, late);
  BOOST_TEST((refused.why() == errc::upstream_busy));
}

BOOST_AUTO_TEST_CASE(those_who_wait_have_their_turns_in_order) {
  fixture f;
  request& has = f.next();
  BOOST_TEST(has.place->take_now());
  std::vector<request*> line;
  for (int i = 0; i < 3; ++i) {
    line.push_back(&f.next());
    line.back()->wait_in(f, late);
  }
  has.place.reset();
  for (std::size_t turn = 0; turn < line.size(); ++turn) {
    f.settle();
    for (std::size_t i = 0; i < line.size(); ++i) BOOST_TEST(line[i]->waits() == (i > turn));
    BOOST_TEST((line[turn]->ended && *line[turn]->ended));
    line[turn]->place.reset();
  }
}

BOOST_AUTO_TEST_CASE(patience_has_an_end_and_the_line_goes_on) {
  fixture f;
  request& has = f.next();
  BOOST_TEST(has.place->take_now());
  request& impatient = f.next();
  request& patient = f.next();
  impatient.wait_in(f, soon);
  patient.wait_in(f, late);
  f.until([&] { return !impatient.waits(); });
  BOOST_TEST((impatient.why() == errc::upstream_queue_timeout));
  BOOST_TEST(f.slots.look().waiting == 1U);
  BOOST_TEST(patient.waits());
  has.place.reset();
  f.settle();
  BOOST_TEST((patient.ended && *patient.ended));
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_gives_its_turn_up) {
  for (const int how : {0, 1, 2}) {
    fixture f;
    request& has = f.next();
    BOOST_TEST(has.place->take_now());
    request& leaver = f.next();
    request& patient = f.next();
    leaver.wait_in(f, late);
    patient.wait_in(f, late);
    if (how == 0) leaver.client.close();
    if (how == 1) leaver.client.reset();
    if (how == 2) leaver.stream.close();  // the worker ends
    f.until([&] { return !leaver.waits(); });
    BOOST_TEST((leaver.why() == errc::client_closed));
    BOOST_TEST(f.slots.look().waiting == 1U);
    has.place.reset();
    f.settle();
    BOOST_TEST((patient.ended && *patient.ended));
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_speaks_while_it_waits_stays_in_the_line) {
  fixture f;
  request& has = f.next();
  BOOST_TEST(has.place->take_now());
  request& eager = f.next();
  request& impatient = f.next();
  eager.wait_in(f, late);
  eager.client.send("GET /open/next HTTP/1.1\r\n");
  impatient.wait_in(f, soon);
  // By then its client has been looked at.
  f.until([&] { return !impatient.waits(); });
  BOOST_TEST(eager.waits());
  has.place.reset();
  f.settle();
  BOOST_TEST((eager.ended && *eager.ended));
}

BOOST_AUTO_TEST_CASE(a_place_for_a_client_that_has_just_left_goes_to_the_next) {
  fixture f;
  request& has = f.next();
  BOOST_TEST(has.place->take_now());
  request& leaver = f.next();
  request& patient = f.next();
  leaver.wait_in(f, late);
  patient.wait_in(f, late);
  leaver.client.close();
  has.place.reset();
  f.settle();
  BOOST_TEST((leaver.why() == errc::client_closed));
  leaver.place.reset();
  f.settle();
  BOOST_TEST((patient.ended && *patient.ended));
}

// The word that a place is free is under way to the loop while the loop ends the wait.
BOOST_AUTO_TEST_CASE(a_place_granted_at_the_last_moment_is_used_or_given_back) {
  for (const bool leaves : {false, true}) {
    fixture f;
    request& has = f.next();
    BOOST_TEST(has.place->take_now());
    request& late_one = f.next();
    late_one.wait_in(f, milliseconds(0));
    BOOST_TEST(!late_one.waits());
    BOOST_TEST((late_one.why() == errc::upstream_queue_timeout));

    request& lucky = f.next();
    lucky.wait_in(f, late);
    if (leaves) lucky.client.close();
    // The wait has ended, and the loop has not turned.
    f.wheel.expire_all();
    has.place.reset();
    BOOST_TEST(f.slots.look().waiting == 0U);
    f.settle();
    BOOST_TEST(!lucky.waits());
    BOOST_TEST((lucky.why() == (leaves ? std::optional(errc::client_closed) : std::nullopt)));
    BOOST_TEST(f.slots.look().taken == 1U);
    lucky.place.reset();
    BOOST_TEST(f.slots.look().taken == 0U);
    f.settle();
  }
}

BOOST_AUTO_TEST_CASE(a_place_that_another_thread_gives_back_wakes_this_loop) {
  fixture f;
  request& has = f.next();
  BOOST_TEST(has.place->take_now());
  request& waits = f.next();
  waits.wait_in(f, late);
  std::jthread other([&] { has.place.reset(); });
  f.until([&] { return !waits.waits(); });
  other.join();
  BOOST_TEST((waits.ended && *waits.ended));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
