// SPDX-License-Identifier: Apache-2.0
#include "core/http/url.hpp"

#include <boost/test/unit_test.hpp>

using core::http::parse_url;

namespace {

core::http::url good(std::string_view text) {
  auto parsed = parse_url(text);
  if (const auto* why = std::get_if<std::string>(&parsed)) BOOST_FAIL(text << " " << *why);
  return std::get<core::http::url>(std::move(parsed));
}

}  // namespace

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(url)

BOOST_AUTO_TEST_CASE(parts_come_apart) {
  const auto u = good("http://127.0.0.1:8080/api/orders?a=1&b=%20");
  BOOST_TEST(!u.tls);
  BOOST_TEST(u.host == "127.0.0.1");
  BOOST_TEST(u.port == 8080);
  BOOST_TEST(u.authority == "127.0.0.1:8080");
  BOOST_TEST(u.target == "/api/orders?a=1&b=%20");
}

BOOST_AUTO_TEST_CASE(the_target_stays_as_it_was_written) {
  BOOST_TEST(good("http://h/%7e/a%2Fb/../c//d?x=%41?").target == "/%7e/a%2Fb/../c//d?x=%41?");
  BOOST_TEST(good("http://h/a?b[]={c}|d").target == "/a?b[]={c}|d");
  BOOST_TEST(good("http://h/a?u=http://x/y").target == "/a?u=http://x/y");
  BOOST_TEST(good("http://h").target == "/");
  BOOST_TEST(good("http://h?q").target == "/?q");
  BOOST_TEST(good("http://h/?").target == "/?");
}

BOOST_AUTO_TEST_CASE(a_fragment_is_not_sent) {
  BOOST_TEST(good("http://h/a?b#c").target == "/a?b");
}

BOOST_AUTO_TEST_CASE(the_schemes_own_port_is_not_in_the_host_field) {
  BOOST_TEST(good("http://h:80/").authority == "h");
  BOOST_TEST(good("https://h:443/").authority == "h");
  BOOST_TEST(good("https://h:80/").authority == "h:80");
  BOOST_TEST(good("https://h/").port == 443);
  BOOST_TEST(good("http://h:/").authority == "h");
}

BOOST_AUTO_TEST_CASE(hosts_are_written_in_lower_case) {
  const auto u = good("HTTP://API.Example.com:8080/X");
  BOOST_TEST(u.host == "api.example.com");
  BOOST_TEST(u.authority == "api.example.com:8080");
  BOOST_TEST(u.target == "/X");
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_has_brackets_in_the_host_field_alone) {
  const auto u = good("http://[::1]:8080/");
  BOOST_TEST(u.host == "::1");
  BOOST_TEST(u.authority == "[::1]:8080");
}

BOOST_AUTO_TEST_CASE(what_is_no_such_url_is_refused) {
  for (const char* text : {"",
                           "/api",
                           "127.0.0.1:8080/api",
                           "localhost",
                           "http:",
                           "http:/a",
                           "http:///a",
                           "ftp://h/",
                           "ws://h/",
                           "mailto:a@b",
                           "http://u@h/",
                           "http://u:p@h/",
                           "http://h:0/",
                           "http://h:65536/",
                           "http://h:99999999999999999999/",
                           "http://h:8080x/",
                           "http://h:-1/",
                           "http://h:x/",
                           "http://h/a b",
                           "http://h/\xc3\xa9",
                           "http://h/?a\tb",
                           "http://h\n/",
                           "http://[::1",
                           "http://a..b/",
                           "http://a,b/",
                           "http://%61/"})
    BOOST_TEST(std::holds_alternative<std::string>(parse_url(text)), "'" << text << "' passed");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
