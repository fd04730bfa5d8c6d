// SPDX-License-Identifier: Apache-2.0
// What every scheme must refuse, from one table: a scheme gets it all by being listed.

#include <boost/test/unit_test.hpp>
#include <functional>

#include "core/admission/answer.hpp"
#include "core/admission/client_reply.hpp"
#include "core/admission/client_request.hpp"
#include "core/admission/refusal.hpp"
#include "core/base/encoding.hpp"
#include "tests/core/admission/client_side.hpp"

using core::base::errc;
using namespace tests::client_side;
namespace admission = core::admission;
namespace base = core::base;
namespace crypto = core::crypto;
namespace http = core::http;
namespace keys = core::keys;

namespace {

const std::string random_bytes = [] {
  std::string out;
  for (std::size_t i = 0; i < admission::client_random_size; ++i)
    out.push_back(static_cast<char>(i * 7 + 1));
  return out;
}();

constexpr std::string_view secret32 =
    "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

struct subject {
  std::string name;
  std::string scheme;          ///< of the route, and what goes with it
  std::string own = {};        ///< under `schemes`
  std::string client = "one";  ///< who sends
  bool stamped = true;
  bool head_signed = true;  ///< do method, path and query belong to what is signed?
  bool replies = false;     ///< signed
  std::vector<std::string> credentials = {};  ///< fields that must be there, once each
  std::vector<std::string> signatures = {};   ///< those that hold a signature or a MAC
};

const std::vector<std::string> profile{"Signature-Input", "Signature", "Content-Digest"};
const std::vector<std::string> gw1{"X-Auth-Token", "X-Auth-Version", "X-Auth-Timestamp",
                                   "X-Auth-Nonce", "X-Auth-Signature"};

const std::vector<subject> subjects{
    {"rfc9421",
     "rfc9421, reply: {sign: true}",
     {},
     "one",
     true,
     true,
     true,
     profile,
     {"Signature"}},
    {"rfc9421 and jwe",
     "rfc9421, envelope: jwe, reply: {sign: true, seal: true}",
     {},
     "one",
     true,
     true,
     true,
     profile,
     {"Signature"}},
    {"rfc9421 and aes128gcm",
     "rfc9421, envelope: aes128gcm, reply: {sign: true, seal: true}",
     {},
     "one",
     true,
     true,
     true,
     profile,
     {"Signature"}},
    {"rfc9421 and laravel's envelope",
     "rfc9421, envelope: laravel, reply: {sign: true}",
     {},
     "one",
     true,
     true,
     true,
     profile,
     {"Signature"}},
    {"gw1", "gw1, reply: {sign: true}", {}, "one", true, true, true, gw1, {"X-Auth-Signature"}},
    {"gw1 and jwe",
     "gw1, envelope: jwe, reply: {sign: true, seal: true}",
     {},
     "one",
     true,
     true,
     true,
     gw1,
     {"X-Auth-Signature"}},
    {"a template of one's own",
     "mine",
     "mine: {type: template, algorithm: hmac-sha512, fields: {token: {header: X-Who}, timestamp: "
     "{header: X-Time}, nonce: {header: X-Nonce, charset: '[A-Za-z0-9]{16,64}'}}, signature: "
     "{header: X-Mac, encoding: base64}, string_to_sign: "
     "'{token}{lf}{timestamp}{lf}{nonce}{lf}{method}{lf}{host}{lf}{target}{lf}{body|sha256|hex}'}",
     "one",
     true,
     true,
     false,
     {"X-Who", "X-Time", "X-Nonce", "X-Mac"},
     {"X-Mac"}},
    {"stripe",
     "stripe, client: hooks",
     {},
     "hooks",
     true,
     false,
     false,
     {"Stripe-Signature"},
     {"Stripe-Signature"}},
    {"slack",
     "slack, client: hooks",
     {},
     "hooks",
     true,
     false,
     false,
     {"X-Slack-Request-Timestamp", "X-Slack-Signature"},
     {"X-Slack-Signature"}},
    {"github",
     "github, client: hooks",
     {},
     "hooks",
     false,
     false,
     false,
     {"X-Hub-Signature-256"},
     {"X-Hub-Signature-256"}},
    {"shopify",
     "shopify, client: hooks",
     {},
     "hooks",
     false,
     false,
     false,
     {"X-Shopify-Hmac-Sha256"},
     {"X-Shopify-Hmac-Sha256"}},
};

std::string yaml(const subject& s, bool hooks_elsewhere = false) {
  const bool bound = s.client == "hooks" || hooks_elsewhere;
  std::string text = "listen: 127.0.0.1:8080\nclients:\n  one: {secret: \"";
  text.append(secret32).append("\"");
  if (s.name.ends_with("laravel's envelope")) text.append(", cipher: AES-256-GCM");
  text.append("}\n  two: {secret: \"hex:")
      .append(std::string(62, 'a'))
      .append("bb\", cipher: AES-256-GCM}\n");
  if (bound) text.append("  hooks: {secret: 0123456789abcdef0123456789abcdef}\n");
  text.append("upstreams: {orders: http://127.0.0.1:9001}\n");
  if (!s.own.empty()) text.append("schemes:\n  ").append(s.own).append("\n");
  text.append("routes:\n  - {name: api, path: /api/, upstream: orders, scheme: ")
      .append(s.scheme)
      .append("}\n");
  return text;
}

/// A request that can be changed.
struct request {
  std::string method, target, authority;
  std::vector<admission::client_field> fields;
  std::string body;

  request(const admission::client_request& r)
      : method(r.method),
        target(r.target),
        authority(r.authority),
        fields(r.fields),
        body(r.body.value_or(std::string())) {}

  std::string& field(std::string_view name) {
    for (auto& f : fields)
      if (core::base::iequals(f.name, name)) return f.value;
    throw std::runtime_error("no field " + std::string(name));
  }
  void drop(std::string_view name) {
    std::erase_if(fields, [&](const auto& f) { return core::base::iequals(f.name, name); });
  }
};

admission::client_request sign(const subject& s, const admission::snapshot& rules,
                               std::string_view body = R"({"hello":"world"})",
                               std::int64_t stamp = now) {
  admission::client_message m;
  m.client = s.client;
  m.method = "POST";
  m.authority = "api.example.com";
  m.target = "/api/orders?b=2&a=%7E1";
  m.body = body;
  m.timestamp = stamp;
  m.now = now;
  admission::workspace space;
  auto made = admission::make_client_request(m, random_bytes, rules, space);
  if (const auto* why = std::get_if<std::string>(&made))
    throw std::runtime_error(s.name + ": " + *why);
  return std::get<admission::client_request>(std::move(made));
}

struct verdict {
  std::optional<errc> refused;
  std::string plaintext;
  std::optional<core::replay::mark> mark;
};

verdict judge(request r, const admission::snapshot& rules, std::int64_t at = now) {
  core::http::request_head head;
  head.method = r.method;
  head.target = r.target;
  head.fields.add("Host", r.authority);
  for (const auto& f : r.fields) head.fields.add(f.name, f.value);
  const std::string length = std::to_string(r.body.size());
  head.fields.add("Content-Length", length);
  admission::workspace space;
  admission::findings known;
  const auto when = core::base::from_unix_seconds(at);
  const auto arrived = admission::arrive(head, rules, when, known);
  if (!arrived) return {arrived.error(), {}, {}};
  const auto routed = admission::find_route(*arrived, rules);
  if (!routed) return {routed.error(), {}, {}};
  const auto claimed = admission::inspect(*routed);
  if (!claimed) return {claimed.error(), {}, {}};
  const auto proof = admission::prove(*claimed, rules, r.body);
  if (!proof.outcome) return {proof.outcome.error(), {}, {}};
  const auto opened = admission::open(*proof.outcome, r.body, space);
  if (!opened) return {opened.error(), {}, {}};
  const auto leaving = admission::admit(*opened, when, space);
  if (!leaving) return {leaving.error(), {}, {}};
  return {std::nullopt, std::string(leaving->content()), leaving->mark()};
}

using change = std::function<void(request&)>;

/// One character of it becomes another one of the same alphabet.
void bend(std::string& text, std::size_t at) { text[at] = text[at] == 'b' ? 'c' : 'b'; }

std::vector<std::pair<std::string, change>> changes_of(const subject& s) {
  std::vector<std::pair<std::string, change>> all{
      {"a byte more of body", [](request& r) { r.body += 'x'; }},
      {"a byte less of body", [](request& r) { r.body.pop_back(); }},
      {"another body", [](request& r) { bend(r.body, r.body.size() / 2); }},
      {"no body", [](request& r) { r.body.clear(); }},
  };
  if (s.head_signed) {
    all.push_back({"another method", [](request& r) { r.method = "PUT"; }});
    all.push_back({"another path", [](request& r) { r.target = "/api/order?b=2&a=%7E1"; }});
    all.push_back({"another query", [](request& r) { r.target = "/api/orders?b=2&a=%7E2"; }});
    all.push_back({"a decoded query", [](request& r) { r.target = "/api/orders?b=2&a=~1"; }});
    all.push_back({"no query", [](request& r) { r.target = "/api/orders"; }});
    all.push_back({"another host", [](request& r) { r.authority = "api.example.org"; }});
    all.push_back({"a port", [](request& r) { r.authority = "api.example.com:8443"; }});
  }
  for (const std::string& name : s.credentials) {
    all.push_back({"no " + name, [name](request& r) { r.drop(name); }});
    all.push_back({"an empty " + name, [name](request& r) { r.field(name).clear(); }});
    all.push_back(
        {name + " twice", [name](request& r) { r.fields.push_back({name, r.field(name)}); }});
    all.push_back({name + " twice, the other one first", [name](request& r) {
                     r.fields.insert(r.fields.begin(), {name, "1700000001"});
                   }});
    all.push_back({name + " and a byte", [name](request& r) { r.field(name) += "1"; }});
  }
  for (const std::string& name : s.signatures) {
    all.push_back({name + " cut", [name](request& r) { r.field(name).pop_back(); }});
    all.push_back({name + " cut by two",
                   [name](request& r) { r.field(name).resize(r.field(name).size() - 2); }});
    all.push_back({name + " in capitals", [name](request& r) {
                     for (char& c : r.field(name))
                       if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
                   }});
    all.push_back(
        {name + " bent", [name](request& r) { bend(r.field(name), r.field(name).size() - 6); }});
  }
  return all;
}

/// The gateway's answer to it, as it goes over the wire.
std::string reply_to(const admission::client_request& asked, const admission::snapshot& rules) {
  std::string length;
  const auto head = asked.head(length);
  std::string body = asked.body.value_or(std::string());
  admission::workspace space;
  admission::findings known;
  const auto claimed = admission::inspect(
      *admission::find_route(*admission::arrive(head, rules, moment(), known), rules));
  const auto proof = admission::prove(*claimed, rules, body);
  const auto opened = admission::open(*proof.outcome, body, space);
  http::response_head said;
  said.status = 200;
  said.fields.add("Content-Type", "application/json");
  said.fields.add("Content-Length", "11");
  admission::envelope_facts facts;
  facts.request_id = "id";
  facts.date = "Tue, 14 Nov 2023 22:13:20 GMT";
  facts.now = now;
  facts.sender = &*opened;
  std::string out;
  admission::write_gathered(out, {said, *http::frame_response(said, "POST"), opened->policy()},
                            R"({"ok":true})", facts, std::string(admission::random_size, 'q'),
                            space);
  return out;
}

}  // namespace

namespace tests {
using namespace ::core::admission;
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(every_scheme)

BOOST_AUTO_TEST_CASE(what_a_client_makes_is_taken) {
  for (const subject& s : subjects) {
    const auto rules = compile(yaml(s));
    const verdict v = judge(sign(s, rules), rules);
    BOOST_TEST_CONTEXT(s.name) {
      BOOST_TEST(!v.refused, base::name(v.refused.value_or(errc::internal)));
      BOOST_TEST(v.plaintext == R"({"hello":"world"})");
      BOOST_TEST(v.mark.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(each_change_is_refused) {
  std::size_t tried = 0;
  for (const subject& s : subjects) {
    const auto rules = compile(yaml(s));
    const auto made = sign(s, rules);
    for (const auto& [what, change] : changes_of(s)) {
      request r(made);
      change(r);
      const verdict v = judge(r, rules);
      BOOST_TEST(v.refused.has_value(), s.name << ": " << what << " passes");
      BOOST_TEST(v.plaintext.empty());
      ++tried;
    }
  }
  BOOST_TEST(tried > 200U);
}

BOOST_AUTO_TEST_CASE(another_clients_key_and_name_are_refused) {
  for (const subject& s : subjects) {
    if (s.client == "hooks") continue;
    const auto rules = compile(yaml(s));
    subject other = s;
    other.client = "two";
    // Two's message, with one's name on it.
    request r(sign(other, rules));
    for (auto& f : r.fields) {
      if (const auto at = f.value.find("\"two\""); at != std::string::npos)
        f.value.replace(at, 5, "\"one\"");
      if (f.value == "two") f.value = "one";
    }
    BOOST_TEST((judge(r, rules).refused == errc::bad_signature), s.name);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_client_is_told_as_a_wrong_signature_is) {
  for (const subject& s : subjects) {
    if (s.client == "hooks") continue;
    const auto rules = compile(yaml(s));
    request r(sign(s, rules));
    for (auto& f : r.fields) {
      if (const auto at = f.value.find("\"one\""); at != std::string::npos)
        f.value.replace(at, 5, "\"who\"");
      if (f.value == "one") f.value = "who";
    }
    const verdict v = judge(r, rules);
    BOOST_TEST((v.refused == errc::unknown_client), s.name);
    const auto refused = ::core::admission::refusal_for(errc::unknown_client);
    BOOST_TEST(refused.code == ::core::admission::refusal_for(errc::bad_signature).code);
  }
}

BOOST_AUTO_TEST_CASE(the_windows_edges_are_inclusive) {
  for (const subject& s : subjects) {
    if (!s.stamped) continue;
    const auto rules = compile(yaml(s));
    const auto past = rules.policies[0].window.past;
    const auto future = rules.policies[0].window.future;
    const auto at = [&](std::int64_t stamp) {
      return judge(sign(s, rules, R"({"hello":"world"})", stamp), rules).refused;
    };
    BOOST_TEST(!at(now - past), s.name);
    BOOST_TEST((at(now - past - 1) == errc::stale), s.name);
    BOOST_TEST(!at(now + future), s.name);
    BOOST_TEST((at(now + future + 1) == errc::future), s.name);
  }
}

BOOST_AUTO_TEST_CASE(the_same_message_has_the_same_mark_and_another_clients_another) {
  for (const subject& s : subjects) {
    const auto rules = compile(yaml(s));
    const auto first = judge(sign(s, rules), rules).mark;
    const auto again = judge(sign(s, rules), rules).mark;
    BOOST_TEST((first->fingerprint == again->fingerprint), s.name);
    if (s.client == "hooks") continue;
    subject other = s;
    other.client = "two";
    const auto theirs = judge(sign(other, rules), rules);
    BOOST_TEST(!theirs.refused, s.name);
    BOOST_TEST((theirs.mark->fingerprint != first->fingerprint), s.name);
  }
}

BOOST_AUTO_TEST_CASE(a_webhooks_secret_opens_no_other_door) {
  // The client that a route names is nobody where messages name their sender.
  const std::string text =
      "listen: 127.0.0.1:8080\nclients: {hooks: {secret: 0123456789abcdef0123456789abcdef}, one: "
      "{secret: 0123456789abcdef0123456789abcdee}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\nroutes:\n"
      "  - {name: hook, path: /hook/, upstream: orders, scheme: github, client: hooks}\n"
      "  - {name: api, path: /api/, upstream: orders, scheme: gw1}\n";
  const auto rules = compile(text);
  subject s{"gw1", "gw1"};
  const auto free = compile(
      "listen: 127.0.0.1:8080\nclients: {hooks: {secret: 0123456789abcdef0123456789abcdef}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\nroutes:\n"
      "  - {name: api, path: /api/, upstream: orders, scheme: gw1}\n");
  s.client = "hooks";
  const auto made = sign(s, free);
  BOOST_TEST(!judge(made, free).refused);
  BOOST_TEST((judge(made, rules).refused == errc::unknown_client));
}

BOOST_AUTO_TEST_CASE(a_clients_public_key_is_no_secret_for_a_mac) {
  // Whoever knows a public key must not be able to use it as if it were a shared one.
  const auto rules = compile(
      "listen: 127.0.0.1:8080\nclients:\n"
      "  signer: {public_key: MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=}\n"
      "  one: {secret: 0123456789abcdef}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\nroutes:\n"
      "  - {name: api, path: /api/, upstream: orders, scheme: rfc9421}\n"
      "  - {name: old, path: /old/, upstream: orders, scheme: laravel}\n"
      "  - {name: gw1, path: /gw1/, upstream: orders, scheme: gw1}\n");
  const keys::client& signer = rules.keys.all()[1];
  BOOST_TEST_REQUIRE(signer.generations.size() == 1U);
  BOOST_TEST(!signer.generations[0].is_shared());
  BOOST_TEST((signer.generations[0].key_of(*rules.policies[2].settings.scheme) == nullptr));
  const keys::scheme_key* key = signer.generations[0].key_of(*rules.policies[0].settings.scheme);
  BOOST_TEST_REQUIRE(key != nullptr);
  BOOST_TEST(!key->proof);
  // What the unused MACs are keyed with is no way in either.
  http::request_head head;
  head.method = "POST";
  head.target = "/old/x";
  const std::string forged =
      base::hex(crypto::view(crypto::hmac_sha256("no secret").mac({"1700000000"})));
  head.fields.add("Host", "api.example.com");
  head.fields.add("timestamp", "1700000000");
  head.fields.add("version", "1.0.0");
  head.fields.add("token", "signer");
  head.fields.add("signature", forged);
  ::core::admission::findings known;
  const auto arrived = arrive(head, rules, moment(), known);
  const auto claimed = inspect(*find_route(*arrived, rules));
  BOOST_TEST_REQUIRE(claimed.has_value());
  BOOST_TEST((prove(*claimed, rules).outcome.error() == errc::no_secret_in_force));
}

BOOST_AUTO_TEST_CASE(a_second_content_type_says_two_things_of_one_body) {
  for (const subject& s : subjects) {
    if (s.name.find("jwe") == std::string::npos) continue;
    const auto rules = compile(yaml(s));
    request r(sign(s, rules));
    r.fields.push_back({"Content-Type", "text/plain"});
    const verdict v = judge(r, rules);
    BOOST_TEST((v.refused == errc::duplicate_field), s.name);
  }
}

BOOST_AUTO_TEST_CASE(a_signature_over_the_body_needs_it_first) {
  for (const subject& s : subjects) {
    const auto rules = compile(yaml(s));
    const auto made = sign(s, rules);
    std::string length;
    const auto head = made.head(length);
    findings known;
    const auto claimed = inspect(*find_route(*arrive(head, rules, moment(), known), rules));
    BOOST_TEST_REQUIRE(claimed.has_value());
    BOOST_TEST(claimed->signs_body() == (rules.policies[0].templated() != nullptr), s.name);
  }
  const subject thin{"thin", "thin",
                     "thin: {type: template, fields: {token: {header: X-Who}, timestamp: {header: "
                     "X-Time}}, signature: {header: X-Mac, encoding: hex}, string_to_sign: "
                     "'{token}{lf}{timestamp}{lf}{method}{lf}{target}'}"};
  const auto rules = compile(yaml(thin));
  const auto bare = sign(thin, rules);
  std::string size;
  const auto it = bare.head(size);
  findings of_it;
  BOOST_TEST(!inspect(*find_route(*arrive(it, rules, moment(), of_it), rules))->signs_body());
  const auto laravel = compile(
      "listen: 127.0.0.1:8080\nclients: {billing: {secret: 0123456789abcdef}}\nupstreams: {orders: "
      "http://127.0.0.1:9001}\nroutes: [{path: /api/, scheme: laravel, upstream: orders}]\n");
  const auto made = make(message(), laravel);
  std::string length;
  const auto head = made.head(length);
  findings known;
  BOOST_TEST(!inspect(*find_route(*arrive(head, laravel, moment(), known), laravel))->signs_body());
}

BOOST_AUTO_TEST_CASE(a_reply_is_taken_from_the_gateway_alone) {
  for (const subject& s : subjects) {
    if (!s.replies) continue;
    const auto rules = compile(yaml(s));
    const auto asked = sign(s, rules);
    const std::string text = reply_to(asked, rules);
    const auto open = [&](const std::string& bytes) {
      const taken_apart t(bytes);
      workspace space;
      return open_client_reply(asked, response_head(t), t.body, now, rules, space);
    };
    BOOST_TEST_CONTEXT(s.name) {
      const auto fine = open(text);
      BOOST_TEST_REQUIRE(std::holds_alternative<client_reply>(fine));
      BOOST_TEST(std::get<client_reply>(fine).body == R"({"ok":true})");
      BOOST_TEST(std::get<client_reply>(fine).verified);
      BOOST_TEST(std::get<client_reply>(fine).opened ==
                 (s.scheme.find("seal: true") != s.scheme.npos));
      std::string other = text;
      other[other.size() - 3] = other[other.size() - 3] == 'b' ? 'c' : 'b';
      BOOST_TEST(std::holds_alternative<std::string>(open(other)));
      other = text;
      other.replace(other.find("200"), 3, "201");
      BOOST_TEST(std::holds_alternative<std::string>(open(other)));
      // Whoever takes the signature away has nothing to show for it.
      const taken_apart t(text);
      auto bare = response_head(t);
      bare.fields.clear();
      workspace space;
      BOOST_TEST(std::holds_alternative<std::string>(
          open_client_reply(asked, bare, t.body, now, rules, space)));
      BOOST_TEST(std::holds_alternative<std::string>(
          open_client_reply(asked, response_head(t), t.body, now + 301, rules, space)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_sealed_wrongly_is_told) {
  for (const std::string envelope : {"jwe", "aes128gcm"}) {
    const subject sealed{"sealed", "rfc9421, envelope: " + envelope + ", reply: {seal: true}"};
    const auto rules = compile(yaml(sealed));
    const auto asked = sign(sealed, rules);
    const std::string text = reply_to(asked, rules);
    const taken_apart t(text);
    workspace space;
    const auto fine = open_client_reply(asked, response_head(t), t.body, now, rules, space);
    BOOST_TEST(std::get<client_reply>(fine).opened);
    const auto wrong = open_client_reply(asked, response_head(t), "nothing that was sealed at all",
                                         now, rules, space);
    BOOST_TEST(std::holds_alternative<std::string>(wrong), envelope);
  }
}

BOOST_AUTO_TEST_CASE(what_is_sealed_must_be_sealed) {
  for (const subject& s : subjects) {
    if (s.name.find("jwe") == std::string::npos && s.name.find("aes128gcm") == std::string::npos)
      continue;
    const auto rules = compile(yaml(s));
    subject open = s;
    const auto cut = open.scheme.find(", envelope");
    open.scheme.resize(cut);
    const verdict v = judge(sign(open, compile(yaml(open))), rules);
    BOOST_TEST((v.refused == errc::unsupported_content), s.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
