// SPDX-License-Identifier: Apache-2.0
// What others' gateways took for "no check here" in a configuration is a mistake in ours.

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/core/config/sample.hpp"

using tests::config::lines;
using tests::config::read;
using tests::config::with_client;

namespace {

bool starts(const std::string& text) { return read(text).value.has_value(); }

std::string with_routes(const std::string& routes) {
  return "listen: 127.0.0.1:8080\n"
         "clients: {billing: {token: my_key, secret: 0123456789abcdef}}\n"
         "upstreams: {orders: http://127.0.0.1:9001}\nroutes: [" +
         routes + "]\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(threats)

// V22: CVE-2026-33143 and others: an endpoint that nobody verifies is one that says so.
BOOST_AUTO_TEST_CASE(v22_a_route_that_does_not_say_its_scheme_starts_nothing) {
  BOOST_TEST(starts(with_routes("{path: /a/, scheme: laravel, upstream: orders}")));
  BOOST_TEST(starts(with_routes("{path: /a/, scheme: none, upstream: orders}")));
  for (const std::string scheme :
       {"", "scheme: ,", "scheme: null,", "scheme: ~,", "scheme: '',", "scheme: false,",
        "scheme: off,", "scheme: None,", "scheme: '*',", "scheme: [],"})
    BOOST_TEST(!starts(with_routes("{path: /a/, " + scheme + " upstream: orders}")), scheme);
}

// V24: CVE-2020-13945 and others: no value of a secret switches the checks off.
BOOST_AUTO_TEST_CASE(v24_a_secret_that_is_none_starts_nothing) {
  BOOST_TEST(starts(with_client("token: my_key, secret: 0123456789abcdef")));
  for (const std::string secret : {"",
                                   "''",
                                   "null",
                                   "~",
                                   "'*'",
                                   "'***'",
                                   "none",
                                   "off",
                                   "false",
                                   "disabled",
                                   "any",
                                   "[]",
                                   "{}",
                                   "changeme",
                                   "CHANGE_ME",
                                   "secret",

                                   "aaaaaaaaaaaaaaaa",
                                   "'****************'",
                                   "0000000000000000",
                                   "hex:00000000000000000000000000000000",
                                   "base64:AAAAAAAAAAAAAAAAAAAAAA==",
                                   "'<secret>'",
                                   "'${SECRET}'",
                                   "env:nothing",
                                   "file:nothing"})
    BOOST_TEST(!starts(with_client("token: my_key, secret: " + secret)), secret);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
