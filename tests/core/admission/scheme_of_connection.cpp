// SPDX-License-Identifier: Apache-2.0
// http or https: what clients address, as configuration and connection say.

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/admission/stages.hpp"
#include "tests/core/config/sample.hpp"

namespace tests {

namespace {

namespace stages = ::core::admission;

const std::string plain = "127.0.0.1:8080";
const std::string secured = "{address: 127.0.0.1:8443, tls: {certificate: a.pem, key: a.key}}";

stages::snapshot compiled(const std::string& listen, const std::string& more = {}) {
  return stages::snapshot(
      config::model_of("listen: [" + listen + "]\n" + more +
                       "upstreams: {orders: http://127.0.0.1:9001}\n"
                       "routes: [{path: /, scheme: none, upstream: orders}]\n"));
}

/// Of a request for this host that came over a connection of this kind.
std::string seen(const stages::snapshot& rules, std::string_view connection,
                 std::string_view host = "h") {
  ::core::http::request_head head;
  head.method = "GET";
  head.target = "/x";
  head.fields.add("Host", host);
  stages::findings known;
  const auto arrived = stages::arrive(head, rules, {}, known, "192.0.2.7", connection);
  return arrived ? std::string(arrived->external_scheme()) : "refused";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(scheme_of_connection)

BOOST_AUTO_TEST_CASE(the_connection_says_it_unless_the_configuration_does) {
  const auto neither = compiled(plain);
  BOOST_TEST(seen(neither, "https") == "https");
  BOOST_TEST(seen(neither, "http") == "http");
  const auto behind_a_proxy = compiled(plain, "external: {scheme: https}\n");
  BOOST_TEST(seen(behind_a_proxy, "http") == "https");
  const auto behind_another = compiled(secured, "external: {scheme: http}\n");
  BOOST_TEST(seen(behind_another, "https") == "http");
}

BOOST_AUTO_TEST_CASE(without_a_connection_it_is_what_all_listeners_speak) {
  BOOST_TEST(seen(compiled(plain), "") == "http");
  BOOST_TEST(seen(compiled(secured), "") == "https");
  BOOST_TEST(seen(compiled(plain + ", " + secured), "") == "http");
  BOOST_TEST(compiled(secured).external_scheme == "https");
}

BOOST_AUTO_TEST_CASE(the_port_that_goes_without_saying_is_that_of_the_connection) {
  const auto rules = compiled(plain + ", " + secured, "external: {authorities: [a.example]}\n");
  BOOST_TEST(seen(rules, "https", "a.example:443") == "https");
  BOOST_TEST(seen(rules, "http", "a.example:80") == "http");
  BOOST_TEST(seen(rules, "https", "a.example:80") == "refused");
  BOOST_TEST(seen(rules, "http", "a.example:443") == "refused");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
