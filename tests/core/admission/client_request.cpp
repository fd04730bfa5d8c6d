// SPDX-License-Identifier: Apache-2.0
#include "core/admission/client_request.hpp"

#include <boost/test/unit_test.hpp>

#include "core/base/encoding.hpp"

#include "tests/core/admission/client_side.hpp"

using core::base::errc;
using namespace tests::client_side;
namespace admission = core::admission;

namespace {

constexpr const char* ciphers[][2] = {{"AES-128-CBC", "0123456789abcdef"},
                                      {"AES-256-CBC", "0123456789abcdef0123456789ABCDEF"},
                                      {"AES-128-GCM", "0123456789abcdef"},
                                      {"AES-256-GCM", "0123456789abcdef0123456789ABCDEF"}};
constexpr const char* constructions[] = {"A1", "A2", "A3, allow_weak: true"};
constexpr const char* payloads[] = {"auto", "form", "json", "raw"};
constexpr const char* plaintexts[] = {"auto", "php_serialized", "raw"};

std::string yaml(const std::string& client, const std::string& scheme, const std::string& route) {
  return "listen: 127.0.0.1:8080\nclients: {billing: {token: my_key, " + client +
         "}}\nupstreams: {orders: http://127.0.0.1:9001}\nschemes: {own: {preset: laravel" +
         scheme + "}}\nroutes: [{path: /api/, scheme: own, upstream: orders" + route + "}]\n";
}

const std::string secret16 = "secret: 0123456789abcdef";

/// What the server's stages make of these bytes.
struct verdict {
  std::optional<errc> refused;
  std::string plaintext;
  std::string identity;
  std::string token;
  std::string version;
};

verdict judge(const std::string& bytes, const admission::snapshot& rules,
              core::base::instant at = moment()) {
  taken_apart got(bytes);
  const auto head = request_head(got);
  admission::workspace space;
  admission::findings known;
  const auto arrived = admission::arrive(head, rules, at, known);
  if (!arrived) return {arrived.error(), {}, {}, {}, {}};
  if (arrived->framing().length != got.body.size()) throw std::runtime_error("wrong length");
  const auto routed = admission::find_route(*arrived, rules);
  if (!routed) return {routed.error(), {}, {}, {}, {}};
  const auto claimed = admission::inspect(*routed);
  if (!claimed) return {claimed.error(), {}, {}, {}, {}};
  const auto proof = admission::prove(*claimed, rules);
  if (!proof.outcome) return {proof.outcome.error(), {}, {}, {}, {}};
  const auto opened = admission::open(*proof.outcome, got.body, space);
  if (!opened) return {opened.error(), {}, {}, {}, {}};
  const auto outbound = admission::admit(*opened, at, space);
  if (!outbound) return {outbound.error(), {}, {}, {}, {}};
  const auto reserved = admission::confirm(*outbound, core::replay::verdict::fresh);
  if (!reserved) return {reserved.error(), {}, {}, {}, {}};
  return {std::nullopt, std::string(reserved->content()), std::string(reserved->identity().view()),
          std::string(reserved->claim().token), std::string(reserved->claim().version)};
}

std::string field(const admission::client_request& r, std::string_view name) {
  std::string found = "(absent)";
  for (const auto& f : r.fields)
    if (f.name == name) found = f.value;
  return found;
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(errc)

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(client_request)

BOOST_AUTO_TEST_CASE(the_stages_accept_it_in_every_setting) {
  const std::string body = R"({"text":"Zo\u00eb & co = 100%","list":[1,2]})";
  for (const auto& [cipher, secret] : ciphers)
    for (const char* construction : constructions)
      for (const char* payload : payloads)
        for (const char* plaintext : plaintexts) {
          const std::string setting = std::string(", construction: ") + construction +
                                      ", payload: " + payload + ", plaintext: " + plaintext +
                                      ", field: \"a&b\", headers: {timestamp: X-Time, version: "
                                      "X-Ver, token: X-Who, signature: X-Sig}";
          BOOST_TEST_CONTEXT(cipher << setting) {
            const auto rules = compile(
                yaml(std::string("secret: ") + secret + ", cipher: " + cipher, setting, ""));
            const auto made = make(message(body), rules);
            const verdict got = judge(made.bytes(), rules);
            BOOST_TEST(!got.refused);
            BOOST_TEST(got.plaintext == body);
            BOOST_TEST(got.token == "my_key");
            BOOST_TEST(field(made, "X-Time") == "1700000000");
          }
        }
}

BOOST_AUTO_TEST_CASE(the_mark_is_what_identifies_the_payload) {
  for (const auto& [cipher, secret] : ciphers) {
    const auto rules =
        compile(yaml(std::string("secret: ") + secret + ", cipher: " + cipher, "", ""));
    const auto made = make(message(), rules);
    BOOST_TEST(made.mark == ::core::base::hex(judge(made.bytes(), rules).identity));
    BOOST_TEST(!made.mark.empty());
  }
}

BOOST_AUTO_TEST_CASE(it_is_what_a_php_client_sends) {
  const auto rules = compile(yaml(secret16, "", ""));
  const std::string sent = make(message("hello"), rules).bytes();
  BOOST_TEST(
      sent.starts_with("POST /api/orders HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "timestamp: 1700000000\r\nversion: 1.0.0\r\ntoken: my_key\r\n"
                       // wire-formats of the scheme: construction A1's own vector
                       "signature: 276b633610a53cefabdae7e95ac35cb2180e204eae074176be800ce37"
                       "bcdd3e7\r\nContent-Length: "));
  BOOST_TEST(sent.find("\r\n\r\ndata=eyJpdiI6") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_forms_have_their_content_types) {
  const char* expected[] = {"application/x-www-form-urlencoded",
                            "application/x-www-form-urlencoded", "application/json", "text/plain"};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto rules = compile(yaml(secret16, std::string(", payload: ") + payloads[i], ""));
    BOOST_TEST(field(make(message(), rules), "Content-Type") == expected[i]);
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_no_json_becomes_a_json_string) {
  const auto rules = compile(yaml(secret16, "", ""));
  BOOST_TEST(judge(make(message("hello"), rules).bytes(), rules).plaintext == "\"hello\"");
  BOOST_TEST(judge(make(message(""), rules).bytes(), rules).plaintext == "\"\"");
}

BOOST_AUTO_TEST_CASE(a_request_without_a_body_is_signed_where_the_route_takes_one) {
  const auto rules = compile(yaml(secret16, "", ", bodyless: safe"));
  auto m = message();
  m.method = "GET";
  m.body.reset();
  const auto made = make(m, rules);
  BOOST_TEST(!made.body);
  BOOST_TEST(made.mark.empty());
  BOOST_TEST(made.bytes().find("Content-") == std::string::npos);
  BOOST_TEST(!judge(made.bytes(), rules).refused);
}

BOOST_AUTO_TEST_CASE(the_newest_secret_in_force_signs) {
  const auto rules = compile(
      yaml("secrets: [{id: next, value: cccccccc00000003, from: 2030-01-01}, {id: new, value: "
           "aaaaaaaa00000001, from: 2023-01-01}, {id: old, value: bbbbbbbb00000002}]",
           "", ""));
  BOOST_TEST(make(message(), rules).key->id == "new");
  auto m = message();
  m.secret = "old";
  BOOST_TEST(make(m, rules).key->id == "old");
  BOOST_TEST(!judge(make(m, rules).bytes(), rules).refused);
  m.secret = "next";
  BOOST_TEST((judge(make(m, rules).bytes(), rules).refused == errc::bad_signature));
}

BOOST_AUTO_TEST_CASE(keys_of_their_own_sign_and_seal) {
  const auto rules =
      compile(yaml(secret16 + ", signing_secret: a-long-secret-that-signs, encryption_key: "
                              "fedcba9876543210",
                   "", ""));
  BOOST_TEST(!judge(make(message(), rules).bytes(), rules).refused);
}

BOOST_AUTO_TEST_CASE(the_version_chooses_the_route_and_its_settings) {
  const auto rules = compile(
      "listen: 127.0.0.1:8080\nclients: {billing: {secret: 0123456789abcdef}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\n"
      "schemes: {own: {preset: laravel, payload: json, headers: {version: X-Ver}}}\n"
      "routes: [{name: two, path: /api/, client_version: \">=2.0.0 <3.0.0\", scheme: own, "
      "upstream: orders},"
      " {name: one, path: /api/, client_version: \"<2.0.0\", scheme: own, upstream: orders}]\n");
  auto m = message();
  BOOST_TEST(make(m, rules).policy->settings.name == "one");
  m.version = "2.1.0";
  const auto made = make(m, rules);
  BOOST_TEST(made.policy->settings.name == "two");
  BOOST_TEST(judge(made.bytes(), rules).version == "2.1.0");
  m.version = "3.0.0";
  BOOST_TEST(why_not(m, rules) == "no route takes this path from version 3.0.0");
}

BOOST_AUTO_TEST_CASE(the_host_chooses_the_route) {
  const auto rules = compile(
      "listen: 127.0.0.1:8080\nclients: {billing: {secret: 0123456789abcdef}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\n"
      "routes: [{name: here, host: api.example.com, path: /, scheme: laravel, upstream: "
      "orders}]\n");
  auto m = message();
  BOOST_TEST(why_not(m, rules) == "no route takes 127.0.0.1:8080/api/orders");
  m.authority = "api.example.com:8080";
  BOOST_TEST(make(m, rules).policy->settings.name == "here");
}

BOOST_AUTO_TEST_CASE(a_route_without_a_scheme_gets_the_body_as_it_is) {
  const auto rules = compile(
      "listen: 127.0.0.1:8080\nclients: {billing: {secret: 0123456789abcdef}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\n"
      "routes: [{path: /api/, scheme: none, upstream: orders},"
      " {path: /other/, scheme: laravel, upstream: orders}]\n");
  const auto made = make(message("plain"), rules);
  BOOST_TEST((made.key == nullptr));
  BOOST_TEST(made.body.value() == "plain");
  BOOST_TEST(made.bytes().find("signature") == std::string::npos);
  ::core::admission::workspace space;
  BOOST_TEST(!::core::admission::foresee(made, rules, moment(), space));
}

BOOST_AUTO_TEST_CASE(what_can_not_be_said_has_a_reason) {
  const auto rules = compile(yaml(secret16, "", ", methods: [POST, PUT]"));
  auto m = message();
  m.client = "biling";
  BOOST_TEST(why_not(m, rules) == "no client is called \"biling\"; did you mean \"billing\"?");
  m = message();
  m.client = "";
  BOOST_TEST(why_not(m, rules) == "no client is called \"\"; known here: billing");
  m = message();
  m.secret = "old";
  BOOST_TEST(why_not(m, rules).starts_with("\"billing\" has no secret called \"old\""));
  m = message();
  m.method = "GET";
  BOOST_TEST(why_not(m, rules) == "the route takes no GET, only POST, PUT");
  m.method = "post";
  BOOST_TEST(why_not(m, rules).starts_with("the gateway knows no method \"post\""));
  m = message();
  m.target = "/api//orders";
  BOOST_TEST(why_not(m, rules).starts_with("the gateway takes no path like \"/api//orders\""));
  m.target = "/other";
  BOOST_TEST(why_not(m, rules) == "no route takes 127.0.0.1:8080/other");
  m = message();
  m.version = "1 0";
  BOOST_TEST(why_not(m, rules).starts_with("\"1 0\" is no version"));
  m = message();
  m.authority = "a,b";
  BOOST_TEST(why_not(m, rules) == "\"a,b\" is no Host");
  const auto expired =
      compile(yaml("secrets: [{id: a, value: 0123456789abcdef, until: 2020-01-01}]", "", ""));
  BOOST_TEST(why_not(message(), expired) == "no secret of \"billing\" is in force now");
}

BOOST_AUTO_TEST_CASE(refusals_are_foreseen) {
  const auto foreseen = [](const ::core::admission::client_message& m, const std::string& client,
                           const std::string& route = "") {
    const auto rules = compile(yaml(client, "", route));
    ::core::admission::workspace space;
    return ::core::admission::foresee(make(m, rules), rules, moment(), space);
  };
  auto m = message();
  BOOST_TEST(!foreseen(m, secret16));
  BOOST_TEST((foreseen(m, secret16 + ", enabled: false") == errc::client_disabled));
  BOOST_TEST((foreseen(m, secret16 + ", versions: {minimum: 2.0.0}") == errc::version_rejected));
  BOOST_TEST((foreseen(m, secret16, ", body_bytes: 100B") == errc::body_too_large));
  m.timestamp = now - 301;
  BOOST_TEST((foreseen(m, secret16) == errc::stale));
  m.timestamp = now + 61;
  BOOST_TEST((foreseen(m, secret16) == errc::future));
  m = message();
  m.body.reset();
  BOOST_TEST((foreseen(m, secret16, ", bodyless: all") == errc::missing_payload));
}

BOOST_AUTO_TEST_CASE(refusals_of_what_was_changed_after_it_was_made_are_foreseen) {
  const auto rules = compile(yaml(secret16, "", ""));
  ::core::admission::workspace space;
  const auto made = make(message(), rules);
  auto changed = made;
  changed.target = "/api//orders";
  BOOST_TEST((foresee(changed, rules, moment(), space) == errc::bad_target));
  changed.target = "/other";
  BOOST_TEST((foresee(changed, rules, moment(), space) == errc::no_route));
  changed = made;
  changed.fields.clear();
  BOOST_TEST((foresee(changed, rules, moment(), space) == errc::missing_credential));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
