// SPDX-License-Identifier: Apache-2.0
#include "core/http/host.hpp"

#include <boost/test/unit_test.hpp>

using core::http::authority_of;
using core::http::host_name;
using core::http::is_host;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(host)

BOOST_AUTO_TEST_CASE(names_and_addresses_pass) {
  for (const char* text : {"h", "example.com", "EXAMPLE.com:443", "example.com.", "a-b_c~d.x",
                           "127.0.0.1", "127.0.0.1:8080", "h:", "h:0", "h:65535", "[::1]",
                           "[::1]:8080", "[2001:db8::ff00:42:8329]", "[::ffff:1.2.3.4]:1"})
    BOOST_TEST(is_host(text), text);
}

BOOST_AUTO_TEST_CASE(what_is_no_host_is_refused) {
  for (const char* text : {"",         ":80",       ".",       ".a",
                           "a..b",     "a b",       "user@h",  "user:pw@h",
                           "h:80:80",  "h:8o",      "h:65536", "h:99999999999999",
                           "h:-1",     "a/b",       "a,b",     "a;b",
                           "a?b",      "a#b",       "a%41",    "a\\b",
                           "h\x80",    "[",         "]",       "[]",
                           "[::1",     "::1",       "[::1]x",  "[::1]:x",
                           "x[::1]",   "[1.2.3.4]", "[v1.x]",  "[fe80::1%25eth0]",
                           "[::1]]",   "[[::1]]",   "a=b",     "(a)",
                           "http://h", "a\tb"})
    BOOST_TEST(!is_host(text), "'" << text << "' passed");
  BOOST_TEST(is_host(std::string(255, 'a')));
  BOOST_TEST(!is_host(std::string(256, 'a')));
  BOOST_TEST(!is_host(std::string_view("h\0", 2)));
}

BOOST_AUTO_TEST_CASE(name_is_without_port_and_final_dot) {
  BOOST_TEST(host_name("example.com") == "example.com");
  BOOST_TEST(host_name("example.com:80") == "example.com");
  BOOST_TEST(host_name("example.com.:80") == "example.com");
  BOOST_TEST(host_name("[::1]:80") == "[::1]");
  BOOST_TEST(host_name("[::1]") == "[::1]");
  BOOST_TEST(host_name("[::1") == "[::1");
  BOOST_TEST(host_name("") == "");
}

BOOST_AUTO_TEST_CASE(authority_is_lower_case_without_the_port_of_its_scheme) {
  std::string scratch;
  BOOST_TEST(authority_of("example.com", "https", scratch) == "example.com");
  BOOST_TEST(authority_of("www.Example.com:443", "https", scratch) == "www.example.com");
  BOOST_TEST(authority_of("example.com:80", "https", scratch) == "example.com:80");
  BOOST_TEST(authority_of("example.com:80", "http", scratch) == "example.com");
  BOOST_TEST(authority_of("example.com:", "http", scratch) == "example.com");
  BOOST_TEST(authority_of("example.com:8080", "http", scratch) == "example.com:8080");
  BOOST_TEST(authority_of("[FE80::1]:80", "http", scratch) == "[fe80::1]");
  BOOST_TEST(authority_of("", "http", scratch) == "");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
