// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/laravel.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "core/base/encoding.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
using base::errc;
using crypto::cipher;

constexpr std::string_view key16 = "0123456789abcdef";
constexpr std::string_view key32 = "0123456789abcdef0123456789ABCDEF";
const std::string fixed_iv = base::unhex_any_case("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf").value();

struct opened {
  std::string plaintext;
  std::string identity;
};
using outcome = std::variant<errc, opened>;

/// Holds what a laravel_key only refers to.
struct keyed {
  cipher c;
  std::string key;
  crypto::hmac_sha256 mac;

  explicit keyed(cipher which, std::string_view bytes = {})
      : c(which),
        key(!bytes.empty()                  ? bytes
            : crypto::key_size(which) == 16 ? key16
                                            : key32),
        mac(key) {}

  [[nodiscard]] outcome open(std::string payload) const {
    static crypto::cipher_contexts contexts;
    const auto result = envelope::open_laravel(payload, {c, key, mac}, contexts);
    if (!result) return result.error();
    return opened{{result->plaintext.data(), result->plaintext.size()},
                  std::string(result->identity.view())};
  }
  [[nodiscard]] outcome open_json(std::string_view json) const { return open(base::base64(json)); }
  [[nodiscard]] std::string seal(std::string_view plaintext) const {
    static crypto::cipher_contexts contexts;
    return envelope::seal_laravel(plaintext, {c, key, mac},
                                  std::string_view(fixed_iv).substr(0, crypto::iv_size(c)),
                                  contexts);
  }
  [[nodiscard]] std::string hex_mac(std::string_view text) const {
    return base::hex(crypto::view(mac.mac({text})));
  }
};

constexpr std::string_view iv_text = "oKGio6SlpqeoqaqrrK2urw==";
constexpr std::string_view value_text = "0+cqK6b3cNYSAqI7FYJQ/w==";
constexpr std::string_view mac_text =
    "7e835d59d175775216a79fc73b6f81b83c7b1f1c54844ea220f38b14e1ec0636";
constexpr std::string_view gcm_iv_text = "oKGio6Slpqeoqaqr";
constexpr std::string_view gcm_value_text = "toBCmMi0WIUbL2h9";
constexpr std::string_view gcm_tag_text = "9VA6mR12wSsCPlKcubLLLw==";
constexpr std::string_view plaintext = "s:5:\"hello\";";

std::string object(std::string_view iv, std::string_view value, std::string_view mac,
                   std::string_view tag) {
  std::string json = R"({"iv":")";
  return json.append(iv)
             .append(R"(","value":")")
             .append(value)
             .append(R"(","mac":")")
             .append(mac)
             .append(R"(","tag":")")
             .append(tag) +
         "\"}";
}

bool accepts(const outcome& o) {
  return std::holds_alternative<opened>(o) && std::get<opened>(o).plaintext == plaintext;
}
std::optional<errc> refusal(const outcome& o) {
  return std::holds_alternative<errc>(o) ? std::optional(std::get<errc>(o)) : std::nullopt;
}

const keyed& cbc() {
  static const keyed key(cipher::aes_128_cbc);
  return key;
}
const keyed& gcm() {
  static const keyed key(cipher::aes_128_gcm);
  return key;
}
/// A CBC payload whose MAC is right for whatever texts stand in it.
std::string maced(std::string_view iv, std::string_view value) {
  return object(iv, value, cbc().hex_mac(std::string(iv).append(value)), "");
}

std::vector<cipher> all_ciphers() {
  return {cipher::aes_128_cbc, cipher::aes_256_cbc, cipher::aes_128_gcm, cipher::aes_256_gcm};
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(::core::base::errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(std::optional<::core::base::errc>)

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(envelope)
BOOST_AUTO_TEST_SUITE(laravel)

BOOST_AUTO_TEST_CASE(all_payload_vectors_open_and_are_sealed_to_the_byte) {
  int seen = 0;
  for (const auto& v : tests::vectors("laravel.json", "laravel_payload")) {
    const keyed key(crypto::parse_cipher(tests::text(v, "cipher")).value(), tests::text(v, "key"));
    const outcome o = key.open(tests::text(v, "payload"));
    BOOST_TEST_REQUIRE(std::holds_alternative<opened>(o));
    BOOST_TEST(std::get<opened>(o).plaintext == tests::text(v, "decrypted"));
    BOOST_TEST(key.seal(tests::text(v, "decrypted")) == tests::text(v, "payload"));
    ++seen;
  }
  for (const auto& v : tests::vectors("laravel.json", "laravel_response")) {
    const keyed key(crypto::parse_cipher(tests::text(v, "cipher")).value(), tests::text(v, "key"));
    BOOST_TEST(key.seal(tests::text(v, "plaintext")) == tests::text(v, "payload"));
    ++seen;
  }
  BOOST_TEST(seen == 26);
}

BOOST_AUTO_TEST_CASE(all_mutation_vectors_get_their_verdict) {
  int seen = 0;
  for (const auto& v : tests::vectors("laravel.json", "laravel_payload_mutations")) {
    const keyed key(crypto::parse_cipher(tests::text(v, "cipher")).value(), tests::text(v, "key"));
    const bool accepted = std::holds_alternative<opened>(key.open(tests::text(v, "payload")));
    BOOST_TEST(accepted == (tests::text(v, "expect") == "accept"), tests::text(v, "case"));
    ++seen;
  }
  BOOST_TEST(seen == 36);
}

BOOST_AUTO_TEST_CASE(the_identity_is_the_decoded_mac_or_iv_and_tag) {
  const outcome by_mac = cbc().open_json(object(iv_text, value_text, mac_text, ""));
  BOOST_TEST_REQUIRE(accepts(by_mac));
  BOOST_TEST(base::hex(std::get<opened>(by_mac).identity) == mac_text);
  const outcome by_tag = gcm().open_json(object(gcm_iv_text, gcm_value_text, "", gcm_tag_text));
  BOOST_TEST_REQUIRE(accepts(by_tag));
  BOOST_TEST(std::get<opened>(by_tag).identity ==
             base::unbase64(gcm_iv_text).value() + base::unbase64(gcm_tag_text).value());
}

BOOST_AUTO_TEST_CASE(every_other_writing_of_a_payload_has_the_same_identity) {
  const std::string same =
      std::get<opened>(cbc().open_json(object(iv_text, value_text, mac_text, ""))).identity;
  const std::string members =
      std::string("\"mac\":\"").append(mac_text).append("\",\"iv\":\"").append(iv_text) + "\"";
  for (const std::string& json :
       {"{" + members + ",\"value\":\"0+cqK6b3cNYSAqI7FYJQ\\/w==\"}",
        "\r\n\t {" + members +
            " , \"value\" : \"0+cqK6b3cNYSAqI7FYJQ\\u002fw==\" , \"tag\" : null }\n",
        "{" + members + ",\"value\":\"0+cqK6b3cNYSAqI7FYJQ\\u002Fw=\\u003d\",\"tag\":\"\"}",
        "{\"tag\":\"\",\"x\":[1,\"]\",{}]," + members +
            ",\"\\u0076alue\":\"0+cqK6b3cNYSAqI7FYJQ/w==\"}"}) {
    const outcome o = cbc().open_json(json);
    if (json.find("{}") != std::string::npos) {
      BOOST_TEST((refusal(o) == errc::bad_payload));  // nested too deep
      continue;
    }
    BOOST_TEST_REQUIRE(accepts(o), json);
    BOOST_TEST(std::get<opened>(o).identity == same);
  }
}

BOOST_AUTO_TEST_CASE(all_lengths_survive_sealing_and_opening) {
  for (const cipher c : all_ciphers()) {
    const keyed key(c);
    for (std::size_t size : {0U, 1U, 15U, 16U, 17U, 31U, 32U, 33U, 1000U, 65536U}) {
      const std::string text(size, 'x');
      const outcome o = key.open(key.seal(text));
      BOOST_TEST_REQUIRE(std::holds_alternative<opened>(o));
      BOOST_TEST((std::get<opened>(o).plaintext == text));
    }
  }
}

BOOST_AUTO_TEST_CASE(cbc_needs_a_mac_of_64_lower_case_digits) {
  const std::string mac(mac_text);
  BOOST_TEST(accepts(cbc().open_json(object(iv_text, value_text, mac, ""))));
  std::string upper = mac;
  upper[1] = 'E';
  for (const std::string& bad :
       {std::string(), upper, mac + " ", " " + mac, mac.substr(1), mac + "0", mac.substr(0, 32)})
    BOOST_TEST(
        (refusal(cbc().open_json(object(iv_text, value_text, bad, ""))) == errc::bad_payload));
  for (std::size_t at = 0; at < mac.size(); ++at) {
    std::string changed = mac;
    changed[at] = changed[at] == '0' ? '1' : '0';
    BOOST_TEST(
        (refusal(cbc().open_json(object(iv_text, value_text, changed, ""))) == errc::bad_mac));
  }
}

BOOST_AUTO_TEST_CASE(cbc_takes_no_tag) {
  for (const char* tag : {"0", " ", "AAAAAAAAAAAAAAAAAAAAAA=="})
    BOOST_TEST((refusal(cbc().open_json(object(iv_text, value_text, mac_text, tag))) ==
                errc::bad_payload));
}

BOOST_AUTO_TEST_CASE(cbc_ivs_are_16_bytes_even_if_the_mac_covers_others) {
  BOOST_TEST(accepts(cbc().open_json(maced(iv_text, value_text))));
  // 12, 17 and 18 bytes (24 characters as well), 15, no padding, spare bits, white space.
  for (const char* iv :
       {"", "oKGio6Slpqeoqaqr", "oKGio6SlpqeoqaqrrK2ursA=", "oKGio6SlpqeoqaqrrK2urwAA",
        "oKGio6SlpqeoqaqrrK2u", "oKGio6SlpqeoqaqrrK2urw",
        "oKGio6SlpqeoqaqrrK2urx==", "oKGio6SlpqeoqaqrrK2ur===", "oKGio6SlpqeoqaqrrK2u\\nw=="})
    BOOST_TEST((refusal(cbc().open_json(maced(iv, value_text))) == errc::bad_payload), iv);
}

BOOST_AUTO_TEST_CASE(ivs_and_tags_of_a_megabyte_are_refused_before_they_are_decoded) {
  // Each has a small array on the stack to go into. A text little too long would spoil what stands
  // beside it unnoticed; so long a one runs into the end of the stack.
  const std::string large(std::size_t{1} << 20U, 'A');
  BOOST_TEST((refusal(cbc().open_json(maced(large, value_text))) == errc::bad_payload));
  BOOST_TEST((refusal(gcm().open_json(object(large, gcm_value_text, "", gcm_tag_text))) ==
              errc::bad_payload));
  BOOST_TEST((refusal(gcm().open_json(object(gcm_iv_text, gcm_value_text, "", large))) ==
              errc::bad_payload));
}

BOOST_AUTO_TEST_CASE(cbc_values_are_whole_blocks_even_if_the_mac_covers_others) {
  // 0, 15, 17 bytes, no padding, spare bits, url-safe alphabet, junk.
  for (const char* value :
       {"", "0+cqK6b3cNYSAqI7FYJQ", "0+cqK6b3cNYSAqI7FYJQ/wA=", "0+cqK6b3cNYSAqI7FYJQ/w",
        "0+cqK6b3cNYSAqI7FYJQ/x==", "0-cqK6b3cNYSAqI7FYJQ_w==", "0+cqK6b3cNYSAqI7FYJQ/w==!",
        "0+cqK6b3 cNYSAqI7FYJQ/w=="})
    BOOST_TEST((refusal(cbc().open_json(maced(iv_text, value))) == errc::bad_payload), value);
}

BOOST_AUTO_TEST_CASE(padding_is_judged_only_after_the_mac) {
  const std::string value =
      base::base64(std::string(16, 'A'));  // decrypts to noise with broken padding
  BOOST_TEST((refusal(cbc().open_json(object(iv_text, value, mac_text, ""))) == errc::bad_mac));
  BOOST_TEST((refusal(cbc().open_json(maced(iv_text, value))) == errc::decrypt_failed));
  // So is everything else about the value: without the key one learns nothing of it.
  for (const char* odd : {"", "AAAA", "!"})
    BOOST_TEST((refusal(cbc().open_json(object(iv_text, odd, mac_text, ""))) == errc::bad_mac));
}

BOOST_AUTO_TEST_CASE(gcm_needs_a_tag_of_16_bytes) {
  const std::string tag(gcm_tag_text);
  const auto open = [](std::string_view text) {
    return gcm().open_json(object(gcm_iv_text, gcm_value_text, "", text));
  };
  BOOST_TEST(accepts(open(tag)));
  const std::string bytes = base::unbase64(tag).value();
  for (std::size_t size = 0; size <= 20; ++size) {
    if (size == 16) continue;
    BOOST_TEST((refusal(open(base::base64((bytes + bytes).substr(0, size)))) == errc::bad_payload),
               size);
  }
  for (const char* text :
       {"9VA6mR12wSsCPlKcubLLLw", "9VA6mR12wSsCPlKcubLLLx==", "9VA6mR12wSsCPlKcubLL w=="})
    BOOST_TEST((refusal(open(text)) == errc::bad_payload), text);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    BOOST_TEST((refusal(open(base::base64(changed))) == errc::decrypt_failed));
  }
  const std::string start =
      std::string(R"({"iv":")").append(gcm_iv_text).append(R"(","value":")").append(gcm_value_text);
  BOOST_TEST((refusal(gcm().open_json(start + R"(","mac":"","tag":null})")) == errc::bad_payload));
  BOOST_TEST((refusal(gcm().open_json(start + R"(","mac":""})")) == errc::bad_payload));
}

BOOST_AUTO_TEST_CASE(gcm_ivs_are_12_bytes) {
  for (const char* iv : {"", "oKGio6SlpqeoqaqrrK2urw==", "oKGio6SlpqeoqaqrrK0=", "oKGio6Slpqeoqao=",
                         "oKGio6Slpqeoqa==", "oKGio6Slpqeo\\naqr"})
    BOOST_TEST((refusal(gcm().open_json(object(iv, gcm_value_text, "", gcm_tag_text))) ==
                errc::bad_payload),
               iv);
}

BOOST_AUTO_TEST_CASE(gcm_values_are_strict_base64) {
  for (const char* value :
       {"toBCmMi0WIUbL2h", "toBCmMi0WIUbL2h9=", "toBCmMi0 WIUbL2h9", "toBCmMi0WIUbL2h9!!!!"})
    BOOST_TEST((refusal(gcm().open_json(object(gcm_iv_text, value, "", gcm_tag_text))) ==
                errc::bad_payload),
               value);
}

BOOST_AUTO_TEST_CASE(gcm_takes_the_mac_of_two_old_versions_and_no_other) {
  const std::string mac =
      gcm().hex_mac(std::string(gcm_tag_text).append(gcm_iv_text).append(gcm_value_text));
  const auto open = [](std::string_view text) {
    return gcm().open_json(object(gcm_iv_text, gcm_value_text, text, gcm_tag_text));
  };
  BOOST_TEST(accepts(open(mac)));
  BOOST_TEST(accepts(open("")));
  BOOST_TEST((refusal(open(std::string(64, '0'))) == errc::bad_mac));
  BOOST_TEST((refusal(open(gcm().hex_mac(std::string(gcm_iv_text).append(gcm_value_text)))) ==
              errc::bad_mac));
  for (const char* text : {"0", "x", " "}) BOOST_TEST((refusal(open(text)) == errc::bad_payload));
}

BOOST_AUTO_TEST_CASE(the_outer_base64_is_strict) {
  const std::string payload = cbc().seal(plaintext);
  BOOST_TEST(accepts(cbc().open(payload)));
  BOOST_TEST_REQUIRE(!payload.ends_with('='));
  std::string url_safe = base::base64(object(iv_text, value_text, mac_text, "") + "   ");
  BOOST_TEST(accepts(cbc().open(url_safe)));
  for (const std::string& bad :
       {std::string(), payload + "\n", " " + payload, payload + "====", "!!" + payload,
        payload.substr(0, 76) + "\r\n" + payload.substr(76), payload.substr(0, payload.size() - 1)})
    BOOST_TEST((refusal(cbc().open(bad)) == errc::bad_payload));
}

BOOST_AUTO_TEST_CASE(an_empty_gcm_value_is_a_message) {
  const outcome o = gcm().open(gcm().seal(""));
  BOOST_TEST_REQUIRE(std::holds_alternative<opened>(o));
  BOOST_TEST(std::get<opened>(o).plaintext.empty());
}

BOOST_AUTO_TEST_CASE(the_keys_cipher_decides_not_the_message) {
  for (const cipher sealed_with : all_ciphers()) {
    const std::string payload = keyed(sealed_with).seal(plaintext);
    for (const cipher opened_with : all_ciphers())
      BOOST_TEST(accepts(keyed(opened_with).open(payload)) == (sealed_with == opened_with));
  }
}

BOOST_AUTO_TEST_CASE(another_key_opens_nothing) {
  for (const cipher c : all_ciphers()) {
    std::string other(keyed(c).key);
    other.back() = static_cast<char>(other.back() ^ 1);
    const std::optional<errc> why = refusal(keyed(c, other).open(keyed(c).seal(plaintext)));
    BOOST_TEST((why == (crypto::is_gcm(c) ? errc::decrypt_failed : errc::bad_mac)));
  }
}

BOOST_AUTO_TEST_CASE(a_tampered_byte_anywhere_is_refused) {
  for (const cipher c : all_ciphers()) {
    const keyed key(c);
    const std::string payload = key.seal(plaintext);
    const std::string json = base::unbase64(payload).value();
    for (std::size_t at = 0; at < payload.size(); ++at) {
      for (int flip = 1; flip < 256; ++flip) {
        std::string changed = payload;
        changed[at] = static_cast<char>(changed[at] ^ flip);
        const outcome o = key.open(changed);
        // Padding can become a line end after the object: white space there is JSON's, and the
        // message the same one.
        if (at == payload.size() - 2 && payload.ends_with("==") && accepts(o)) continue;
        BOOST_TEST_REQUIRE(std::holds_alternative<errc>(o), changed);
      }
    }
    for (std::size_t at = 0; at < json.size(); ++at) {
      for (int flip = 1; flip < 256; ++flip) {
        std::string changed = json;
        changed[at] = static_cast<char>(changed[at] ^ flip);
        BOOST_TEST_REQUIRE(std::holds_alternative<errc>(key.open_json(changed)), changed);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_byte_changed_far_back_in_a_large_message_is_refused) {
  for (const cipher c : all_ciphers()) {
    const keyed key(c);
    const std::string payload = key.seal(std::string((1U << 20U) + 100, 'x'));
    for (const std::size_t at :
         {std::size_t{16} << 10U, std::size_t{64} << 10U, std::size_t{1} << 20U}) {
      std::string changed = payload;
      changed[at] = changed[at] == 'A' ? 'B' : 'A';
      BOOST_TEST(std::holds_alternative<errc>(key.open(changed)));
      BOOST_TEST(std::holds_alternative<errc>(key.open(payload.substr(0, at))));
    }
  }
}

BOOST_AUTO_TEST_CASE(random_mutations_neither_pass_nor_crash) {
  std::mt19937 random(36);  // NOLINT: the same numbers in each run
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::string_view alphabet = "{}[]\":,\\u0tf\n eE-+./nulltrue=A\x01\x80\xF0";
  for (int round = 0; round < 20000; ++round) {
    const keyed& key = round % 2 == 0 ? cbc() : gcm();
    std::string json = base::unbase64(key.seal(plaintext)).value();
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(json.size());
      switch (below(4)) {
        case 0: json[at] = alphabet[below(alphabet.size())]; break;
        case 1: json.insert(at, 1, alphabet[below(alphabet.size())]); break;
        case 2: json.erase(at, 1 + below(5)); break;
        default: json.insert(at, json.substr(below(json.size()), below(30))); break;
      }
      if (json.empty()) json = "{";
    }
    const outcome o = key.open_json(json);
    BOOST_TEST_REQUIRE((std::holds_alternative<errc>(o) || accepts(o)), json);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
