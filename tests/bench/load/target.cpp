// SPDX-License-Identifier: Apache-2.0
#include "bench/load/target.hpp"

#include <netinet/in.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <variant>

namespace {

std::string refusal(const char* url) {
  const auto parsed = bench::load::parse_target(url);
  const auto* why = std::get_if<std::string>(&parsed);
  return why == nullptr ? std::string() : *why;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench)
BOOST_AUTO_TEST_SUITE(load)
BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(a_loopback_address_is_taken_apart) {
  const auto parsed = bench::load::parse_target("http://127.0.0.1:8080/api/x?y=1");
  BOOST_REQUIRE(std::holds_alternative<bench::load::target>(parsed));
  const auto& t = std::get<bench::load::target>(parsed);
  BOOST_TEST(t.authority == "127.0.0.1:8080");
  BOOST_TEST(t.path == "/api/x?y=1");
  BOOST_TEST(t.address.ss_family == AF_INET);
  BOOST_TEST(ntohs(reinterpret_cast<const sockaddr_in&>(t.address).sin_port) == 8080);
}

BOOST_AUTO_TEST_CASE(all_of_loopback_is_taken_and_a_path_may_be_left_out) {
  for (const char* url : {"http://127.9.8.7:1", "http://[::1]:80/", "http://127.0.0.1"}) {
    const auto parsed = bench::load::parse_target(url);
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<bench::load::target>(parsed), url);
    BOOST_TEST(std::get<bench::load::target>(parsed).path == "/");
  }
}

BOOST_AUTO_TEST_CASE(tls_is_spoken_where_the_scheme_says_so) {
  const auto parsed = bench::load::parse_target("https://127.0.0.1:8443/x");
  BOOST_REQUIRE(std::holds_alternative<bench::load::target>(parsed));
  BOOST_TEST(std::get<bench::load::target>(parsed).tls);
  BOOST_TEST(std::get<bench::load::target>(parsed).authority == "127.0.0.1:8443");
  BOOST_TEST(!std::get<bench::load::target>(bench::load::parse_target("http://127.0.0.1")).tls);
}

BOOST_AUTO_TEST_CASE(no_other_machine_is_ever_loaded) {
  for (const char* url :
       {"http://10.0.0.1:80/", "http://0.0.0.0:80/", "http://[::]:80/", "http://[2001:db8::1]:80/",
        "http://192.168.1.1:8080/x", "http://[::ffff:10.0.0.1]:80/"})
    BOOST_TEST(refusal(url).find("is not a loopback address") != std::string::npos, url);
}

BOOST_AUTO_TEST_CASE(a_name_is_refused_whatever_it_stands_for) {
  BOOST_TEST(refusal("http://localhost:80/").find("is a name") != std::string::npos);
  BOOST_TEST(refusal("http://example.com:80/").find("is a name") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_target_is_refused) {
  for (const char* url :
       {"", "127.0.0.1:80", "httpss://127.0.0.1:80/", "http://127.0.0.1:0/", "http://127.0.0.1:x/",
        "http://127.0.0.1:80/a b", "http://127.0.0.1:80/a#b", "http://127.0.0.1:80/\r\nX: y"})
    BOOST_TEST(!refusal(url).empty(), url);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
