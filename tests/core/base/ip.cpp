// SPDX-License-Identifier: Apache-2.0
#include "core/base/ip.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using core::base::countable;
using core::base::parse_ip_address;
using core::base::parse_ip_network;
using core::base::print_ip_network;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(ip)

BOOST_AUTO_TEST_CASE(an_address_of_ipv4_is_the_same_on_either_kind_of_socket) {
  BOOST_TEST((parse_ip_address("192.0.2.1") == parse_ip_address("::ffff:192.0.2.1")));
  BOOST_TEST((parse_ip_address("192.0.2.1") == parse_ip_address("::FFFF:c000:201")));
  BOOST_TEST((parse_ip_address("192.0.2.1") != parse_ip_address("192.0.2.2")));
  BOOST_TEST(parse_ip_address("192.0.2.1")->is_v4());
  BOOST_TEST(!parse_ip_address("2001:db8::1")->is_v4());
}

BOOST_AUTO_TEST_CASE(a_zone_means_nothing) {
  BOOST_TEST((parse_ip_address("fe80::1%eth0") == parse_ip_address("fe80::1")));
  for (const char* text : {"fe80::1%", "fe80::1%a b", "fe80::1%\"", "fe80::1%0123456789abcdef"})
    BOOST_TEST(!parse_ip_address(text), text);
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_none) {
  for (const char* text : {"", " 192.0.2.1", "192.0.2", "192.0.2.256", "192.0.02.1", "192.0.2.1:80",
                           "[::1]", "::1::", "unknown", "localhost", "1.2.3.4, 5.6.7.8"})
    BOOST_TEST(!parse_ip_address(text), text);
}

BOOST_AUTO_TEST_CASE(a_network_contains_what_begins_like_it) {
  struct row {
    const char* network;
    const char* address;
    bool contained;
  };
  for (const row& r : {row{"10.0.0.0/8", "10.255.255.255", true},
                       {"10.0.0.0/8", "11.0.0.0", false},
                       {"10.0.0.0/8", "::ffff:10.1.2.3", true},
                       {"10.128.0.0/9", "10.127.255.255", false},
                       {"10.128.0.0/9", "10.128.0.0", true},
                       {"192.0.2.7", "192.0.2.7", true},
                       {"192.0.2.7", "192.0.2.6", false},
                       {"0.0.0.0/0", "203.0.113.9", true},
                       {"0.0.0.0/0", "2001:db8::1", false},
                       {"::/0", "2001:db8::1", true},
                       {"2001:db8::/33", "2001:db8:7fff::1", true},
                       {"2001:db8::/33", "2001:db8:8000::1", false},
                       {"::1", "::1", true}}) {
    const auto network = parse_ip_network(r.network);
    BOOST_REQUIRE_MESSAGE(network, r.network);
    BOOST_TEST(network->contains(*parse_ip_address(r.address)) == r.contained,
               r.network << " " << r.address);
    BOOST_TEST(print_ip_network(*network) == r.network);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_network_is_none) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1",
                           "10.0.0.0/8 ", "::/129", "fe80::%eth0/10", "10.0.0.0/8/8"})
    BOOST_TEST(!parse_ip_network(text), text);
  // Bits behind the prefix: one of the two is not what was meant.
  BOOST_TEST(!parse_ip_network("10.0.0.1/8"));
  BOOST_TEST(!parse_ip_network("2001:db8::1/32"));
}

BOOST_AUTO_TEST_CASE(ipv6_is_counted_by_64_bits) {
  BOOST_TEST((countable(*parse_ip_address("2001:db8:0:1:2:3:4:5")) ==
              countable(*parse_ip_address("2001:db8:0:1::"))));
  BOOST_TEST((countable(*parse_ip_address("2001:db8:0:1::")) !=
              countable(*parse_ip_address("2001:db8:0:2::"))));
  BOOST_TEST(
      (countable(*parse_ip_address("192.0.2.1")) != countable(*parse_ip_address("192.0.2.2"))));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
