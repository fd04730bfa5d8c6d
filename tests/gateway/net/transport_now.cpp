// SPDX-License-Identifier: Apache-2.0
// Attempts that never wait, for who drives two connections at once or has a last word.

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/gateway/net/operations.hpp"

namespace tests {

namespace {

using io::io_error;
using io::io_result;

struct fixture : event_loop {
  std::pair<gateway::sys::descriptor, peer> ends = connection();
  io::transport stream{std::move(ends.first), sockets, wheel};
  peer other{std::move(ends.second)};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(transport_now)

BOOST_AUTO_TEST_CASE(a_last_word_never_waits) {
  fixture f;
  BOOST_TEST(f.stream.write_now("sorry").bytes == 5U);
  BOOST_TEST(f.other.receive_now() == "sorry");
  const std::string much(more_than_fits, 'x');
  const io_result some = f.stream.write_now(much);
  BOOST_TEST((some.error == io_error::none));
  BOOST_TEST(some.bytes > 0U);
  BOOST_TEST(some.bytes < much.size());
  BOOST_TEST(f.stream.write_now(much).bytes == 0U);
  BOOST_TEST(f.stream.is_open());
}

BOOST_AUTO_TEST_CASE(an_attempt_to_read_never_waits) {
  fixture f;
  std::array<char, 10> into;
  BOOST_TEST(!f.stream.read_now(into));
  f.other.send("x");
  f.run(hear_of_another(&f));
  const auto got = f.stream.read_now(into);
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST((got->error == io_error::none));
  BOOST_TEST(got->bytes == 1U);
  BOOST_TEST(!f.stream.read_now(into));
  f.other.finish();
  f.run(hear_of_another(&f));
  const auto end = f.stream.read_now(into);
  BOOST_REQUIRE(end.has_value());
  BOOST_TEST((end->error == io_error::eof));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
