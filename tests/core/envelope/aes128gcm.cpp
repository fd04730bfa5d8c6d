// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/aes128gcm.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"
#include "tests/core/envelope/sealed.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
using envelope::aes128gcm_key;
using namespace std::string_literals;

std::string bytes(std::string_view hex) { return base::unhex_any_case(hex).value(); }

const std::string material =
    bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const std::string salt = bytes("101112131415161718191a1b1c1d1e1f");
const aes128gcm_key known{material, "k1"};

crypto::cipher_contexts& contexts() {
  static crypto::cipher_contexts made;
  return made;
}

/// The plaintext or the refusal.
std::string open(std::string body, const aes128gcm_key& key = known) {
  return tests::outcome(envelope::open_aes128gcm(body, key, contexts()));
}
std::string seal_by(const aes128gcm_key& key, std::string_view with, std::string_view plaintext,
                    std::uint32_t record_size = 4096) {
  return envelope::seal_aes128gcm(plaintext, key, with, contexts(), record_size);
}
std::string seal(std::string_view plaintext, std::uint32_t record_size = 4096) {
  return seal_by(known, salt, plaintext, record_size);
}
/// What is left of `body`.
std::string refused_in_place(std::string body) {
  const auto opened = envelope::open_aes128gcm(body, known, contexts());
  return opened ? "opened" : body;
}

constexpr std::size_t head_size = 21 + 2;  // with the keyid "k1"

/// One body of records whose plaintexts are these, delimiters and all.
std::string of_records(const std::vector<std::string>& records, std::uint32_t record_size) {
  const std::string prk(crypto::view(crypto::hmac_sha256(salt).mac({material})));
  const crypto::hmac_sha256 derive(prk);
  const std::string key(
      crypto::view(derive.mac({std::string_view("Content-Encoding: aes128gcm\0\1", 29)}))
          .substr(0, 16));
  const std::string nonce(
      crypto::view(derive.mac({std::string_view("Content-Encoding: nonce\0\1", 25)}))
          .substr(0, 12));
  std::string body = seal("", record_size).substr(0, head_size);
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::string iv = nonce;
    iv[11] = static_cast<char>(iv[11] ^ static_cast<char>(i));
    std::string data(records[i].size(), '\0');
    std::array<char, 16> tag;
    contexts().seal_gcm(crypto::cipher::aes_128_gcm, key, iv, records[i], data.data(), tag);
    body += data.append(tag.data(), tag.size());
  }
  return body;
}

constexpr std::string_view syntax = "<bad_payload>";
constexpr std::string_view failed = "<decrypt_failed>";

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(envelope)
BOOST_AUTO_TEST_SUITE(aes128gcm)

BOOST_AUTO_TEST_CASE(the_vectors_open) {
  int seen = 0;
  for (const auto& v : tests::vectors("encryption.json", "rfc8188")) {
    const std::string ikm = bytes(tests::text(v, "ikm_hex"));
    const std::string keyid = tests::text(v, "keyid");
    const std::string body = bytes(tests::text(v, "body_hex"));
    BOOST_TEST(open(body, {ikm, keyid}) == tests::text(v, "plaintext"));
    ++seen;
  }
  BOOST_TEST(seen == 4);
}

BOOST_AUTO_TEST_CASE(our_own_vectors_are_sealed_to_the_byte) {
  const std::string text = R"({"hello":"world"})";
  const auto& all = tests::vectors("encryption.json", "rfc8188");
  BOOST_TEST(base::hex(seal(text)) == tests::text(all[2], "body_hex"));
  BOOST_TEST(base::hex(seal(text, 26)) == tests::text(all[3], "body_hex"));
  const std::string ikm = bytes(tests::text(all[0], "ikm_hex"));
  const std::string body = bytes(tests::text(all[0], "body_hex"));
  BOOST_TEST(seal_by({ikm, ""}, body.substr(0, 16), "I am the walrus") == body);
}

BOOST_AUTO_TEST_CASE(every_size_in_every_size_of_record_is_opened) {
  for (const std::uint32_t record : {18U, 19U, 26U, 33U, 64U, 4096U, 0xFFFFFFFFU})
    for (std::size_t size = 0; size < 150; ++size) {
      std::string text(size, 'x');
      for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i);
      BOOST_REQUIRE(open(seal(text, record)) == text);
    }
  const std::string large(100'000, 'l');
  BOOST_TEST((open(seal(large, 18)) == large));  // more records than a byte counts
  BOOST_TEST((open(seal(large)) == large));
}

BOOST_AUTO_TEST_CASE(every_part_is_needed_and_nothing_follows) {
  const std::string text = "three records of some";
  const std::string body = seal(text, 26);
  for (std::size_t size = 0; size < body.size(); ++size)
    BOOST_TEST(open(body.substr(0, size)) == (size < head_size ? syntax : failed));
  BOOST_TEST(open(body + '\0') == failed);
  BOOST_TEST(open(body + body.substr(head_size)) == failed);
  BOOST_TEST(open(body) == text);
}

BOOST_AUTO_TEST_CASE(truncation_at_a_records_end_shows) {
  const std::string body = seal("three records of some", 26);
  for (const std::size_t records : {0U, 1U, 2U})
    BOOST_TEST(open(body.substr(0, head_size + 26 * records)) == failed);
}

BOOST_AUTO_TEST_CASE(a_changed_bit_anywhere_shows) {
  const std::string body = seal("three records of some", 26);
  for (std::size_t bit = 0; bit < 8 * body.size(); ++bit) {
    std::string changed = body;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    const std::string told = open(changed);
    BOOST_TEST((told == syntax || told == failed));
  }
}

BOOST_AUTO_TEST_CASE(records_stay_in_their_order) {
  const std::string body = seal("three records of some", 26);
  const std::string head = body.substr(0, head_size);
  const std::string first = body.substr(head_size, 26);
  const std::string second = body.substr(head_size + 26, 26);
  const std::string third = body.substr(head_size + 52);
  BOOST_TEST(open(head + first + second + third) == "three records of some");
  BOOST_TEST(open(head + second + first + third) == failed);
  BOOST_TEST(open(head + first + third) == failed);
  BOOST_TEST(open(head + first + first + second + third) == failed);
}

BOOST_AUTO_TEST_CASE(the_last_record_says_so_and_no_other) {
  const std::string data(9, 'd');
  BOOST_TEST(open(of_records({data + '\1', data + '\2'}, 26)) == data + data);
  BOOST_TEST(open(of_records({data + '\2', data + '\2'}, 26)) == failed);
  BOOST_TEST(open(of_records({data + '\1', data + '\1'}, 26)) == failed);
  BOOST_TEST(open(of_records({data + '\1'}, 26)) == failed);
  BOOST_TEST(open(of_records({data + '\3'}, 26)) == failed);
  BOOST_TEST(open(of_records({data + 'd'}, 26)) == failed);
}

BOOST_AUTO_TEST_CASE(zeros_behind_the_delimiter_are_padding) {
  const std::string zeros(5, '\0');
  BOOST_TEST(open(of_records({"abcd\1" + zeros, "efgh\2" + zeros}, 26)) == "abcdefgh");
  BOOST_TEST(open(of_records({'\1' + zeros + "\0\0\0\0"s, "\2"}, 26)).empty());
  BOOST_TEST(open(of_records({"\1\2\2"}, 26)) == "\1\2");
  BOOST_TEST(open(of_records({"a\0\2"s}, 26)) == "a\0"s);
  for (const std::size_t size : {1U, 2U, 10U})
    BOOST_TEST(open(of_records({std::string(size, '\0')}, 26)) == failed);
  BOOST_TEST(open(of_records({"abcd\1" + zeros, std::string(10, '\0')}, 26)) == failed);
}

BOOST_AUTO_TEST_CASE(records_of_less_than_18_bytes_are_refused) {
  for (const std::uint32_t size : {0U, 1U, 16U, 17U}) {
    std::string body = of_records({"\2"}, 18);
    body[19] = static_cast<char>(size);
    BOOST_TEST(open(body) == syntax);
  }
  BOOST_TEST(open(of_records({"\2"}, 18)).empty());
  BOOST_TEST(open(of_records({""}, 18)) == failed);  // 16 bytes: a tag of nothing
}

BOOST_AUTO_TEST_CASE(a_keyid_is_this_clients_or_empty) {
  const std::string body = seal("text");
  BOOST_TEST(open(body, {material, "k1"}) == "text");
  for (const char* other : {"", "k", "k2", "K1", "k11"})
    BOOST_TEST(open(body, {material, other}) == syntax);
  std::string bare = body;
  bare[20] = '\0';
  bare.erase(21, 2);
  BOOST_TEST(open(bare, {material, "k1"}) == "text");
  BOOST_TEST(open(bare, {material.substr(1), "k1"}) == failed);
  std::string beyond = seal("");
  beyond[20] = '\xFF';
  BOOST_TEST(open(beyond) == syntax);
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_no_plaintext) {
  std::string body = seal("a secret, in more records than one", 26);
  body.back() = static_cast<char>(body.back() ^ 1);
  BOOST_TEST(refused_in_place(body).substr(head_size) ==
             std::string(body.size() - head_size, '\0'));
}

BOOST_AUTO_TEST_CASE(sealing_refuses_other_sizes) {
  const auto sealed = [](std::string_view id, std::string_view with, std::uint32_t record) {
    return seal_by({material, id}, with, "x", record);
  };
  BOOST_CHECK_THROW(sealed("k1", salt, 17), std::logic_error);
  BOOST_CHECK_THROW(sealed("k1", salt.substr(1), 4096), std::logic_error);
  BOOST_CHECK_THROW(sealed(std::string(256, 'k'), salt, 4096), std::logic_error);
  const std::string longest(255, 'k');
  BOOST_TEST(open(sealed(longest, salt, 18), {material, longest}) == "x");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
