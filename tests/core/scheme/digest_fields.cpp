// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/digest_fields.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

// RFC 9530, appendix B, and those of the empty body and of `{"hello": "world"}`.
constexpr std::string_view body = R"({"hello": "world"})";
const std::string sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
const std::string sha512 =
    "sha-512=:WZDPaVn/"
    "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew"
    "==:";
const std::string empty_sha256 = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

bool parses(std::string_view text) {
  core::scheme::content_digests d;
  return core::scheme::parse_content_digest(d, text);
}

bool fits(std::string_view text, std::string_view of = body) {
  core::scheme::content_digests d;
  BOOST_TEST_REQUIRE(core::scheme::parse_content_digest(d, text), text);
  return d.fit(of);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(digest_fields)

BOOST_AUTO_TEST_CASE(either_digest_does) {
  BOOST_TEST(fits(sha256));
  BOOST_TEST(fits(sha512));
  BOOST_TEST(fits(sha512 + ", " + sha256));
  BOOST_TEST(fits(empty_sha256, ""));
  BOOST_TEST(core::scheme::content_digest(body) == sha256);
}

BOOST_AUTO_TEST_CASE(each_that_is_there_must_fit) {
  BOOST_TEST(!fits(sha256, "another body"));
  BOOST_TEST(!fits(sha512, "another body"));
  BOOST_TEST(!fits(empty_sha256));
  BOOST_TEST(!fits(sha512 + ", " + empty_sha256));
  BOOST_TEST(!fits(sha256, "{\"hello\": \"world\"}\n"));
  const std::string other512 = [] {
    std::string text = sha512;
    text[10] = 'X';
    return text;
  }();
  BOOST_TEST(!fits(sha256 + ", " + other512));
}

BOOST_AUTO_TEST_CASE(those_by_other_algorithms_count_as_not_there) {
  BOOST_TEST(fits("md5=:AAAA:, sha=1, new;x, " + sha256));
  for (const std::string_view text :
       {"md5=:XrY7u+Ae7tCTyyK7j1rNww==:", "sha=:AAAA:", "crc32c=:AAAA:", "unixsum=1", "x", ""})
    BOOST_TEST(!parses(text), text);
}

BOOST_AUTO_TEST_CASE(one_outside_its_form_spoils_all) {
  for (const std::string_view text : {"sha-256=X48E", "sha-256", "sha-256=::", "sha-256=:AAAA:",
                                      "sha-256=(:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:)",
                                      "sha-256=\"X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\"",
                                      "SHA-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
                                      "sha-512=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
                                      // 33 bytes have as much base64 as 32.
                                      "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPEA:",
                                      // The spare bits of the last digit.
                                      "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPF=:"})
    BOOST_TEST(!parses(text), text);
  for (const std::string_view more : {",", ", sha-512=:AAAA:", ", sha-256=:AAAA:", ";x="})
    BOOST_TEST(!parses(std::string(sha256).append(more)), more);
  std::string other = sha512;
  BOOST_TEST(!parses(other.replace(0, 7, "sha-256")));
  // Longer than any room that it could be decoded into.
  for (std::string text : {"sha-256=:", "sha-512=:"})
    BOOST_TEST(!parses(text.append(4000, 'A').append(":")));
}

BOOST_AUTO_TEST_CASE(without_a_digest_nothing_fits) {
  const core::scheme::content_digests none{};
  BOOST_TEST(!none.fit(""));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
