// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/resolve.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

namespace tests {

namespace {
namespace io = gateway::net;
}

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(resolve)

BOOST_AUTO_TEST_CASE(an_address_is_itself) {
  BOOST_TEST(io::format_address(io::resolve({"127.0.0.1", 8080})) == "127.0.0.1:8080");
  BOOST_TEST(io::format_address(io::resolve({"::1", 80})) == "[::1]:80");
  BOOST_TEST(io::format_address(io::resolve({"0.0.0.0", 0})) == "0.0.0.0:0");
}

BOOST_AUTO_TEST_CASE(the_name_of_this_machine_is_found_without_a_network) {
  const io::socket_address found = io::resolve({"localhost", 65'535});
  BOOST_TEST(io::is_local(found));
  BOOST_TEST(io::port_of(found) == 65'535U);
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_named_in_the_sentence) {
  // RFC 6761: never a host; and a name that no resolver takes.
  BOOST_CHECK_EXCEPTION((void)io::resolve({"no blanks in names.invalid", 80}), std::runtime_error,
                        [](const std::runtime_error& e) {
                          return std::string(e.what()).starts_with(
                              "can't find the host no blanks in names.invalid: ");
                        });
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
