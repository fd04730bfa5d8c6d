// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <variant>
#include <vector>

#include "tests/core/crypto/certificates.hpp"

using namespace core::crypto;

namespace {

namespace known = tests::certificates;

std::string wrong(std::string_view pem) {
  const auto read = read_certificate(pem);
  const auto* why = std::get_if<std::string>(&read);
  return why ? *why : "nothing";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(certificate)

BOOST_AUTO_TEST_CASE(names_are_in_lower_case_and_addresses_are_none) {
  const auto facts = std::get<certificate_facts>(read_certificate(known::a));
  BOOST_TEST(facts.names == (std::vector<std::string>{"a.example", "*.a.example"}),
             boost::test_tools::per_element());
  BOOST_TEST(facts.from == 1'767'225'600);   // 2026-01-01T00:00:00Z
  BOOST_TEST(facts.until == 1'796'083'200);  // 2026-12-01T00:00:00Z
}

BOOST_AUTO_TEST_CASE(the_first_of_a_chain_counts_and_text_between_does_not) {
  const std::string chain =
      "subject=a\n" + std::string(known::a) + "\nissuer=w\n" + std::string(known::weak);
  BOOST_TEST(std::get<certificate_facts>(read_certificate(chain)).names.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_none_is_told) {
  const std::string none = "holds no certificate as PEM (BEGIN CERTIFICATE)";
  BOOST_TEST(wrong("") == none);
  BOOST_TEST(wrong("no certificate") == none);
  BOOST_TEST(wrong(known::key_of_a) == none);
  BOOST_TEST(wrong(known::a.substr(0, 300)) == none);
  // A second one that is broken isn't left out in silence.
  BOOST_TEST(wrong(std::string(known::a) + std::string(known::weak.substr(0, 200))) == none);
  BOOST_TEST(wrong(known::weak) ==
             "holds a certificate for an RSA key of 1024 bits; at least 2048 are needed");
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_CASE(a_key_fits_its_certificate_alone) {
  BOOST_TEST(why_key_misfits(known::a, known::key_of_a) == "");
  BOOST_TEST(why_key_misfits(known::a, known::ec_key_of_a) == "");
  BOOST_TEST(why_key_misfits(known::a, std::string(known::a) + std::string(known::key_of_a)) == "");
  BOOST_TEST(why_key_misfits(known::a, known::another_key) == "is not the key of the certificate");
  BOOST_TEST(why_key_misfits("no certificate", known::key_of_a) ==
             "is not the key of the certificate");
  BOOST_TEST(why_key_misfits(known::a, known::a) ==
             "holds no private key as PEM (BEGIN PRIVATE KEY)");
  BOOST_TEST(why_key_misfits(known::a, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n") ==
             "is encrypted, and the gateway has nobody to ask for the password");
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
