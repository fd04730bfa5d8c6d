// SPDX-License-Identifier: Apache-2.0
#include "core/http/forwarded.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string>
#include <vector>

using namespace core::http;
using core::base::parse_ip_network;

namespace {

fields with(std::initializer_list<std::pair<const char*, const char*>> all) {
  fields made;
  for (const auto& [name, value] : all) made.add(name, value);
  return made;
}

const trusted_peers trusted{{*parse_ip_network("10.0.0.0/8"), *parse_ip_network("::1")}};
const trusted_peers trusted_and_local{trusted.networks, true};

std::string_view behind(std::initializer_list<std::pair<const char*, const char*>> all) {
  static fields kept;
  kept = with(all);
  return client_behind(kept, "10.0.0.1", trusted);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(forwarded)

BOOST_AUTO_TEST_CASE(what_is_no_address_is_among_none) {
  for (const char* peer : {"", "unknown", "10.0.0", "10.0.0.1:80"})
    BOOST_TEST(!is_among(peer, trusted.networks), peer);
  BOOST_TEST(is_among("10.0.0.1", trusted.networks));
  BOOST_TEST(!is_among("192.0.2.1", trusted.networks));
}

BOOST_AUTO_TEST_CASE(who_has_no_address_is_trusted_where_it_is_said) {
  BOOST_TEST(!is_trusted("unix", trusted));
  BOOST_TEST(is_trusted("unix", trusted_and_local));
  BOOST_TEST(is_trusted("unix", trusted_peers{{}, true}));
  for (const trusted_peers& some : {trusted, trusted_and_local}) {
    BOOST_TEST(is_trusted("10.0.0.1", some));
    for (const char* peer : {"192.0.2.1", "", "unknown", "unix:", "unix:/run/x"})
      BOOST_TEST(!is_trusted(peer, some), peer);
    BOOST_TEST(!is_among("unix", some.networks));
  }
  BOOST_TEST(!trusted_peers{}.any());
  BOOST_TEST((trusted_peers{{}, true}.any()));
  BOOST_TEST(trusted.any());
}

BOOST_AUTO_TEST_CASE(a_chain_may_have_led_over_a_socket) {
  const auto behind_one = [](const char* chain, const trusted_peers& by) {
    static fields kept;
    kept = with({{"X-Forwarded-For", chain}});
    return client_behind(kept, "10.0.0.1", by);
  };
  // As nginx calls it, and as we do.
  for (const char* chain : {"203.0.113.9, unix:, 10.0.0.2", "203.0.113.9, unix"}) {
    BOOST_TEST(behind_one(chain, trusted_and_local) == "203.0.113.9", chain);
    BOOST_TEST(behind_one(chain, trusted) == "", chain);
  }
  BOOST_TEST(behind_one("unix", trusted_and_local) == "unix");
  BOOST_TEST(client_behind(with({}), "unix", trusted_and_local) == "unix");
}

BOOST_AUTO_TEST_CASE(the_client_is_the_rightmost_whom_nobody_vouches_for) {
  BOOST_TEST(behind({}) == "10.0.0.1");
  BOOST_TEST(behind({{"X-Forwarded-For", "203.0.113.9"}}) == "203.0.113.9");
  BOOST_TEST(behind({{"x-forwarded-for", "203.0.113.9,10.0.0.7 ,\t10.0.0.8"}}) == "203.0.113.9");
  // What a client writes itself stands before its own address.
  BOOST_TEST(behind({{"X-Forwarded-For", "10.9.9.9, 203.0.113.9"}}) == "203.0.113.9");
  BOOST_TEST(behind({{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-For", "203.0.113.9, ::1"}}) ==
             "203.0.113.9");
  BOOST_TEST(behind({{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-For", "10.0.0.2"}}) ==
             "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(where_all_are_trusted_it_is_the_first) {
  BOOST_TEST(behind({{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}) == "10.0.0.3");
}

BOOST_AUTO_TEST_CASE(ports_and_brackets_are_taken_off) {
  BOOST_TEST(behind({{"X-Forwarded-For", "203.0.113.9:4711"}}) == "203.0.113.9");
  BOOST_TEST(behind({{"X-Forwarded-For", "[2001:db8::9]:4711"}}) == "2001:db8::9");
  BOOST_TEST(behind({{"X-Forwarded-For", "[2001:db8::9]"}}) == "2001:db8::9");
  BOOST_TEST(behind({{"X-Forwarded-For", "2001:db8::9"}}) == "2001:db8::9");
}

// Who can't be told must not pass for the proxy, which may be where clients may call from.
BOOST_AUTO_TEST_CASE(who_is_no_address_is_nobody) {
  for (const char* last : {"203.0.113.9, unknown, 10.0.0.2", "203.0.113.9, _hidden", "[2001:db8::9",
                           "[::9]x", "203.0.113.009", "fe80::1%eth0", "fe80::1%a \"b"})
    BOOST_TEST(behind({{"X-Forwarded-For", last}}) == "", last);
  BOOST_TEST(behind({{"X-Forwarded-For", "unknown, 203.0.113.9, 10.0.0.2"}}) == "203.0.113.9");
  BOOST_TEST(behind({{"X-Forwarded-For", ", ,203.0.113.9, ,"}}) == "203.0.113.9");
}

BOOST_AUTO_TEST_CASE(the_chain_goes_on_with_the_one_that_we_see) {
  std::string chain;
  append_chain(chain,
               with({{"X-Forwarded-For", "192.0.2.1, 203.0.113.9"},
                     {"Other", "x"},
                     {"x-forwarded-for", "10.0.0.2"}}),
               "10.0.0.1");
  BOOST_TEST(chain == "192.0.2.1, 203.0.113.9, 10.0.0.2, 10.0.0.1");
  chain.clear();
  append_chain(chain, with({}), "10.0.0.1");
  BOOST_TEST(chain == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_request_id_is_one_that_a_file_may_have_as_its_name) {
  BOOST_TEST(given_request_id(with({{"X-Request-Id", "Ab.9_-"}})) == "Ab.9_-");
  const std::string long_one(65, 'a');
  for (const char* bad : {"", "a/b", "a b", "a\"b", long_one.c_str()})
    BOOST_TEST(given_request_id(with({{"X-Request-Id", bad}})).empty(), bad);
  BOOST_TEST(given_request_id(with({{"X-Request-Id", "a"}, {"x-request-id", "a"}})).empty());
}

BOOST_AUTO_TEST_CASE(scheme_and_host_are_taken_if_there_is_one_that_makes_sense) {
  BOOST_TEST(given_scheme(with({{"X-Forwarded-Proto", "HTTPS"}})) == "https");
  BOOST_TEST(given_scheme(with({{"X-Forwarded-Proto", "http"}})) == "http");
  BOOST_TEST(given_scheme(with({{"X-Forwarded-Proto", "https, http"}})).empty());
  BOOST_TEST(
      given_scheme(with({{"X-Forwarded-Proto", "http"}, {"X-Forwarded-Proto", "http"}})).empty());
  BOOST_TEST(given_host(with({{"X-Forwarded-Host", "api.example.com:8443"}})) ==
             "api.example.com:8443");
  BOOST_TEST(given_host(with({{"X-Forwarded-Host", "a, b"}})).empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
