// SPDX-License-Identifier: Apache-2.0
#include "core/config/suggest.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using core::config::nearest;

std::string meant(std::string_view written, const std::vector<std::string_view>& words) {
  return std::string(nearest(written, words).value_or("nothing"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(suggest)

BOOST_AUTO_TEST_CASE(slips_of_the_finger_are_recognised) {
  BOOST_TEST(meant("lisen", {"limits", "listen"}) == "listen");
  BOOST_TEST(meant("tokne", {"token", "secret"}) == "token");
  BOOST_TEST(meant("Clients", {"clients"}) == "clients");
  BOOST_TEST(meant("ruotes", {"routes"}) == "routes");
  BOOST_TEST(meant("header_byte", {"header_bytes", "header_timeout"}) == "header_bytes");
}

BOOST_AUTO_TEST_CASE(other_words_are_left_alone) {
  BOOST_TEST(meant("tls", {"listen", "url"}) == "nothing");
  BOOST_TEST(meant("mode", {"name", "host"}) == "nothing");
  BOOST_TEST(meant("a", {"b"}) == "nothing");
  BOOST_TEST(meant("", {"listen"}) == "nothing");
  BOOST_TEST(meant(std::string(100'000, 'x'), {"listen"}) == "nothing");
}

BOOST_AUTO_TEST_CASE(the_nearest_wins) {
  BOOST_TEST(meant("client", {"clients", "clint", "client"}) == "client");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
