// SPDX-License-Identifier: Apache-2.0
// Answers sealed and signed for the client, and what becomes of them if somebody sends them back.

#include <boost/test/unit_test.hpp>

#include "core/crypto/digest.hpp"
#include "tests/core/admission/answers.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
using namespace tests::messages;
using crypto::cipher;

constexpr cipher all_ciphers[] = {cipher::aes_128_cbc, cipher::aes_256_cbc, cipher::aes_128_gcm,
                                  cipher::aes_256_gcm};

/// A client of this cipher, its gateway with this `reply`, and a request on its way.
struct conversation {
  laravel_client client;
  gateway g;
  passage request;

  explicit conversation(std::string_view reply, cipher c = cipher::aes_128_cbc,
                        std::optional<message> m = {})
      : client{.secret = std::string(crypto::key_size(c) == 16 ? secret16 : secret32), .cipher = c},
        g("billing: {token: my_key, secret: " + client.secret +
              ", cipher: " + std::string(crypto::name(c)) + "}",
          "{path: /api/, scheme: laravel, upstream: orders, bodyless: all, reply: {" +
              std::string(reply) + "}}"),
        request(g, m ? *m : client.sealed("{}")) {
    BOOST_TEST_REQUIRE(request.end() == "reserved");
  }

  [[nodiscard]] admission::envelope_facts facts() const {
    return facts_at(now + 1, &*request.opened);
  }
  /// Opens what was sealed for this client, as PHP would with the key of the replies.
  [[nodiscard]] std::string open(std::string payload) const {
    const std::string key = crypto::hkdf_sha256(
        client.secret, "gw-kdf-v1", "laravel-reply:" + std::string(crypto::name(client.cipher)),
        crypto::key_size(client.cipher));
    const crypto::hmac_sha256 mac(key);
    crypto::cipher_contexts contexts;
    const auto opened = envelope::open_laravel(payload, {client.cipher, key, mac}, contexts);
    return opened ? std::string(opened->plaintext.data(), opened->plaintext.size())
                  : std::string(base::name(opened.error()));
  }
  /// What a client computes to prove the gateway.
  [[nodiscard]] std::string signature(unsigned status, std::string_view mark,
                                      std::string_view body) const {
    const crypto::hmac_sha256 mac(client.secret);
    const std::string hash = base::hex(crypto::view(crypto::sha256({body})));
    return base::hex(crypto::view(mac.mac(
        {"countersign-reply\n1700000001\n", std::to_string(status), "\n", mark, "\n", hash})));
  }
};

/// The payload out of {"data":"…"}.
std::string payload_of(const answer& a) {
  constexpr std::string_view before = R"({"data":")";
  BOOST_TEST_REQUIRE(a.body.starts_with(before));
  BOOST_TEST_REQUIRE(a.body.ends_with("\"}"));
  return a.body.substr(before.size(), a.body.size() - before.size() - 2);
}

std::string sealed_mac(const std::string& payload) {
  const std::string json = base::unbase64(payload).value();
  const std::size_t at = json.find("\"mac\":\"") + 7;
  return json.substr(at, 64);
}

constexpr std::string_view both = "sign: true, seal: true";

/// A reply sent back as a request, with the fields the reply carries.
message sent_back(const answer& a, std::string method, bool with_body) {
  message m;
  m.method = std::move(method);
  m.fields = {{"Host", "api.example.com"}};
  for (const auto& [name, value] : a.fields)
    if (name != "Content-Length" && (with_body || name != "Content-Type")) m.add(name, value);
  if (with_body) {
    m.body = a.body;
    m.add("Content-Length", std::to_string(a.body.size()));
  }
  return m;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(reply)

BOOST_AUTO_TEST_CASE(every_reply_vector_is_what_a_client_finds_in_its_reply) {
  constexpr std::string_view of_strings = R"({"ok":true,"id":7})";
  constexpr std::string_view of_arrays =
      R"({"ok":true,"id":7,"name":"Zoë","list":[1,2.5,null],"5":"x"})";
  int seen = 0;
  for (const auto& v : tests::vectors("laravel.json", "laravel_response")) {
    const std::string mode = tests::text(v, "mode");
    const bool array = mode == "encrypt(array)";
    const cipher c = crypto::parse_cipher(tests::text(v, "cipher")).value();
    const conversation talk(
        std::string("seal: true, plaintext: ") + (array                     ? "array"
                                                  : mode == "encryptString" ? "raw"
                                                                            : "string"),
        c);
    BOOST_TEST_REQUIRE(talk.client.secret == tests::text(v, "key"));
    const messages::answer got = gathered(
        {.body = std::string(array ? of_arrays : of_strings), .method = "POST"}, talk.facts());
    BOOST_TEST(talk.open(payload_of(got)) == tests::text(v, "plaintext"));
    ++seen;
  }
  BOOST_TEST(seen == 6);
}

BOOST_AUTO_TEST_CASE(the_signature_vector_holds_for_a_whole_answer) {
  // The request of the vector: its payload's MAC begins with 7e835d59.
  laravel_client client;
  const std::string payload =
      tests::text(tests::vectors("laravel.json", "laravel_payload").at(0), "payload");
  const conversation talk("sign: true", cipher::aes_128_cbc, client.carrying(payload));
  const messages::answer got =
      gathered({.body = R"({"data":"x"})", .method = "POST"}, talk.facts());
  BOOST_TEST(got.value("signature") ==
             "c105595a1721c0b0ca62e13c2cf26eeb0ee41c221c6dc26a8d581e8953f7545b");
  BOOST_TEST(got.value("timestamp") == "1700000001");
  BOOST_TEST(got.value("version") == "1.0.0");
  BOOST_TEST(got.value("token") == "my_key");
  BOOST_TEST(got.body == R"({"data":"x"})");
}

BOOST_AUTO_TEST_CASE(all_ciphers_seal_and_sign_what_their_client_can_prove) {
  for (const cipher c : all_ciphers) {
    const conversation talk(both, c);
    const messages::answer got =
        gathered({.status = 201, .body = R"({"ok":true})", .method = "POST"}, talk.facts());
    BOOST_TEST(talk.open(payload_of(got)) == "s:11:\"{\"ok\":true}\";");
    BOOST_TEST(got.value("Content-Type") == "application/json");
    BOOST_TEST(got.value("Content-Length") == std::to_string(got.body.size()));
    // CBC requests are known by their MAC, GCM requests by iv and tag.
    const std::string mark = base::hex(talk.request.opened->identity().view());
    BOOST_TEST(mark.size() == (crypto::is_gcm(c) ? 56U : 64U));
    if (!crypto::is_gcm(c)) BOOST_TEST(mark == sealed_mac(talk.client.seal("{}")));
    BOOST_TEST(got.value("signature") == talk.signature(201, mark, got.body));
  }
}

BOOST_AUTO_TEST_CASE(a_reply_is_sealed_in_each_plaintext_and_form) {
  const auto plaintext = [](std::string_view how, std::string body) {
    const conversation talk("seal: true, plaintext: " + std::string(how));
    return talk.open(
        payload_of(gathered({.body = std::move(body), .method = "POST"}, talk.facts())));
  };
  BOOST_TEST(plaintext("string", "{}") == "s:2:\"{}\";");
  BOOST_TEST(plaintext("string", "<html>") == "s:6:\"<html>\";");
  BOOST_TEST(plaintext("raw", "\x01\xFF") == "\x01\xFF");
  BOOST_TEST(plaintext("array", R"({"a":[1]})") == "a:1:{s:1:\"a\";a:1:{i:0;i:1;}}");
  BOOST_TEST(plaintext("array", "<html>") == "s:6:\"<html>\";");
  BOOST_TEST(plaintext("array", "") == "s:0:\"\";");

  const conversation text("seal: true, form: text, plaintext: raw");
  const messages::answer bare = gathered({.body = "hello", .method = "POST"}, text.facts());
  BOOST_TEST(bare.value("Content-Type") == "text/plain");
  BOOST_TEST(text.open(bare.body) == "hello");
}

BOOST_AUTO_TEST_CASE(a_sealed_replys_member_is_the_schemes) {
  gateway g(one_client, "{path: /api/, scheme: mine, upstream: orders, reply: {seal: true}}",
            "schemes: {mine: {preset: laravel, field: sealed}}");
  const std::string payload = laravel_client().seal("{}");
  message m = laravel_client().bare("POST");
  m.body = "sealed=" + payload;
  m.add("Content-Type", "application/x-www-form-urlencoded");
  const passage p(g, m.add("Content-Length", std::to_string(m.body.size())));
  BOOST_TEST_REQUIRE(p.end() == "reserved");
  const messages::answer got =
      gathered({.body = "{}", .method = "POST"}, facts_at(now, &*p.opened));
  BOOST_TEST(got.body.starts_with(R"({"sealed":")"));
}

BOOST_AUTO_TEST_CASE(what_has_no_body_is_signed_only) {
  const conversation talk(both);
  const std::string mark = base::hex(talk.request.opened->identity().view());
  for (const upstream_says& says :
       {upstream_says{.method = "HEAD"}, upstream_says{.status = 204, .method = "POST"},
        upstream_says{.status = 304, .method = "GET"}}) {
    const messages::answer got = gathered(says, talk.facts());
    BOOST_TEST(got.body == "");
    BOOST_TEST(got.value("Content-Length") == "-");
    BOOST_TEST(got.value("Content-Type") == "-");
    BOOST_TEST(got.value("signature") == talk.signature(says.status, mark, ""));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_body_is_sealed_all_the_same) {
  const conversation talk(both);
  const messages::answer got =
      gathered({.fields = {{"Content-Length", "0"}}, .method = "POST"}, talk.facts());
  BOOST_TEST(talk.open(payload_of(got)) == "s:0:\"\";");
}

BOOST_AUTO_TEST_CASE(the_reply_to_a_bodyless_request_is_signed_with_an_empty_mark) {
  const conversation talk("sign: true", cipher::aes_128_cbc, laravel_client().bare("GET"));
  const messages::answer got = gathered({.body = "x"}, talk.facts());
  BOOST_TEST(got.value("signature") == talk.signature(200, "", "x"));
}

BOOST_AUTO_TEST_CASE(a_sealed_reply_keeps_nothing_that_described_the_other_body) {
  const conversation talk(both);
  const messages::answer got = gathered({.fields = {{"Content-Type", "text/html"},
                                                    {"Content-Encoding", "gzip"},
                                                    {"ETag", "\"x\""},
                                                    {"Content-Digest", "x"},
                                                    {"Signature", "theirs"},
                                                    {"TIMESTAMP", "1"},
                                                    {"Set-Cookie", "a=1"},
                                                    {"Content-Length", "2"}},
                                         .body = "{}",
                                         .method = "POST"},
                                        talk.facts());
  BOOST_TEST(got.value("Content-Type") == "application/json");
  for (const char* name : {"Content-Encoding", "ETag", "Content-Digest"})
    BOOST_TEST(got.value(name) == "-", name);
  BOOST_TEST(got.value("timestamp") == "1700000001");
  BOOST_TEST(got.value("signature").size() == 64U);
  BOOST_TEST(got.value("Set-Cookie") == "a=1");
  BOOST_TEST(got.value("Content-Length") == std::to_string(got.body.size()));
}

BOOST_AUTO_TEST_CASE(a_reply_signed_only_keeps_its_body_and_type) {
  const conversation talk("sign: true");
  const messages::answer got =
      gathered({.fields = {{"Content-Type", "text/html"}, {"ETag", "\"x\""}, {"token", "theirs"}},
                .body = "<p>",
                .method = "POST"},
               talk.facts());
  BOOST_TEST(got.body == "<p>");
  BOOST_TEST(got.value("Content-Type") == "text/html");
  BOOST_TEST(got.value("ETag") == "\"x\"");
  BOOST_TEST(got.value("token") == "my_key");
  BOOST_TEST(got.value("Content-Length") == "3");
}

BOOST_AUTO_TEST_CASE(problems_are_sealed_and_signed_for_proven_clients_only) {
  const conversation talk(both);
  const messages::answer got = problem(base::errc::upstream_unreachable, talk.facts());
  BOOST_TEST(got.status_line == "HTTP/1.1 502 Bad Gateway");
  const std::string plain = problem(base::errc::upstream_unreachable, facts_at(now)).body;
  BOOST_TEST(talk.open(payload_of(got)) ==
             "s:" + std::to_string(plain.size()) + ":\"" + plain + "\";");
  BOOST_TEST(got.value("Content-Type") == "application/json");
  const std::string mark = base::hex(talk.request.opened->identity().view());
  BOOST_TEST(got.value("signature") == talk.signature(502, mark, got.body));
  BOOST_TEST(problem(base::errc::upstream_unreachable, facts_at(now)).value("signature") == "-");

  auto head = talk.facts();
  head.head_only = true;
  const messages::answer bare = problem(base::errc::upstream_unreachable, head);
  BOOST_TEST(bare.body == "");
  BOOST_TEST(bare.value("Content-Length") == got.value("Content-Length"));
  BOOST_TEST(bare.value("signature") == talk.signature(502, mark, ""));
}

BOOST_AUTO_TEST_CASE(the_generation_that_proved_the_request_seals_the_reply) {
  gateway g(
      "billing: {token: my_key, secrets: [{id: new, value: fedcba9876543210}, "
      "{id: old, value: 0123456789abcdef}]}",
      "{path: /api/, scheme: laravel, upstream: orders, reply: {seal: true, sign: true}}");
  const passage p(g, laravel_client().sealed("{}"));
  BOOST_TEST_REQUIRE(p.reserved->key().id == "old");
  const conversation talk(both);  // the same secret
  const messages::answer got =
      gathered({.body = "{}", .method = "POST"}, facts_at(now + 1, &*p.opened));
  BOOST_TEST(talk.open(payload_of(got)) == "s:2:\"{}\";");
  BOOST_TEST(got.value("signature") ==
             talk.signature(200, base::hex(p.opened->identity().view()), got.body));
}

// ---- reflection

BOOST_AUTO_TEST_CASE(no_reply_is_a_request_with_its_body_or_without) {
  for (const cipher c : all_ciphers) {
    for (const char* form : {"json", "text"}) {
      conversation talk(std::string(both) + ", plaintext: raw, form: " + form, c);
      const messages::answer ok = gathered({.body = R"({"id":7})", .method = "POST"}, talk.facts());
      const messages::answer refused = problem(base::errc::no_key, talk.facts());
      const messages::answer empty = gathered({.status = 204, .method = "POST"}, talk.facts());
      for (const messages::answer& a : {ok, refused, empty}) {
        for (const char* method : {"POST", "GET", "DELETE"}) {
          BOOST_TEST(end_of(talk.g, sent_back(a, method, true)) == "prove: bad_signature");
          BOOST_TEST(end_of(talk.g, sent_back(a, method, false)) == "prove: bad_signature");
        }
      }
      // With a request's own head as well: the body is sealed with another key.
      message grafted = sent_back(ok, "POST", true);
      grafted.set("timestamp", std::to_string(now));
      grafted.set("signature", talk.client.signature(now));
      BOOST_TEST(end_of(talk.g, grafted) ==
                 (crypto::is_gcm(c) ? "open: decrypt_failed" : "open: bad_mac"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_requests_payload_is_no_reply) {
  for (const cipher c : all_ciphers) {
    const conversation talk(both, c);
    BOOST_TEST(talk.open(talk.client.seal("{}")) ==
               (crypto::is_gcm(c) ? "decrypt_failed" : "bad_mac"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
