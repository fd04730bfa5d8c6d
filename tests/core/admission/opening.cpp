// SPDX-License-Identifier: Apache-2.0
// The later stages: opening the body, admitting the client, the mark and the store's answer.

#include <boost/test/unit_test.hpp>

#include "tests/core/admission/messages.hpp"

namespace {

using namespace core;
using namespace tests::messages;
using crypto::cipher;

/// A gateway and a client that share a secret of the cipher's size.
struct pair_of_ends {
  laravel_client client;
  gateway g;

  explicit pair_of_ends(cipher c, std::string_view settings = "bodyless: refuse",
                        std::string_view top = {})
      : client{.secret = std::string(crypto::key_size(c) == 16 ? secret16 : secret32), .cipher = c},
        g("billing: {token: my_key, secret: " + client.secret +
              ", cipher: " + std::string(crypto::name(c)) + "}",
          "{name: orders, path: /api/, scheme: laravel, upstream: orders, " +
              std::string(settings) + "}",
          top) {}
};

constexpr cipher all_ciphers[] = {cipher::aes_128_cbc, cipher::aes_256_cbc, cipher::aes_128_gcm,
                                  cipher::aes_256_gcm};

message with_body(const laravel_client& client, std::string type, std::string body) {
  message m = client.bare("POST");
  if (!type.empty()) m.add("Content-Type", std::move(type));
  m.body = std::move(body);
  return m.add("Content-Length", std::to_string(m.body.size()));
}

/// What would go upstream, or where the way ended.
std::string opened_by(gateway& g, message m) {
  const passage p(g, std::move(m));
  return p.leaving ? std::string(p.leaving->content()) : p.end();
}

replay::mark mark_of(gateway& g, message m) {
  const passage p(g, std::move(m));
  BOOST_TEST_REQUIRE(p.end() == "reserved");
  return p.reserved->mark().value();
}

bool same(const replay::mark& a, const replay::mark& b) { return a.fingerprint == b.fingerprint; }

/// The payload with its JSON written as a function says.
template <class Rewrite>
std::string rewritten(const std::string& payload, Rewrite rewrite) {
  return base::base64(rewrite(base::unbase64(payload).value()));
}

/// One base64 character of this member changed.
std::string tampered(const std::string& payload, const std::string& member) {
  return rewritten(payload, [&](std::string json) {
    const std::size_t at = json.find('"' + member + "\":\"") + member.size() + 4;
    json[at] = json[at] == 'b' ? 'c' : 'b';
    return json;
  });
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(opening)

// ---- open

BOOST_AUTO_TEST_CASE(all_ciphers_open_in_all_forms) {
  for (const cipher c : all_ciphers) {
    pair_of_ends ends(c);
    const std::string payload = ends.client.seal(R"({"id":7})");
    const std::string form = "data=" + base::form_encode(payload);
    const std::string json = R"({"data":")" + payload + "\"}";
    for (const auto& [type, body] :
         std::initializer_list<std::pair<const char*, const std::string&>>{
             {"application/x-www-form-urlencoded", form},
             {"Application/X-WWW-Form-urlencoded; charset=utf-8", form},
             {"application/json", json},
             {"text/plain", payload},
             {"application/octet-stream", payload}})
      BOOST_TEST(opened_by(ends.g, with_body(ends.client, type, body)) == R"({"id":7})", type);
  }
}

BOOST_AUTO_TEST_CASE(a_content_type_the_route_does_not_take_is_unsupported) {
  pair_of_ends ends(cipher::aes_128_cbc);
  const std::string payload = ends.client.seal("{}");
  const std::string form = "data=" + payload;
  for (const char* type : {"", "multipart/form-data", "application/xml", "text/json", ";"})
    BOOST_TEST(opened_by(ends.g, with_body(ends.client, type, form)) == "open: unsupported_content",
               type);

  gateway json_only(one_client, "{path: /api/, scheme: mine, upstream: orders}",
                    "schemes: {mine: {preset: laravel, payload: json, field: sealed}}");
  const std::string json = R"({"sealed":")" + payload + "\"}";
  BOOST_TEST(opened_by(json_only, with_body(ends.client, "application/json", json)) == "{}");
  BOOST_TEST(opened_by(json_only, with_body(ends.client, "", json)) == "{}");
  BOOST_TEST(opened_by(json_only, with_body(ends.client, "text/plain", json)) ==
             "open: unsupported_content");
  BOOST_TEST(opened_by(json_only, with_body(ends.client, "application/x-www-form-urlencoded",
                                            form)) == "open: unsupported_content");
}

BOOST_AUTO_TEST_CASE(a_second_content_type_is_refused) {
  pair_of_ends ends(cipher::aes_128_cbc);
  message m = ends.client.sealed("{}");
  BOOST_TEST(end_of(ends.g, m.add("content-type", "application/x-www-form-urlencoded")) ==
             "open: duplicate_field");
}

BOOST_AUTO_TEST_CASE(a_coded_body_is_unsupported) {
  pair_of_ends ends(cipher::aes_128_cbc);
  for (const char* coding : {"gzip", "identity", "br", ""}) {
    message m = ends.client.sealed("{}");
    BOOST_TEST(end_of(ends.g, m.add("content-encoding", coding)) == "open: unsupported_content");
  }
}

BOOST_AUTO_TEST_CASE(a_payload_that_is_not_one_is_refused) {
  pair_of_ends ends(cipher::aes_128_cbc);
  const std::string payload = ends.client.seal("{}");
  const std::string form = "application/x-www-form-urlencoded";
  for (const std::string& body :
       {std::string("x"), std::string("data="), std::string("date=") + payload,
        "data=" + payload + "&data=" + payload, "data=" + payload + "&dat%61=x",
        "data=" + payload.substr(4), "data=+" + payload})
    BOOST_TEST(end_of(ends.g, with_body(ends.client, form, body)) == "open: bad_payload", body);
  for (const std::string& body : {std::string("{}"), R"({"data":1})" + std::string(),
                                  R"({"data":")" + payload + R"(","data":"x"})",
                                  R"([")" + payload + "\"]", R"({"data":")" + payload})
    BOOST_TEST(
        end_of(ends.g, with_body(ends.client, "application/json", body)) == "open: bad_payload",
        body);
  BOOST_TEST(end_of(ends.g, with_body(ends.client, "text/plain", payload + "\n")) ==
             "open: bad_payload");
}

BOOST_AUTO_TEST_CASE(what_stands_beside_the_payload_is_dropped) {
  pair_of_ends ends(cipher::aes_128_cbc);
  const std::string payload = ends.client.seal(R"({"id":7})");
  BOOST_TEST(opened_by(ends.g, with_body(ends.client, "application/x-www-form-urlencoded",
                                         "a=1&data=" + payload + "&id=8")) == R"({"id":7})");
  BOOST_TEST(opened_by(ends.g, with_body(ends.client, "application/json",
                                         R"({"id":8,"data":")" + payload + R"(","x":[{}]})")) ==
             R"({"id":7})");
}

BOOST_AUTO_TEST_CASE(a_tampered_member_is_refused_whatever_the_cipher) {
  for (const cipher c : all_ciphers) {
    pair_of_ends ends(c);
    const std::string payload = ends.client.seal(R"({"id":7})");
    BOOST_TEST(end_of(ends.g, ends.client.carrying(payload)) == "reserved");
    const std::string wanted = crypto::is_gcm(c) ? "open: decrypt_failed" : "open: bad_mac";
    BOOST_TEST(end_of(ends.g, ends.client.carrying(tampered(payload, "value"))) == wanted);
    BOOST_TEST(end_of(ends.g, ends.client.carrying(tampered(payload, "iv"))) == wanted);
    BOOST_TEST(end_of(ends.g, ends.client.carrying(
                                  tampered(payload, crypto::is_gcm(c) ? "tag" : "mac"))) == wanted);
  }
}

BOOST_AUTO_TEST_CASE(broken_padding_under_a_good_mac_fails_to_decrypt) {
  pair_of_ends ends(cipher::aes_128_cbc);
  const std::string iv = base::base64("0123456789ABCDEF");
  const std::string value = base::base64(std::string(16, 'A'));
  const crypto::hmac_sha256 mac(secret16);
  const std::string json = R"({"iv":")" + iv + R"(","value":")" + value + R"(","mac":")" +
                           base::hex(crypto::view(mac.mac({iv, value}))) + R"(","tag":""})";
  BOOST_TEST(end_of(ends.g, ends.client.carrying(base::base64(json))) == "open: decrypt_failed");
}

BOOST_AUTO_TEST_CASE(only_the_generation_that_proved_the_head_opens_the_body) {
  for (const cipher c : {cipher::aes_128_cbc, cipher::aes_128_gcm}) {
    gateway g("billing: {token: my_key, cipher: " + std::string(crypto::name(c)) +
                  ", secrets: [{id: new, value: 0123456789abcdef}, "
                  "{id: old, value: fedcba9876543210}]}",
              plain_route);
    const std::string refusal = crypto::is_gcm(c) ? "open: decrypt_failed" : "open: bad_mac";
    const auto end = [&](std::string_view signs, std::string_view seals) {
      return end_of(
          g, laravel_client{.secret = std::string(signs), .cipher = c, .key = std::string(seals)}
                 .sealed("{}"));
    };
    constexpr std::string_view old_secret = "fedcba9876543210";
    BOOST_TEST(end(secret16, secret16) == "reserved");
    BOOST_TEST(end(old_secret, old_secret) == "reserved");
    BOOST_TEST(end(secret16, old_secret) == refusal);
    BOOST_TEST(end(old_secret, secret16) == refusal);
  }
}

BOOST_AUTO_TEST_CASE(signing_and_sealing_can_have_keys_of_their_own) {
  gateway g(
      "billing: {token: my_key, signing_secret: signs-signs-signs, encryption_key: "
      "seals-seals-seal}",
      plain_route);
  const auto end = [&](std::string_view signs, std::string_view seals) {
    return end_of(
        g, laravel_client{.secret = std::string(signs), .key = std::string(seals)}.sealed("{}"));
  };
  BOOST_TEST(end("signs-signs-signs", "seals-seals-seal") == "reserved");
  BOOST_TEST(end("seals-seals-seal", "seals-seals-seal") == "prove: bad_signature");
}

BOOST_AUTO_TEST_CASE(what_is_proven_but_no_json_is_refused) {
  pair_of_ends ends(cipher::aes_128_cbc);
  for (const char* plaintext : {"hello", "", "{\"id\":7", "{} x", "O:8:\"stdClass\":0:{}",
                                "a:1:{i:0;O:1:\"A\":0:{}}", "s:5:\"hell\";"})
    BOOST_TEST(end_of(ends.g, ends.client.sealed(plaintext)) == "admit: not_json", plaintext);
  BOOST_TEST(opened_by(ends.g, ends.client.sealed("s:5:\"hello\";")) == "\"hello\"");
  BOOST_TEST(opened_by(ends.g, ends.client.sealed("s:8:\"{\"id\":7}\";")) == R"({"id":7})");
  BOOST_TEST(opened_by(ends.g, ends.client.sealed("a:1:{s:2:\"id\";i:7;}")) == R"({"id":7})");
}

BOOST_AUTO_TEST_CASE(what_is_not_in_the_configured_form_is_bad_plaintext) {
  gateway g(one_client, "{path: /api/, scheme: mine, upstream: orders}",
            "schemes: {mine: {preset: laravel, plaintext: php_serialized}}");
  const laravel_client client;
  for (const char* plaintext : {"{}", "", "O:8:\"stdClass\":0:{}", "i:042;", "s:2:\"\xFF\xFE\";"})
    BOOST_TEST(end_of(g, client.sealed(plaintext)) == "admit: bad_plaintext", plaintext);
  BOOST_TEST(opened_by(g, client.sealed("i:42;")) == "42");
}

BOOST_AUTO_TEST_CASE(content_any_lets_pass_what_is_not_json_but_not_what_is_in_no_form) {
  gateway g = with_route("content: any");
  const laravel_client client;
  const passage text(g, client.sealed("hello"));
  BOOST_TEST_REQUIRE(text.end() == "reserved");
  BOOST_TEST(text.leaving->content() == "hello");
  BOOST_TEST(text.opened->has_plaintext());
  BOOST_TEST(!text.leaving->content_is_json());
  const passage json(g, client.sealed("{}"));
  BOOST_TEST(json.leaving->content_is_json());

  gateway serialized(one_client, "{path: /api/, scheme: mine, upstream: orders, content: any}",
                     "schemes: {mine: {preset: laravel, plaintext: php_serialized}}");
  BOOST_TEST(end_of(serialized, client.sealed("hello")) == "admit: bad_plaintext");
}

BOOST_AUTO_TEST_CASE(a_request_without_a_payload_passes_as_the_route_says_and_a_writing_one_never) {
  const laravel_client client;
  const auto end = [&](const char* rule, const char* method) {
    gateway g = with_route(std::string("bodyless: ") + rule);
    const passage p(g, client.bare(method));
    if (p.opened) BOOST_TEST(!p.opened->has_plaintext());
    return p.end();
  };
  for (const char* rule : {"refuse", "safe", "all"})
    for (const char* method : {"POST", "PUT", "PATCH"})
      BOOST_TEST(end(rule, method) == "open: missing_payload", rule << " " << method);
  for (const char* method : {"GET", "HEAD"}) {
    BOOST_TEST(end("refuse", method) == "open: missing_payload");
    BOOST_TEST(end("safe", method) == "reserved");
    BOOST_TEST(end("all", method) == "reserved");
  }
  for (const char* method : {"DELETE", "OPTIONS"}) {
    BOOST_TEST(end("refuse", method) == "open: missing_payload");
    BOOST_TEST(end("safe", method) == "open: missing_payload");
    BOOST_TEST(end("all", method) == "reserved");
  }
}

BOOST_AUTO_TEST_CASE(a_safe_method_with_a_payload_is_opened_all_the_same) {
  gateway g = with_route("bodyless: safe");
  message m = laravel_client().sealed(R"({"id":7})");
  m.method = "GET";
  BOOST_TEST(opened_by(g, m) == R"({"id":7})");
  BOOST_TEST(end_of(g, laravel_client().carrying("AAAA").set("timestamp", std::to_string(now))) ==
             "open: bad_payload");
}

// ---- admit

BOOST_AUTO_TEST_CASE(a_route_the_client_may_not_use_is_forbidden_after_proof_only) {
  gateway g("billing: {token: my_key, secret: 0123456789abcdef, routes: [elsewhere]}",
            std::string(plain_route) +
                ", {name: elsewhere, path: /elsewhere/, scheme: laravel, upstream: orders}");
  message m = laravel_client().sealed("{}");
  BOOST_TEST(end_of(g, m) == "admit: route_forbidden");
  message forged = m;
  BOOST_TEST(end_of(g, forged.set("signature", std::string(64, '0'))) == "prove: bad_signature");
  m.target = "/elsewhere/orders";
  BOOST_TEST(end_of(g, m) == "reserved");
}

BOOST_AUTO_TEST_CASE(a_client_calls_from_where_it_may_only) {
  const auto from = [](std::string_view networks, std::string_view top = {}) {
    return gateway(std::string("billing: {token: my_key, secret: 0123456789abcdef, addresses: ")
                       .append(networks)
                       .append("}"),
                   plain_route, top);
  };
  const message m = laravel_client().sealed("{}");
  gateway home = from("192.0.2.0/24");
  BOOST_TEST(end_of(home, m) == "reserved");
  gateway one = from("[10.0.0.0/8, 192.0.2.7]");
  BOOST_TEST(end_of(one, m) == "reserved");
  gateway away = from("[10.0.0.0/8, 192.0.2.8]");
  BOOST_TEST(end_of(away, m) == "admit: address_forbidden");
  // Nobody who isn't proven learns of it.
  message wrong = m;
  wrong.set("signature", std::string(64, '0'));
  BOOST_TEST(end_of(away, wrong) == "prove: bad_signature");

  // A proxy's word counts if it is trusted, and else for nothing.
  message forwarded = m;
  forwarded.add("X-Forwarded-For", "10.1.2.3");
  BOOST_TEST(end_of(away, forwarded) == "admit: address_forbidden");
  gateway behind = from("10.0.0.0/8", "trusted_proxies: [192.0.2.7]\n");
  BOOST_TEST(end_of(behind, forwarded) == "reserved");
  BOOST_TEST(end_of(behind, m) == "admit: address_forbidden");
  message claimed = m;
  claimed.add("X-Forwarded-For", "10.1.2.3, 203.0.113.9");
  BOOST_TEST(end_of(behind, claimed) == "admit: address_forbidden");
}

BOOST_AUTO_TEST_CASE(versions_below_the_minimum_are_rejected_and_old_ones_are_deprecated) {
  gateway g(
      "billing: {token: my_key, secret: 0123456789abcdef, "
      "versions: {minimum: 1.0.0, deprecated_below: 1.2.0}}",
      plain_route);
  laravel_client client;
  const auto deprecated = [&](const char* version) {
    client.version = version;
    const passage p(g, client.sealed("{}"));
    return p.leaving ? std::string(p.leaving->deprecated() ? "deprecated" : "current") : p.end();
  };
  BOOST_TEST(deprecated("0.9.9") == "admit: version_rejected");
  BOOST_TEST(deprecated("1.0.0-rc.1") == "admit: version_rejected");
  BOOST_TEST(deprecated("beta") == "admit: version_rejected");
  BOOST_TEST(deprecated("1.0.0") == "deprecated");
  BOOST_TEST(deprecated("1.1.9") == "deprecated");
  BOOST_TEST(deprecated("1.2.0") == "current");
  BOOST_TEST(deprecated("1.10.0") == "current");
}

BOOST_AUTO_TEST_CASE(a_body_that_came_too_slowly_is_stale) {
  gateway g;
  const laravel_client client;
  BOOST_TEST(end_of(g, client.sealed("{}"), now, now + 300) == "reserved");
  BOOST_TEST(end_of(g, client.sealed("{}"), now, now + 301) == "admit: stale");
  // A clock that went back behind the stamp.
  BOOST_TEST(end_of(g, client.sealed("{}"), now, now - 61) == "admit: future");
}

// ---- marks

BOOST_AUTO_TEST_CASE(a_marks_values_are_the_client_and_what_proved_the_payload) {
  for (const cipher c : all_ciphers) {
    pair_of_ends ends(c);
    const passage p(ends.g, ends.client.sealed("{}", now - 7));
    BOOST_TEST_REQUIRE(p.end() == "reserved");
    const std::string json = base::unbase64(ends.client.seal("{}")).value();
    const auto member = [&](std::string_view name) {
      const std::size_t at =
          json.find(std::string("\"").append(name).append("\":\"")) + name.size() + 4;
      return json.substr(at, json.find('"', at) - at);
    };
    const std::string identity = crypto::is_gcm(c) ? base::unbase64(member("iv")).value() +
                                                         base::unbase64(member("tag")).value()
                                                   : base::unhex_any_case(member("mac")).value();
    const auto wanted = replay::mark::make("billing", "laravel-payload", {identity}, now - 7 + 300);
    BOOST_TEST(same(p.reserved->mark().value(), wanted));
    BOOST_TEST(p.reserved->mark()->client == wanted.client);
    BOOST_TEST(p.reserved->mark()->window_end == now + 293);
  }
}

BOOST_AUTO_TEST_CASE(the_same_payload_written_otherwise_has_the_same_mark) {
  for (const cipher c : all_ciphers) {
    pair_of_ends ends(c);
    const std::string payload = ends.client.seal("{}");
    const replay::mark first = mark_of(ends.g, ends.client.carrying(payload));
    // As a form with other fields, as JSON, and as the body itself.
    BOOST_TEST(same(first, mark_of(ends.g, with_body(ends.client, "text/plain", payload))));
    BOOST_TEST(same(first, mark_of(ends.g, with_body(ends.client, "application/json",
                                                     R"({ "x":1, "data":")" + payload + "\"}"))));
    BOOST_TEST(
        same(first, mark_of(ends.g, with_body(ends.client, "application/x-www-form-urlencoded",
                                              "x=1&%64ata=" + payload))));
    // With white space, an escape and a member more in the payload itself.
    const std::string spaced = rewritten(payload, [](const std::string& json) {
      return "\n{ \"x\" : null,\t" + json.substr(1, json.size() - 2) + " }\r\n";
    });
    BOOST_TEST(spaced != payload);
    BOOST_TEST(same(first, mark_of(ends.g, ends.client.carrying(spaced))));
    const std::string escaped = rewritten(payload, [](std::string json) {
      return json.replace(json.find("\"iv\""), 4, "\"\\u0069v\"");
    });
    BOOST_TEST(same(first, mark_of(ends.g, ends.client.carrying(escaped))));
    // Members in another order.
    const std::string turned = rewritten(payload, [](const std::string& json) {
      const std::size_t value = json.find(",\"value\"");
      return "{" + json.substr(value + 1, json.size() - value - 2) + "," +
             json.substr(1, value - 1) + "}";
    });
    BOOST_TEST(same(first, mark_of(ends.g, ends.client.carrying(turned))));
    // Sent a little later, in another version's name, to another path.
    message later = ends.client.carrying(payload, now + 5);
    later.target = "/api/elsewhere?x=1";
    BOOST_TEST(same(first, mark_of(ends.g, later.set("version", "9"))));
    // Sealed anew, it is another message.
    ends.client.iv = "another-iv-16-by";
    BOOST_TEST(!same(first, mark_of(ends.g, ends.client.sealed("{}"))));
  }
}

BOOST_AUTO_TEST_CASE(a_bodyless_request_is_marked_by_client_and_second) {
  gateway g(
      "billing: {token: my_key, secret: 0123456789abcdef}, "
      "second: {token: other, secret: fedcba9876543210}",
      "{name: orders, path: /api/, scheme: laravel, upstream: orders, bodyless: all}");
  const laravel_client client;
  const replay::mark first = mark_of(g, client.bare("GET"));
  BOOST_TEST(same(first, replay::mark::make("billing", "laravel-bodyless", {"1700000000"}, 0)));
  BOOST_TEST(first.window_end == now + 300);
  BOOST_TEST(same(first, mark_of(g, client.bare("DELETE", "/api/others"))));
  BOOST_TEST(!same(first, mark_of(g, client.bare("GET", "/api/orders", now + 1))));
  const laravel_client other{.token = "other", .secret = "fedcba9876543210"};
  BOOST_TEST(!same(first, mark_of(g, other.bare("GET"))));
}

BOOST_AUTO_TEST_CASE(per_request_tells_bodyless_requests_of_one_second_apart) {
  gateway g = with_route("bodyless: all, replay: per_request");
  const laravel_client client;
  const replay::mark first = mark_of(g, client.bare("GET"));
  BOOST_TEST(same(first, mark_of(g, client.bare("GET"))));
  BOOST_TEST(!same(first, mark_of(g, client.bare("HEAD"))));
  BOOST_TEST(!same(first, mark_of(g, client.bare("GET", "/api/orders?"))));
  BOOST_TEST(!same(first, mark_of(g, client.bare("GET", "/api/orders", now + 1))));
  // A payload is the same payload wherever it is sent.
  message m = client.sealed("{}");
  const replay::mark sealed = mark_of(g, m);
  m.target = "/api/elsewhere";
  BOOST_TEST(same(sealed, mark_of(g, m)));
}

BOOST_AUTO_TEST_CASE(a_route_without_replay_protection_makes_no_mark) {
  gateway g = with_route("bodyless: all, replay: off, allow_weak: true");
  const laravel_client client;
  for (const message& m : {client.bare("GET"), client.sealed("{}")}) {
    const passage p(g, m);
    BOOST_TEST(p.end() == "reserved");
    BOOST_TEST(!p.reserved->mark().has_value());
  }
}

// ---- confirm

BOOST_AUTO_TEST_CASE(only_a_fresh_mark_is_a_reservation) {
  gateway g;
  const auto end = [&](replay::verdict answer) {
    return passage(g, laravel_client().sealed("{}"), now, {}, answer).end();
  };
  BOOST_TEST(end(replay::verdict::fresh) == "reserved");
  BOOST_TEST(end(replay::verdict::seen) == "confirm: replay");
  BOOST_TEST(end(replay::verdict::full) == "confirm: replay_store_full");
  BOOST_TEST(end(replay::verdict::unavailable) == "confirm: replay_store_unavailable");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
