// SPDX-License-Identifier: Apache-2.0
// `forward: covered`: of what came, only what the signature covers goes on.

#include <boost/test/unit_test.hpp>

#include "core/http/host.hpp"
#include "tests/core/admission/answers.hpp"

namespace {

using namespace core;
using namespace tests::messages;

constexpr std::string_view fresh_trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
constexpr std::string_view own_trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr std::string_view client = "billing: {secret: 0123456789abcdef0123456789abcdef}";

gateway with(std::string_view scheme, std::string_view route = {}, std::string_view schemes = {}) {
  std::string text = "{name: orders, path: /api/, upstream: orders, forward: covered, scheme: ";
  text.append(scheme).append(route).append("}");
  return gateway(client, text, schemes);
}

answer upstream_head(gateway& g, message m) {
  const passage p(g, std::move(m));
  BOOST_TEST_REQUIRE(p.end() == "reserved");
  std::string out;
  admission::write_upstream_head(out, admission::cleared(*p.reserved),
                                 {"127.0.0.1:9001", "192.0.2.7", "f00df00df00df00d", fresh_trace});
  return answer(out);
}

message bodyless(field_list fields) {
  message m;
  m.method = "GET";
  m.fields = std::move(fields);
  m.fields.emplace_back("Host", "api.example.com");
  return m;
}

/// Signed by `scheme` with billing's key, as a client that covers whatever its own settings say.
void sign(gateway& g, message& m, const scheme::rfc9421_settings& settings) {
  const auto head = m.head();
  const scheme::request_view view{head, http::parse_target(m.target).value(), "api.example.com",
                                  "http"};
  const keys::scheme_key& key = *g.rules.keys.all()[1].generations[0].key_of(0);
  const scheme::rfc9421 signing(settings);
  for (auto& [name, value] : signing.sign_request(view, m.body, {"1.0.0", now, "0123456789abcdef"},
                                                  {"billing", &*key.proof}))
    m.add(std::move(name), std::move(value));
}

scheme::rfc9421_settings covering(std::initializer_list<const char*> names) {
  scheme::rfc9421_settings settings;
  for (const char* name : names) settings.required.emplace_back(name);
  return settings;
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(forwarding)

BOOST_AUTO_TEST_CASE(what_a_message_of_rfc9421_covers_is_its_own_choice) {
  gateway g = with("rfc9421");
  message m = bodyless({{"X-Mine", "1"},
                        {"X-Mine", "2"},
                        {"X-Yours", "3"},
                        {"X-Min", "4"},
                        {"X-Mine-Too", "5"},
                        {"Accept", "text/plain"}});
  ::sign(g, m, ::covering({"x-mine"}));
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("X-Mine") == "1|2");
  for (const char* name : {"X-Yours", "X-Min", "X-Mine-Too", "Accept"})
    BOOST_TEST(got.value(name) == "-", name);
  // What the gateway sets is there, and what proved the message is not.
  BOOST_TEST(got.value("Host") == "127.0.0.1:9001");
  BOOST_TEST(got.value("X-Client-Id") == "billing");
  BOOST_TEST(got.value("X-Client-Version") == "1.0.0");
  BOOST_TEST(got.value("X-Request-Id") == "f00df00df00df00d");
  BOOST_TEST(got.value("X-Forwarded-For") == "192.0.2.7");
  BOOST_TEST(got.value("traceparent") == fresh_trace);
  for (const char* name : {"Signature", "Signature-Input", "Content-Digest", "Client-Version"})
    BOOST_TEST(got.value(name) == "-", name);

  message other = bodyless({{"X-Mine", "1"}, {"X-Yours", "3"}});
  ::sign(g, other, ::covering({}));
  BOOST_TEST(::upstream_head(g, other).value("X-Mine") == "-");
}

BOOST_AUTO_TEST_CASE(a_field_that_never_passes_does_not_for_being_covered) {
  gateway g = with("rfc9421");
  message m = bodyless({{"X-Client-Id", "evil"},
                        {"X-Forwarded-For", "10.0.0.1"},
                        {"X-Drop", "1"},
                        {"Connection", "X-Drop"}});
  ::sign(g, m, ::covering({"x-client-id", "x-forwarded-for", "x-drop"}));
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("X-Client-Id") == "billing");
  BOOST_TEST(got.value("X-Forwarded-For") == "192.0.2.7");
  BOOST_TEST(got.value("X-Drop") == "-");
}

BOOST_AUTO_TEST_CASE(a_trace_goes_on_if_it_is_covered) {
  gateway g = with("rfc9421");
  const field_list traced{{"traceparent", std::string(::own_trace)}, {"tracestate", "a=b"}};
  const auto seen = [&](std::initializer_list<const char*> names) {
    message m = bodyless(traced);
    ::sign(g, m, ::covering(names));
    const messages::answer got = ::upstream_head(g, m);
    return got.value("traceparent").substr(3, 4) + " " + got.value("tracestate");
  };
  BOOST_TEST(seen({}) == "0123 -");
  BOOST_TEST(seen({"traceparent"}) == "4bf9 -");
  BOOST_TEST(seen({"tracestate"}) == "0123 -");
  BOOST_TEST(seen({"traceparent", "tracestate"}) == "4bf9 a=b");
}

BOOST_AUTO_TEST_CASE(the_type_of_a_body_that_goes_on_as_it_came_goes_with_it) {
  gateway g = with("rfc9421", ", content: any");
  message m = bodyless({{"Content-Type", "text/csv"},
                        {"Content-Length", "3"},
                        {"Content-Encoding", "br"},
                        {"X-Yours", "1"}});
  m.method = "POST";
  m.body = "a,b";
  ::sign(g, m, ::covering({}));
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("Content-Type") == "text/csv");
  BOOST_TEST(got.value("Content-Encoding") == "br");
  BOOST_TEST(got.value("X-Yours") == "-");
  gateway json = with("rfc9421");
  message other = bodyless({{"Content-Type", "text/json"}, {"Content-Length", "2"}});
  other.method = "POST";
  other.body = "{}";
  ::sign(json, other, ::covering({}));
  BOOST_TEST(::upstream_head(json, other).value("Content-Type") == "application/json");
}

BOOST_AUTO_TEST_CASE(a_template_covers_the_fields_that_its_text_names) {
  gateway g = with("mine", {},
                   "schemes: {mine: {type: template, fields: {token: {header: X-Who}, timestamp: "
                   "{header: X-Time}}, signature: {header: X-Mac}, string_to_sign: "
                   "'{token}{lf}{timestamp}{lf}{header:X-Mine}{lf}{header:X-Any|lower}{lf}"
                   "{header:X-May?}'}}");
  const std::string text = "billing\n1700000000\n1\na\n";
  const crypto::hmac_sha256 mac("0123456789abcdef0123456789abcdef");
  const auto sent = [&](const field_list& more, std::string_view end) {
    message m = bodyless(more);
    m.add("X-Who", "billing").add("X-Time", "1700000000").add("X-Mine", "1").add("X-Any", "A");
    m.add("X-Mac", base::hex(crypto::view(mac.mac({text, end}))));
    return ::upstream_head(g, m);
  };
  const messages::answer got = sent({{"X-Yours", "2"}}, "");
  BOOST_TEST(got.value("x-mine") == "1");
  for (const char* name : {"X-Yours", "X-Who", "X-Time", "X-Mac", "X-May"})
    BOOST_TEST(got.value(name) == "-", name);
  // Whoever stands between can write it in other letters.
  BOOST_TEST(got.value("X-Any") == "-");
  BOOST_TEST(sent({{"x-may", "m"}}, "m").value("X-May") == "m");
}

BOOST_AUTO_TEST_CASE(the_laravel_scheme_covers_none) {
  gateway g(one_client, "{path: /api/, scheme: laravel, upstream: orders, forward: covered}");
  message m = laravel_client().sealed("{}");
  m.add("X-Mine", "1").add("Accept", "*/*").add("traceparent", std::string(::own_trace));
  const messages::answer got = ::upstream_head(g, m);
  for (const auto& [name, value] : got.fields)
    BOOST_TEST((name == "Host" || name == "X-Client-Id" || name == "X-Client-Version" ||
                name == "Content-Type" || name == "X-Request-Id" || name == "X-Forwarded-For" ||
                name == "X-Forwarded-Proto" || name == "X-Forwarded-Host" ||
                name == "traceparent" || name == "Content-Length"),
               name);
  BOOST_TEST(got.value("traceparent") == fresh_trace);
  BOOST_TEST(got.value("Content-Type") == "application/json");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
