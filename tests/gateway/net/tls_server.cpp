// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tls_server.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/core/crypto/certificates.hpp"

namespace tests {

namespace {

namespace io = ::gateway::net;

::core::config::certificate pair(std::string_view certificate, std::string_view key) {
  return {{"a.pem", std::string(certificate)}, {"a.key", ::core::base::secret(key)}};
}

io::tls_server made(const ::core::config::certificate& one) {
  return io::tls_server({{one}, {}}, std::make_shared<io::ticket_keys>());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(tls_server)

BOOST_AUTO_TEST_CASE(a_wildcard_is_one_label) {
  const io::tls_server server = made(pair(certificates::a, certificates::key_of_a));
  for (const char* host : {"a.example", "b.a.example", "xn--c.a.example"})
    BOOST_TEST(server.find(host) != nullptr, host);
  for (const char* host : {"", ".", "example", "b.example", "c.b.a.example", "aa.example", "*"})
    BOOST_TEST(server.find(host) == nullptr, host);
}

BOOST_AUTO_TEST_CASE(what_is_shown_is_known) {
  const io::tls_server server = made(pair(certificates::a, certificates::ec_key_of_a));
  BOOST_TEST_REQUIRE(server.certificates().size() == 1U);
  BOOST_TEST(server.certificates()[0].path == "a.pem");
  BOOST_TEST(server.certificates()[0].until == 1'796'083'200);
  BOOST_TEST(server.begin().get() != nullptr);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_used_has_a_sentence) {
  for (const auto& bad : {pair(certificates::a, certificates::another_key),
                          pair(certificates::weak, certificates::key_of_a),
                          pair(certificates::a, "no key"), pair("no certificate", "no key")}) {
    BOOST_CHECK_EXCEPTION(made(bad), std::runtime_error, [](const std::exception& e) {
      return std::string_view(e.what()).starts_with("a.pem can't be used");
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
