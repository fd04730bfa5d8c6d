// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ecdsa_form.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

std::string der_of(std::string_view raw) {
  const auto der = core::crypto::ecdsa_to_der(raw);
  return {der.bytes.begin(), der.bytes.begin() + static_cast<std::ptrdiff_t>(der.size)};
}

/// r and s of so many bytes; the first of each is the one given.
std::string raw_of(std::size_t width, char first) {
  std::string one(width, '\x11');
  one.front() = first;
  return one + one;
}

bool is_read(const std::string& der, std::size_t width) {
  const bool read = core::crypto::ecdsa_from_der(der, width).has_value();
  BOOST_TEST(ERR_peek_error() == 0U);
  return read;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(ecdsa_form)

BOOST_AUTO_TEST_CASE(both_forms_say_the_same) {
  for (const std::size_t width : {32U, 48U})
    for (const char first : {'\x00', '\x01', '\x7f', '\x80', '\xff'}) {
      const std::string raw = raw_of(width, first);
      BOOST_TEST(core::crypto::ecdsa_from_der(der_of(raw), width).value() == raw);
    }
}

BOOST_AUTO_TEST_CASE(a_sequence_is_whole_and_nothing_follows) {
  const std::string der = der_of(raw_of(32, '\x01'));
  for (std::size_t size = 0; size < der.size(); ++size)
    BOOST_TEST(!is_read(der.substr(0, size), 32));
  BOOST_TEST(!is_read(der + '\0', 32));
  BOOST_TEST(!is_read(der + der, 32));
  BOOST_TEST(!is_read("no sequence", 32));
  BOOST_TEST(is_read(der, 32));
}

// Cut to the width it would be another number.
BOOST_AUTO_TEST_CASE(a_number_wider_than_the_curve_is_refused) {
  const std::string wide(32, '\x11');
  const std::string narrow = std::string(16, '\0') + std::string(16, '\x11');
  BOOST_TEST(!is_read(der_of(wide + narrow), 16));
  BOOST_TEST(!is_read(der_of(narrow + wide), 16));
  BOOST_TEST(is_read(der_of(narrow + narrow), 16));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
