// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/unsent.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/sys/descriptor.hpp"

namespace tests {

namespace {

using parts = std::vector<std::string_view>;
using message = gateway::net::unsent;

/// Sockets that take at once whatever a test sends.
struct fixture {
  fixture() {
    std::array<int, 2> both{-1, -1};
    BOOST_REQUIRE_EQUAL(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both.data()), 0);
    here = gateway::sys::descriptor(both[0]);
    there = gateway::sys::descriptor(both[1]);
  }

  /// What is left, as it is sent. It stays left.
  std::string text(const message& left) const {
    if (left.empty()) return {};
    const ssize_t sent = left.send_to(here.get());
    BOOST_REQUIRE(sent > 0);
    std::string got(static_cast<std::size_t>(sent) + 1, '\0');
    BOOST_REQUIRE_EQUAL(::recv(there.get(), got.data(), got.size(), 0), sent);
    got.pop_back();
    return got;
  }

  gateway::sys::descriptor here;
  gateway::sys::descriptor there;
};

std::string letters(std::size_t count, std::mt19937& choose) {
  std::string all(count, '\0');
  for (char& each : all) each = static_cast<char>('a' + choose() % 26);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(unsent)

BOOST_AUTO_TEST_CASE(of_nothing_nothing_is_left) {
  BOOST_TEST(message().empty());
  for (const parts& each : {parts{}, parts{""}, parts{"", "", "", "", "", ""}}) {
    message left(each);
    BOOST_TEST(left.empty());
    left.took(0);
    BOOST_TEST(left.empty());
  }
}

BOOST_AUTO_TEST_CASE(parts_are_left_in_order_and_empty_ones_do_not_count) {
  const fixture f;
  BOOST_TEST(f.text(message(parts{"", "ab", "", "", "c", "def", "", "g", ""})) == "abcdefg");
}

BOOST_AUTO_TEST_CASE(what_was_taken_may_end_at_a_border_or_within_a_part) {
  const fixture f;
  const std::string all = "abcdefg";
  for (std::size_t first = 0; first <= all.size(); ++first)
    for (std::size_t second = 0; first + second <= all.size(); ++second) {
      message left(parts{"ab", "", "c", "def", "g"});
      left.took(first);
      BOOST_TEST(f.text(left) == all.substr(first));
      left.took(second);
      BOOST_TEST(f.text(left) == all.substr(first + second));
      BOOST_TEST(left.empty() == (first + second == all.size()));
    }
}

// What is small is copied together, and what is not is sent as it stands.
BOOST_AUTO_TEST_CASE(small_and_large_messages_are_sent_whole) {
  const fixture f;
  std::mt19937 choose(1);
  for (const std::size_t size : {4095U, 4096U, 4097U, 50'000U}) {
    const std::string all = letters(size, choose);
    const std::string_view view = all;
    BOOST_TEST((f.text(message(parts{view})) == all), size);
    BOOST_TEST((f.text(message(parts{view.substr(0, 1), view.substr(1)})) == all), size);
    BOOST_TEST((f.text(message(parts{view.substr(0, size - 2), view.substr(size - 2, 1),
                                     view.substr(size - 1)})) == all),
               size);
  }
}

BOOST_AUTO_TEST_CASE(it_agrees_with_a_string_whatever_is_taken) {
  const fixture f;
  std::mt19937 choose(1);
  const std::string source = letters(10'000, choose);
  for (int round = 0; round < 2000; ++round) {
    const std::size_t longest = round % 2 == 0 ? 20 : 3000;
    parts given;
    std::string model;
    std::size_t full = 0;
    while (given.size() < 8 && full < message::most_parts) {
      const std::size_t size = choose() % 3 == 0 ? 0 : 1 + choose() % longest;
      given.push_back(std::string_view(source).substr(choose() % (source.size() - longest), size));
      model += given.back();
      if (size != 0) ++full;
    }
    message left(given);
    while (!model.empty()) {
      const std::size_t taken = choose() % (model.size() + 1);
      left.took(taken);
      model.erase(0, taken);
      BOOST_REQUIRE_EQUAL(left.empty(), model.empty());
      BOOST_REQUIRE((f.text(left) == model));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_a_socket_does_not_take_is_left) {
  const fixture f;
  const std::string much(64U << 20U, 'x');
  for (const parts& each : {parts{much}, parts{"head", much}}) {
    message left(each);
    ssize_t taken = 0;
    while ((taken = left.send_to(f.here.get())) > 0) left.took(static_cast<std::size_t>(taken));
    BOOST_TEST(errno == EAGAIN);
    BOOST_TEST(!left.empty());
  }
}

BOOST_AUTO_TEST_CASE(who_has_hung_up_is_an_error_and_no_signal) {
  fixture f;
  f.there.close();
  const std::string large(9000, 'x');
  for (const parts& each : {parts{"one"}, parts{"one", "two"}, parts{"head", large}}) {
    BOOST_TEST(message(each).send_to(f.here.get()) == -1);
    BOOST_TEST(errno == EPIPE);
  }
}

BOOST_AUTO_TEST_CASE(the_next_bytes_come_in_one_piece) {
  std::array<char, 8> room;
  const std::string large = "a large part";
  message left(parts{"abc", large, "de", "f"});
  BOOST_TEST(left.next(room) == "abca lar");
  BOOST_TEST(left.next(room) == "abca lar");  // as long as nothing was taken
  left.took(3);
  // What is large enough by itself is not copied.
  BOOST_TEST(static_cast<const void*>(left.next(room).data()) == large.data());
  BOOST_TEST(left.next(room) == "a large ");
  left.took(8);
  BOOST_TEST(left.next(room) == "partdef");
  left.took(6);
  const std::string_view last = left.next(room);
  BOOST_TEST(last == "f");
  BOOST_TEST(static_cast<const void*>(last.data()) != room.data());
  left.took(1);
  BOOST_TEST(left.empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
