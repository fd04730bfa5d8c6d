// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/jwe.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/encoding.hpp"
#include "tests/core/envelope/sealed.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
using envelope::jwe_alg;
using envelope::jwe_enc;
using envelope::jwe_settings;

constexpr jwe_alg algs[]{jwe_alg::dir, jwe_alg::a128kw, jwe_alg::a256kw};
constexpr jwe_enc encs[]{jwe_enc::a128gcm, jwe_enc::a256gcm, jwe_enc::a128cbc_hs256,
                         jwe_enc::a256cbc_hs512};

constexpr std::string_view syntax = "<bad_payload>";
constexpr std::string_view plaintext = R"({"hello":"world"})";

bool has_mac(jwe_enc enc) { return enc == jwe_enc::a128cbc_hs256 || enc == jwe_enc::a256cbc_hs512; }
/// What a wrong tag is told as.
std::string_view unproven(jwe_enc enc) { return has_mac(enc) ? "<bad_mac>" : "<decrypt_failed>"; }

crypto::cipher_contexts& contexts() {
  static crypto::cipher_contexts made;
  return made;
}

std::string counted_from(unsigned first, std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(first + i);
  return out;
}

/// Holds what a jwe_key only refers to.
struct keyed {
  jwe_settings how;
  std::string bytes = counted_from(how.alg == jwe_alg::dir ? 0 : 0x80, envelope::key_size(how));
  std::string kid = "k1";

  [[nodiscard]] envelope::jwe_key key() const { return {how, bytes, kid}; }

  /// The plaintext, with what the header says of ts and ver before it, or the refusal.
  [[nodiscard]] std::string open(std::string text) const {
    const auto opened = envelope::open_jwe(text, key(), contexts());
    if (!opened) return tests::outcome(opened.error());
    std::string said;
    if (opened->ts) said += "ts " + std::to_string(*opened->ts) + " ";
    if (opened->has_ver) said.append("ver ").append(opened->ver).append(" ");
    return said.append(opened->plaintext.data(), opened->plaintext.size());
  }
  /// By the vectors' initialization vector and content key.
  [[nodiscard]] std::string seal(std::string_view text, std::optional<std::int64_t> ts = {},
                                 std::optional<std::string_view> ver = {}) const {
    const std::string random =
        counted_from(0x10, envelope::sizes(how.enc).iv) + counted_from(0x40, 96);
    return envelope::seal_jwe(text, key(), random, contexts(), ts, ver);
  }
};

std::vector<keyed> all_keys() {
  std::vector<keyed> keys;
  for (const jwe_alg alg : algs)
    for (const jwe_enc enc : encs) keys.push_back({{alg, enc}});
  return keys;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}
std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ".").append(part);
  return text;
}

/// A token under this header, whose tag is right.
std::string under(const keyed& by, std::string_view header) {
  const std::string associated = ::core::base::base64url(header);
  const std::string iv(12, 'i');
  std::string data(plaintext);
  std::array<char, 16> tag;
  contexts().seal_gcm(crypto::cipher::aes_256_gcm, by.bytes, iv, data, data.data(), tag,
                      associated);
  return join({associated, "", ::core::base::base64url(iv), ::core::base::base64url(data),
               ::core::base::base64url({tag.data(), tag.size()})});
}

const keyed& direct() {
  static const keyed made{{jwe_alg::dir, jwe_enc::a256gcm}};
  return made;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(envelope)
BOOST_AUTO_TEST_SUITE(jwe)

BOOST_AUTO_TEST_CASE(the_vectors_open_and_are_sealed_to_the_byte) {
  int seen = 0;
  for (const auto& v : tests::vectors("encryption.json", "jwe"))
    for (keyed by : all_keys()) {
      if (name(by.how.alg) != tests::text(v, "alg") || name(by.how.enc) != tests::text(v, "enc"))
        continue;
      BOOST_TEST_CONTEXT(tests::text(v, "token")) {
        const bool of_a_client = tests::text(v, "token").find("Y2xpZW50LTEi") != std::string::npos;
        by.kid = of_a_client ? "client-1" : "k1";
        by.bytes = ::core::base::unhex_any_case(tests::text(v, "key_hex")).value();
        BOOST_TEST(by.open(tests::text(v, "token")) == tests::text(v, "plaintext"));
        BOOST_TEST(by.seal(tests::text(v, "plaintext")) == tests::text(v, "token"));
        ++seen;
      }
    }
  BOOST_TEST(seen == 10);
}

BOOST_AUTO_TEST_CASE(what_was_sealed_is_opened_for_every_size) {
  for (const keyed& by : all_keys())
    for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 31U, 32U, 33U, 1000U, 65536U}) {
      std::string text(size, 'x');
      for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i);
      BOOST_REQUIRE(by.open(by.seal(text)) == text);
    }
}

BOOST_AUTO_TEST_CASE(every_part_is_needed_and_nothing_follows) {
  for (const keyed& by : all_keys()) {
    const std::string text = by.seal(plaintext);
    for (std::size_t size = 0; size < text.size(); ++size)
      BOOST_TEST(by.open(text.substr(0, size)) != plaintext);
    for (const char* more : {".", "A", "=", "\n", " ", ".A"})
      BOOST_TEST(by.open(text + more) == syntax);
    BOOST_TEST(by.open(" " + text) == syntax);
    BOOST_TEST(by.open("." + text) == syntax);
  }
}

BOOST_AUTO_TEST_CASE(another_first_character_of_any_part_is_refused) {
  for (const keyed& by : all_keys()) {
    const std::vector<std::string> parts = split(by.seal(plaintext));
    for (std::size_t part = 0; part < parts.size(); ++part) {
      if (parts[part].empty()) continue;
      std::vector<std::string> other = parts;
      other[part][0] = other[part][0] == 'A' ? 'B' : 'A';
      BOOST_TEST(by.open(join(other)) == (part == 0 ? syntax : unproven(by.how.enc)));
    }
  }
}

BOOST_AUTO_TEST_CASE(another_character_anywhere_is_refused) {
  constexpr std::string_view some = "AaZz09-_.+/= \n";
  for (const keyed& by : all_keys()) {
    const std::string text = by.seal(plaintext);
    for (std::size_t at = 0; at < text.size(); ++at)
      for (const char c : some) {
        std::string other = text;
        other[at] = c;
        BOOST_REQUIRE((by.open(other) == plaintext) == (text[at] == c));
      }
  }
}

BOOST_AUTO_TEST_CASE(an_encrypted_key_belongs_to_wrapping_alone) {
  for (const keyed& by : all_keys()) {
    std::vector<std::string> parts = split(by.seal(plaintext));
    const std::string key = parts[1];
    BOOST_TEST(key.empty() == (by.how.alg == jwe_alg::dir));
    const std::string wide(4 * 18, 'A');
    for (const std::string& other : {std::string("A"), std::string("AAAA"), wide, key + "AAAA",
                                     key.substr(0, key.size() / 2)}) {
      if (other == key) continue;
      parts[1] = other;
      BOOST_TEST(by.open(join(parts)) == syntax);
    }
  }
}

// A wrong one is told like a wrong tag; and if the content is sealed with what a failed unwrapping
// leaves, it is still refused.
BOOST_AUTO_TEST_CASE(a_key_that_cannot_be_unwrapped_opens_nothing) {
  for (const keyed& by : all_keys()) {
    if (by.how.alg == jwe_alg::dir) continue;
    std::vector<std::string> parts = split(by.seal(plaintext));
    const std::string wrong(parts[1].size() - 1, 'A');
    parts[1] = wrong + 'A';
    BOOST_TEST(by.open(join(parts)) == unproven(by.how.enc));

    const std::size_t iv = ::core::envelope::sizes(by.how.enc).iv;
    const std::string zero_key = counted_from(0x10, iv) + std::string(96, '\0');
    std::string text = ::core::envelope::seal_jwe(plaintext, by.key(), zero_key, contexts());
    parts = split(text);
    BOOST_TEST(by.open(text) == plaintext);
    parts[1] = wrong + 'A';
    text = join(parts);
    const auto opened = ::core::envelope::open_jwe(text, by.key(), contexts());
    BOOST_TEST(tests::outcome(opened ? opened->plaintext
                                     : ::core::base::result<std::span<char>>(opened.error())) ==
               unproven(by.how.enc));
    BOOST_TEST(text.find(plaintext) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(another_key_opens_nothing) {
  for (keyed by : all_keys()) {
    const std::string text = by.seal(plaintext);
    for (std::size_t at = 0; at < by.bytes.size(); at += 7) {
      keyed other = by;
      other.bytes[at] = static_cast<char>(other.bytes[at] ^ 1);
      const std::string told = other.open(text);
      // Only the second half of a key for CBC deciphers: its MAC is then right.
      BOOST_TEST(told != plaintext);
      BOOST_TEST(told != syntax);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_keys_algorithms_decide_not_the_messages) {
  for (const keyed& sealed : all_keys())
    for (const keyed& opened : all_keys()) {
      const bool same = sealed.how.alg == opened.how.alg && sealed.how.enc == opened.how.enc;
      BOOST_TEST(opened.open(sealed.seal(plaintext)) == (same ? plaintext : syntax));
    }
}

BOOST_AUTO_TEST_CASE(headers_say_what_the_key_says) {
  const keyed& by = direct();
  const std::string start = R"({"alg":"dir","enc":"A256GCM")";
  for (const char* more : {"", R"(,"kid":"k1")", R"(,"typ":"JWE","cty":"application/json")",
                           R"(, "x":[1,{}])", R"(,"\u006bid":"k\u0031")"})
    BOOST_TEST(
        by.open(under(by, start + more + "}")) ==
            (std::string_view(more).find("{}") == std::string_view::npos ? plaintext : syntax),
        more);
  for (const char* header :
       {"", "{}", "[]", R"({"alg":"dir"})", R"({"enc":"A256GCM"})",
        R"({"alg":"DIR","enc":"A256GCM"})", R"({"alg":"dir","enc":"A256gcm"})",
        R"({"alg":"RSA1_5","enc":"A256GCM"})", R"({"alg":"PBES2-HS256+A128KW","enc":"A256GCM"})",
        R"({"alg":"none","enc":"A256GCM"})", R"({"alg":null,"enc":"A256GCM"})",
        R"({"alg":["dir"],"enc":"A256GCM"})"})
    BOOST_TEST(by.open(under(by, header)) == syntax, header);
  for (const char* more : {R"(,"kid":"k2")",
                           R"(,"kid":"")",
                           R"(,"kid":1)",
                           R"(,"kid":null)",
                           R"(,"crit":["exp"])",
                           R"(,"crit":[])",
                           R"(,"zip":"DEF")",
                           R"(,"zip":"")",
                           R"(,"p2c":1000000)",
                           R"(,"p2s":"AA")",
                           R"(,"alg":"dir")",
                           R"(,"\u0061lg":"dir")",
                           R"(,"x":1,"x":1)",
                           R"(,"kid":"k1","kid":"k1")",
                           R"(,"\u007aip":"DEF")",
                           ",",
                           R"(,"x")",
                           R"(,"x":)",
                           R"(,"x":-)",
                           R"(,"x":[[1]])"})
    BOOST_TEST(by.open(under(by, start + more + "}")) == syntax, more);
  BOOST_TEST(by.open(under(by, start + "}}")) == syntax);
  BOOST_TEST(by.open(under(by, start + "} x")) == syntax);
  BOOST_TEST(by.open(under(by, start)) == syntax);
}

BOOST_AUTO_TEST_CASE(a_stamp_and_a_version_are_handed_on) {
  for (const keyed& by : all_keys()) {
    BOOST_TEST(by.open(by.seal(plaintext, 1'700'000'000, "1.4.0")) ==
               "ts 1700000000 ver 1.4.0 " + std::string(plaintext));
    BOOST_TEST(by.open(by.seal(plaintext, 0)) == "ts 0 " + std::string(plaintext));
    BOOST_TEST(by.open(by.seal(plaintext, {}, "")) == "ver  " + std::string(plaintext));
    BOOST_TEST(by.open(by.seal("", {}, "a \"quoted\"\n")) == "ver a \"quoted\"\n ");
  }
  const std::string start = R"({"alg":"dir","enc":"A256GCM",)";
  for (const char* more :
       {R"("ts":"1")", R"("ts":-1)", R"("ts":1.0)", R"("ts":1e3)", R"("ts":01)", R"("ts":null)",
        R"("ts":9223372036854775808)", R"("ts":+1)", R"("ts":)", R"("ts":1,"ts":1)", R"("ver":1)",
        R"("ver":null)", R"("ver":"1","ver":"1")"})
    BOOST_TEST(direct().open(under(direct(), start + more + "}")) == syntax, more);
  BOOST_TEST(direct().open(under(direct(), start + R"("ts": 9223372036854775807 })")) ==
             "ts 9223372036854775807 " + std::string(plaintext));
}

BOOST_AUTO_TEST_CASE(headers_have_a_kibibyte_at_most) {
  const std::string start = R"({"alg":"dir","enc":"A256GCM","ver":")";
  const std::string room(1024 - start.size() - 2, 'v');
  BOOST_TEST(direct().open(under(direct(), start + room + "\"}")) ==
             "ver " + room + " " + std::string(plaintext));
  BOOST_TEST(direct().open(under(direct(), start + room + "v\"}")) == syntax);
  BOOST_TEST(direct().open(under(direct(), start + std::string(1U << 20U, 'v') + "\"}")) == syntax);
  std::string names = R"({"alg":"dir","enc":"A256GCM")";
  for (int i = 0; i < 14; ++i) names.append(",\"").append(std::to_string(i)).append("\":1");
  BOOST_TEST(direct().open(under(direct(), names + "}")) == plaintext);
  BOOST_TEST(direct().open(under(direct(), names + ",\"y\":1}")) == syntax);
}

BOOST_AUTO_TEST_CASE(parts_of_other_sizes_are_refused) {
  for (const keyed& by : all_keys()) {
    const std::vector<std::string> whole = split(by.seal(plaintext));
    for (const std::size_t part : {1U, 2U, 4U}) {
      if (whole[part].empty()) continue;
      const std::string bytes = ::core::base::unbase64url(whole[part]).value();
      for (const std::string& other :
           {std::string(), bytes.substr(1), bytes.substr(0, bytes.size() - 1), bytes + 'x',
            bytes + bytes, std::string(1U << 20U, 'x')}) {
        std::vector<std::string> parts = whole;
        parts[part] = ::core::base::base64url(other);
        BOOST_TEST(by.open(join(parts)) == syntax);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(parts_of_their_size_are_strict_base64url) {
  for (const keyed& by : all_keys()) {
    const std::vector<std::string> whole = split(by.seal(plaintext));
    for (const std::size_t part : {0U, 1U, 2U, 3U, 4U}) {
      if (whole[part].empty()) continue;
      for (const char c : std::string_view("+/= \n")) {
        std::vector<std::string> parts = whole;
        parts[part][1] = c;
        BOOST_TEST(by.open(join(parts)) == syntax);
      }
    }
  }
}

// Whatever the MAC of a wrong size of ciphertext is: it isn't made.
BOOST_AUTO_TEST_CASE(cbc_takes_whole_blocks) {
  for (const keyed& by : all_keys()) {
    if (!has_mac(by.how.enc)) continue;
    std::vector<std::string> parts = split(by.seal(plaintext));
    for (const std::size_t size : {0U, 1U, 15U, 17U, 33U}) {
      parts[3] = ::core::base::base64url(std::string(size, 'x'));
      BOOST_TEST(by.open(join(parts)) == syntax);
    }
    parts[3] = ::core::base::base64url(std::string(32, 'x'));
    BOOST_TEST(by.open(join(parts)) == "<bad_mac>");
  }
}

BOOST_AUTO_TEST_CASE(an_empty_kid_is_left_out) {
  keyed by = direct();
  by.kid.clear();
  const std::string text = by.seal(plaintext);
  BOOST_TEST(::core::base::unbase64url(split(text)[0]).value() ==
             R"({"alg":"dir","enc":"A256GCM"})");
  BOOST_TEST(by.open(text) == plaintext);
  BOOST_TEST(by.open(direct().seal(plaintext)) == syntax);
}

BOOST_AUTO_TEST_CASE(sealing_refuses_other_sizes) {
  for (keyed by : all_keys()) {
    const auto sealed = [&](std::size_t random) {
      return ::core::envelope::seal_jwe("x", by.key(), std::string(random, 'r'), contexts());
    };
    BOOST_CHECK_THROW(sealed(95), std::logic_error);
    by.bytes.pop_back();
    BOOST_CHECK_THROW(sealed(96), std::logic_error);
  }
}

BOOST_AUTO_TEST_CASE(random_mutations_neither_pass_nor_crash) {
  std::mt19937 random(36);  // NOLINT: the same numbers in each run
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::vector<keyed> keys = all_keys();
  for (int round = 0; round < 20000; ++round) {
    const keyed& by = keys[below(keys.size())];
    const std::string whole = by.seal(plaintext);
    std::string text = whole;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.insert(at, 1, "AZ.-_"[below(5)]); break;
        case 2: text.erase(at, 1 + below(5)); break;
        default: text.insert(at, text.substr(below(text.size()), below(30))); break;
      }
      if (text.empty()) text = ".";
    }
    const std::string told = by.open(text);
    BOOST_TEST_REQUIRE((text == whole || told != plaintext), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
