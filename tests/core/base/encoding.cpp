// SPDX-License-Identifier: Apache-2.0
#include "core/base/encoding.hpp"

#include <openssl/evp.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <utility>

#include "tests/core/base/base64_blocks.hpp"

namespace {

using namespace core::base;

/// RFC 4648, section 10.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> rfc_vectors{{
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
}};

/// The same bytes in every run.
std::string random_bytes(std::size_t size) {
  static std::mt19937 generator(20231114);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(generator() & 0xFF);
  return out;
}

std::string every_byte() {
  std::string out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}

std::string by_openssl(std::string_view bytes) {
  std::string out(base64_size(bytes.size()) + 1, '\0');  // EVP_EncodeBlock ends with a zero
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// True if no byte at any place of `text` can be exchanged for another without the text being
/// refused or meaning something else.
template <class Decode>
bool each_change_shows(std::string_view text, Decode decode) {
  const auto original = decode(text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : every_byte()) {
      if (c == text[at]) continue;
      std::string changed(text);
      changed[at] = c;
      if (decode(changed) == original) return false;
    }
  }
  return original.has_value();
}

/// True if a byte inserted or removed at any place makes the text another or none.
template <class Decode>
bool each_insertion_and_removal_shows(std::string_view text, Decode decode) {
  const auto original = decode(text);
  for (std::size_t at = 0; at <= text.size(); ++at) {
    for (const char c : every_byte()) {
      if (decode(std::string(text).insert(at, 1, c)) == original) return false;
    }
    if (at < text.size() && decode(std::string(text).erase(at, 1)) == original) return false;
  }
  return original.has_value();
}

std::optional<std::string> unhex_text(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  if (!unhex(text, out)) return std::nullopt;
  return out;
}

std::optional<std::string> percent_decode(std::string text) {
  const auto size = percent_decode_in_place(text);
  if (!size) return std::nullopt;
  return text.substr(0, *size);
}

using decoder = std::optional<std::string> (*)(std::string_view text);
const decoder from_base64 = [](std::string_view text) { return unbase64(text); };
const decoder from_base64url = [](std::string_view text) { return unbase64url(text); };

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(encoding)

BOOST_AUTO_TEST_CASE(hex_is_lower_case_and_comes_back) {
  BOOST_TEST(hex("") == "");
  BOOST_TEST(hex("foobar") == "666f6f626172");
  BOOST_TEST(hex(std::string_view("\x00\x09\xaf\xff", 4)) == "0009afff");
  BOOST_TEST((unhex_text(hex(every_byte())) == every_byte()));
  BOOST_TEST((unhex_any_case(hex(every_byte())) == every_byte()));
}

BOOST_AUTO_TEST_CASE(hex_has_one_text_for_each_value) {
  BOOST_TEST(each_change_shows("00ff19af", unhex_text));
  BOOST_TEST(each_insertion_and_removal_shows("00ff19af", unhex_text));
  for (const std::string_view text :
       {"FF", "aF", "0x", " a", "a ", "g0", "0g", "-1", "+1", "@0", "`0", "/0", ":0"})
    BOOST_TEST(!unhex_text(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(hex_of_another_length_than_asked_for_is_refused) {
  std::array<char, 2> out{};
  BOOST_TEST(unhex("0a0b", out));
  for (const std::string_view text : {"", "0", "0a", "0a0", "0a0b0", "0a0b0c"})
    BOOST_TEST(!unhex(text, out), text);
}

BOOST_AUTO_TEST_CASE(operators_may_write_hex_in_either_case) {
  BOOST_TEST((unhex_any_case("00fFAb") == std::string("\x00\xff\xab", 3)));
  BOOST_TEST((unhex_any_case("") == ""));
  for (const std::string_view text : {"0", "0x00", "GG", "00 00", "0g"})
    BOOST_TEST(!unhex_any_case(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(base64_gives_the_values_of_rfc_4648) {
  for (const auto& [bytes, text] : rfc_vectors) {
    BOOST_TEST(base64(bytes) == text);
    BOOST_TEST((unbase64(text) == bytes));
    const std::string_view bare = text.substr(0, text.find('='));
    BOOST_TEST(base64url(bytes) == bare);
    BOOST_TEST((unbase64url(bare) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(base64_of_every_size_comes_back_and_is_what_openssl_writes) {
  for (std::size_t size = 0; size <= 300; ++size) {
    const std::string bytes = random_bytes(size);
    const std::string text = base64(bytes);
    BOOST_TEST(text.size() == base64_size(size));
    BOOST_TEST(text == by_openssl(bytes));
    BOOST_TEST((unbase64(text) == bytes));
    BOOST_TEST((unbase64url(base64url(bytes)) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(base64_is_decoded_in_place) {
  for (std::size_t size = 0; size <= 100; ++size) {
    const std::string bytes = random_bytes(size);
    std::string memory = base64(bytes);
    const auto decoded = unbase64(memory, memory.data());
    BOOST_TEST(decoded.value() == size);
    BOOST_TEST((memory.substr(0, size) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(base64_writes_no_more_than_it_decodes) {
  for (std::size_t size = 0; size <= 12; ++size) {
    const std::string bytes = random_bytes(size);
    std::string out(size + 4, '#');
    BOOST_TEST(unbase64(base64(bytes), out.data()).value() == size);
    BOOST_TEST((out == bytes + "####"));
  }
}

BOOST_AUTO_TEST_CASE(base64_has_one_text_for_each_value) {
  for (const std::string_view bytes :
       {"f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xff\xff\xff"}) {
    BOOST_TEST(each_change_shows(base64(bytes), from_base64));
    BOOST_TEST(each_insertion_and_removal_shows(base64(bytes), from_base64));
    BOOST_TEST(each_change_shows(base64url(bytes), from_base64url));
    BOOST_TEST(each_insertion_and_removal_shows(base64url(bytes), from_base64url));
  }
}

BOOST_AUTO_TEST_CASE(base64_with_spare_bits_set_is_refused) {
  // "Zg==" is 'f'; the 15 other texts of it differ only in four bits that are thrown away. Likewise
  // the 3 others of "Zm8=".
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < 64; ++i) {
    const std::string one{'Z', alphabet[i], '=', '='};
    BOOST_TEST(unbase64(one).has_value() == (i % 16 == 0), one);
    const std::string two{'Z', 'm', alphabet[i], '='};
    BOOST_TEST(unbase64(two).has_value() == (i % 4 == 0), two);
  }
  for (const std::string_view text : {"Zh", "Zm9", "Zn_", "Z_"})
    BOOST_TEST(!unbase64url(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(base64_with_wrong_padding_is_refused) {
  for (const std::string_view text :
       {"=",    "==",    "===",      "====",   "Z",       "Z===",    "Zg",
        "Zg=",  "Zg===", "Zg==Zg==", "Zm8",    "Zm8==",   "Zm9v=",   "Zm9v====",
        "Zg=v", "=Zm9",  "Z=g=",     "Zm9vZg", "Zm9vZm8", "Zm9vZ==="})
    BOOST_TEST(!unbase64(text).has_value(), text);
  for (const std::string_view text : {"Z", "Zg==", "Zm8=", "=", "Zm9v=", "Zm9vZ"})
    BOOST_TEST(!unbase64url(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(base64_with_characters_outside_its_alphabet_is_refused) {
  for (const std::string_view text :
       {"Zm9v\n", "Zm9v\r\n", "Zm9\n", " Zm9", "Zm 9", "Zm9v    ", "Zm\tv", "Zm-v", "Zm_v", "Zm,v",
        "Zm9.", "Zm\xc3\xa9", "Zm%3D"})
    BOOST_TEST(!unbase64(text).has_value(), text);
  for (const std::string_view text : {"Zm+v", "Zm/v", "Zm v"})
    BOOST_TEST(!unbase64url(text).has_value(), text);
  BOOST_TEST(!unbase64(std::string_view("Zm9\0", 4)).has_value());
  // Exactly 64 characters are digits, at each of the four places of a group.
  for (std::size_t at = 0; at < 4; ++at) {
    int standard = 0;
    int url_safe = 0;
    for (const char c : every_byte()) {
      std::string text = "Zm9vZm9vZm9v";
      text[4 + at] = c;
      standard += unbase64(text).has_value() ? 1 : 0;
      url_safe += unbase64url(text).has_value() ? 1 : 0;
    }
    BOOST_TEST(standard == 64);
    BOOST_TEST(url_safe == 64);
  }
}

// A view has no zero behind it: what follows must not be taken for part of the text.
BOOST_AUTO_TEST_CASE(decoders_do_not_look_behind_the_text) {
  for (const std::size_t size : {1U, 5U, 9U})
    BOOST_TEST(!unbase64url(std::string_view("AAAAAAAAAAAA").substr(0, size)).has_value());
  for (const std::size_t size : {1U, 2U}) {
    std::string memory = "%41";
    BOOST_TEST(!percent_decode_in_place({memory.data(), size}).has_value());
  }
}

BOOST_AUTO_TEST_CASE(base64url_uses_minus_and_underscore) {
  BOOST_TEST(base64("\xfb\xff\xbf") == "+/+/");
  BOOST_TEST(base64url("\xfb\xff\xbf") == "-_-_");
  BOOST_TEST((unbase64url("-_-_") == "\xfb\xff\xbf"));
}

// Whatever this processor decodes blocks with.
BOOST_AUTO_TEST_CASE(
    base64_of_every_size_with_any_byte_anywhere_is_read_as_the_portable_twin_does) {
  std::mt19937 random(7);
  for (const auto& [alphabet, whole] :
       {std::pair(tests::standard_base64(nullptr), from_base64),
        std::pair(tests::url_safe_base64(nullptr), from_base64url)}) {
    for (std::size_t size = 0; size < 300; ++size) {
      const std::string bytes = tests::random_bytes(random, size);
      BOOST_REQUIRE(whole(alphabet.encode(bytes)) == bytes);
    }
    std::string text = alphabet.encode(tests::random_bytes(random, 100));
    text = tests::without_padding(std::move(text));
    text.resize(text.size() / 4 * 4);  // neither of them has padding then
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int c = 0; c < 256; ++c) {
        if (c == '=') continue;
        std::string changed = text;
        changed[at] = static_cast<char>(c);
        BOOST_REQUIRE(whole(changed) == tests::by_the_twin(alphabet, changed));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(percent_escapes_are_decoded_in_either_case) {
  BOOST_TEST((percent_decode("") == ""));
  BOOST_TEST((percent_decode("abc") == "abc"));
  BOOST_TEST((percent_decode("%3D%3d%2B") == "==+"));
  BOOST_TEST((percent_decode("a%00b") == std::string_view("a\0b", 3)));
  BOOST_TEST((percent_decode("%25%34%31") == "%41"));  // once, not again
  BOOST_TEST((percent_decode("a+b") == "a+b"));
}

BOOST_AUTO_TEST_CASE(broken_percent_escapes_are_refused) {
  for (const std::string_view text :
       {"%", "%3", "a%", "a%4", "%G0", "%0G", "%%41", "% 41", "%+1", "%-1", "%4%", "%u0041"})
    BOOST_TEST(!percent_decode(std::string(text)).has_value(), text);
}

// What PHP's urlencode() gives for all bytes: '~' is escaped there, unlike in RFC 3986.
BOOST_AUTO_TEST_CASE(forms_are_encoded_as_php_does) {
  BOOST_TEST(form_encode("") == "");
  BOOST_TEST(form_encode("AZaz09-_.") == "AZaz09-_.");
  BOOST_TEST(form_encode("a b+c&d=e%f/g~h*") == "a+b%2Bc%26d%3De%25f%2Fg%7Eh%2A");
  BOOST_TEST(form_encode(std::string_view("\0\n\xff", 3)) == "%00%0A%FF");
  std::string bytes = every_byte();
  bytes.erase(bytes.find(' '), 1);  // percent-decoding leaves the '+' that a blank becomes
  BOOST_TEST((percent_decode(form_encode(bytes)) == bytes));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
