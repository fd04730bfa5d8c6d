// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/key_object.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/base/encoding.hpp"
#include "tests/core/crypto/keys.hpp"

namespace {

constexpr std::string_view label = "PRIVATE KEY";

const std::string& pem() {
  static const std::string text = tests::pkcs8(tests::make("ED25519"));
  return text;
}

std::string der() { return std::string(core::crypto::from_pem(pem(), label).value().reveal()); }

bool is_read(const std::string& text) {
  const bool read = core::crypto::from_pem(text, label).has_value();
  BOOST_TEST(ERR_peek_error() == 0U);
  return read;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(key_object_)  // `key_object` is a type of that namespace

// Text in front may be what its author took for the key; what `keygen` prints has some behind it.
BOOST_AUTO_TEST_CASE(a_pem_block_is_the_first_thing_and_the_only_one) {
  BOOST_TEST(is_read(pem()));
  BOOST_TEST(is_read(pem() + "\r\n \n"));
  BOOST_TEST(is_read(pem() + "public_key: AAAA\n"));
  for (const char* before : {"x", "\n", "-----\n", "Private-Key: (1 bit)\n", "-----BEGIN\n"})
    BOOST_TEST(!is_read(before + pem()), before);
  BOOST_TEST(!is_read(pem() + pem()));
  BOOST_TEST(!is_read(""));
}

BOOST_AUTO_TEST_CASE(a_text_that_no_key_is_as_long_as_is_not_read) {
  const std::string blanks(64 * 1024 - pem().size(), ' ');
  BOOST_TEST(is_read(pem() + blanks));
  BOOST_TEST(!is_read(pem() + blanks + ' '));
}

BOOST_AUTO_TEST_CASE(a_private_key_is_der_and_nothing_follows) {
  const auto is_key = [](const std::string& bytes) {
    const bool read = core::crypto::private_from_der(bytes) != nullptr;
    BOOST_TEST(ERR_peek_error() == 0U);
    return read;
  };
  BOOST_TEST(is_key(der()));
  for (std::size_t size = 0; size < der().size(); ++size)
    BOOST_TEST(!is_key(der().substr(0, size)));
  BOOST_TEST(!is_key(der() + '\0'));
  BOOST_TEST(!is_key(der() + der()));
  BOOST_TEST(!is_key(der() + std::string(64 * 1024, '\0')));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
