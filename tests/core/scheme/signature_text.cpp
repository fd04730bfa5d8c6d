// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/signature_text.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "core/scheme/template_reading.hpp"

namespace {

using core::scheme::decode_signature;
using core::scheme::encode;
using core::scheme::largest_signature;
using core::scheme::text_encoding;

constexpr std::array written{text_encoding::hex, text_encoding::base64, text_encoding::base64url};

std::string sample(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(0xFB + i * 7);
  return bytes;
}

/// The bytes, or "refused".
std::string decoded(text_encoding how, std::string_view text, std::size_t size) {
  std::string out(size, '?');
  return decode_signature(how, text, out) ? out : "refused";
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(signature_text)

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_the_same) {
  for (const std::size_t size : {20U, 32U, 48U, 64U})
    for (const text_encoding how : written)
      BOOST_TEST(decoded(how, encode(how, sample(size)), size) == sample(size));
  BOOST_TEST(encode(text_encoding::base64, sample(4)) == "+wIJEA==");
  BOOST_TEST(encode(text_encoding::base64url, sample(4)) == "-wIJEA");
}

BOOST_AUTO_TEST_CASE(another_size_or_alphabet_is_refused) {
  for (const text_encoding how : written) {
    const std::string good = encode(how, sample(32));
    BOOST_TEST(decoded(how, good, 20) == "refused");
    BOOST_TEST(decoded(how, good, 48) == "refused");
    BOOST_TEST(decoded(how, good.substr(1), 32) == "refused");
    BOOST_TEST(decoded(how, good + good.front(), 32) == "refused");
    BOOST_TEST(decoded(how, std::string(good.size(), '!'), 32) == "refused");
    BOOST_TEST(decoded(how, "", 32) == "refused");
    BOOST_TEST(decoded(how, std::string(100'000, 'A'), 32) == "refused");
    BOOST_TEST(decoded(how, encode(how, sample(65)), 65) == "refused");
  }
  const std::string url = encode(text_encoding::base64url, sample(32));
  const std::string usual = encode(text_encoding::base64, sample(32));
  BOOST_TEST(decoded(text_encoding::base64, url, 32) == "refused");
  BOOST_TEST(decoded(text_encoding::base64url, usual, 32) == "refused");
  BOOST_TEST(decoded(text_encoding::base64url, usual.substr(0, 43), 32) == "refused");
  // As long as 32 bytes are when they are written, and one more or less.
  BOOST_TEST(decoded(text_encoding::base64, std::string(44, 'A'), 32) == "refused");
  BOOST_TEST(decoded(text_encoding::base64, std::string(42, 'A').append("=="), 32) == "refused");
  BOOST_TEST(decoded(text_encoding::utf8, sample(32), 32) == "refused");
}

BOOST_AUTO_TEST_CASE(spare_bits_are_zero) {
  std::string text = encode(text_encoding::base64url, sample(32));
  ++text.back();
  BOOST_TEST(decoded(text_encoding::base64url, text, 32) == "refused");
  text += '=';
  BOOST_TEST(decoded(text_encoding::base64, text, 32) == "refused");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
