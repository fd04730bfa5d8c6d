// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_lint.hpp"

#include <algorithm>

#include "tests/core/scheme/templates.hpp"

namespace {

using namespace core::scheme;
using namespace tests::templates;

/// Each finding as `error|warning key: sentence`.
std::vector<std::string> found(const template_settings& s) {
  std::vector<std::string> out;
  for (const finding& f : lint(s))
    out.push_back((f.error ? "error " : "warning ") + f.key + ": " + f.sentence);
  return out;
}

bool has(const template_settings& s, std::string_view beginning) {
  const auto all = found(s);
  for (const std::string& one : all) BOOST_TEST_MESSAGE(one);
  return std::ranges::any_of(all, [&](const std::string& f) { return f.starts_with(beginning); });
}

template_settings signing(std::string text) {
  template_settings s = gw1();
  s.string_to_sign = std::move(text);
  s.response.reset();
  return s;
}

template_settings changed(auto change) {
  template_settings s = gw1();
  change(s);
  return s;
}

/// The warning that two messages can have the same bytes, or nothing.
std::string ambiguous(std::string text) {
  for (const finding& f : lint(signing(std::move(text))))
    if (f.sentence.find("the same signature") != std::string::npos) return f.sentence;
  return "";
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(template_lint)

BOOST_AUTO_TEST_CASE(gw1_has_nothing_to_be_said_about) {
  BOOST_TEST(found(gw1()).empty());
  const auto all = coverage_of(gw1());
  BOOST_TEST(all.not_signed.empty());
  BOOST_TEST(all.is_signed.size() == 8U);
}

BOOST_AUTO_TEST_CASE(values_without_a_border_are_ambiguous) {
  BOOST_TEST(ambiguous("{timestamp}{nonce}") ==
             "the border between {timestamp} and {nonce} is not told: nothing stands there that "
             "neither can contain: two messages can have the same signature");
  BOOST_TEST(ambiguous("{nonce}.{timestamp}{secret}")
                 .starts_with("the border between {timestamp} and {secret}"));
  BOOST_TEST(!ambiguous("{timestamp}1{nonce}").empty());
  BOOST_TEST(!ambiguous("{nonce}x{nonce}_{timestamp}{lf}{method}A{host}").empty());
  // The token may have a point, as the version does.
  BOOST_TEST(
      ambiguous("{timestamp}{lf}{nonce}{lf}{token}.{version}") ==
      "the border between {token} and {version} is not told by what stands there, which both "
      "may contain: two messages can have the same signature");
  // Each pair could be told apart, all together can't: x.y|1|z and x|1|y.1.z would be one.
  BOOST_TEST(!ambiguous("{token}.{timestamp}.{version}{lf}{nonce}").empty());
  BOOST_TEST(!ambiguous("{timestamp}{lf}{nonce}{lf}{header:X-A} {header:X-B}").empty());
}

BOOST_AUTO_TEST_CASE(values_that_can_be_told_apart_are_not) {
  for (const char* text :
       {"{timestamp}.{nonce}", "{nonce}.{timestamp}", "{timestamp}.{nonce}.{body}",
        "{nonce}{body|sha256|hex}x{timestamp}", "v0:{timestamp}:{nonce}",
        "{token}.{timestamp}.{nonce}", "{timestamp}{lf}{nonce}{lf}{header:X-A}",
        "{nonce|sha256|hex}{timestamp}", "{nonce|hex}-{token|base64url}.{timestamp}",
        "{method} {host} {scheme} {path}?{query} {timestamp} {nonce}", "{nonce}--{timestamp}."})
    BOOST_TEST(ambiguous(text).empty(), text);
}

BOOST_AUTO_TEST_CASE(what_filters_leave_is_what_counts) {
  BOOST_TEST(!ambiguous("{timestamp}.{nonce}a{token|hex}").empty());
  BOOST_TEST(ambiguous("{timestamp}.{nonce}.{token|hex}").empty());
  BOOST_TEST(!ambiguous("{timestamp}{nonce}={token|base64}+{version}").empty());
  BOOST_TEST(!ambiguous("{nonce}.{timestamp}.{token|sha256}{version}.{host}").empty());
  BOOST_TEST(!ambiguous("{timestamp}.{nonce}A{method|lower}").empty());
}

BOOST_AUTO_TEST_CASE(a_body_stands_last_or_is_hashed) {
  const std::string_view warning = "warning string_to_sign: {body} should be last";
  BOOST_TEST(has(signing("{body}.{timestamp}.{nonce}"), warning));
  BOOST_TEST(!has(signing("{timestamp}.{nonce}.{body}"), warning));
  BOOST_TEST(!has(signing("{timestamp}.{body|sha256|hex}.{nonce}"), warning));
  BOOST_TEST(
      has(signing("{timestamp}.{nonce}.{body}{body}"), "error string_to_sign: holds {body} twice"));
}

BOOST_AUTO_TEST_CASE(what_is_not_signed_is_told) {
  BOOST_TEST(has(signing("{timestamp}.{nonce}"),
                 "warning string_to_sign: not signed, so that anyone on the way can change it: "
                 "method, target, host, body, token, version"));
  BOOST_TEST(has(signing("{timestamp}.{nonce} {path}"),
                 "warning string_to_sign: not signed, so that anyone on the way can change it: "
                 "method, target, host, body, token, version"));
  BOOST_TEST(has(signing("{timestamp}.{nonce} {path}?{query} {host} {method} {token|lower} {body}"),
                 "warning string_to_sign: not signed, so that anyone on the way can change it: "
                 "token, version"));
  BOOST_TEST(has(signing("{timestamp}.{nonce} {body|lower}"),
                 "warning string_to_sign: not signed, so that anyone on the way can change it: "
                 "method, target, host, body, token, version"));
}

BOOST_AUTO_TEST_CASE(a_text_with_the_body_in_any_form_signs_it) {
  BOOST_TEST(signs_body(gw1()));
  BOOST_TEST(signs_body(signing("{timestamp}.{nonce}.{body}")));
  BOOST_TEST(!signs_body(signing("{timestamp}.{nonce}")));
  BOOST_TEST(!signs_body(signing("{body}{nope}")));
}

BOOST_AUTO_TEST_CASE(stamps_and_nonces_must_be_signed_whole) {
  BOOST_TEST(has(signing("{nonce}{lf}{body}"), "error string_to_sign: does not hold {timestamp}"));
  BOOST_TEST(has(signing("{timestamp}.{body}"), "error string_to_sign: does not hold {nonce}"));
  for (const char* filter : {"lower", "upper", "trim", "base64|lower"})
    BOOST_TEST(has(signing("{timestamp}.{nonce|" + std::string(filter) + "}"),
                   "error string_to_sign: does not hold {nonce}"),
               filter);
  for (const char* filter : {"hex", "hex|upper", "sha256|hex|upper", "base64"})
    BOOST_TEST(!has(signing("{timestamp}.{nonce|" + std::string(filter) + "}"), "error"), filter);
  template_settings s = vector_scheme("standard-webhooks");
  s.replay_id = "id";
  BOOST_TEST(!has(s, "error"));
  s.string_to_sign = "{timestamp}.{body}";
  BOOST_TEST(has(s, "error replay_id: {id} is not in string_to_sign"));
  s.replay_id = "name";
  BOOST_TEST(has(s, "error replay_id: is none of the declared fields"));
}

BOOST_AUTO_TEST_CASE(a_message_without_stamp_and_nonce_can_be_replayed) {
  BOOST_TEST(has(vector_scheme("github"), "warning fields: neither timestamp nor nonce"));
  BOOST_TEST(!has(vector_scheme("slack"), "warning fields: neither"));
}

BOOST_AUTO_TEST_CASE(weak_algorithms_must_be_allowed) {
  using enum template_algorithm;
  for (const auto weak : {hmac_sha1, sha256, sha512}) {
    template_settings s = signing("{timestamp}.{nonce}.{secret}");
    s.key = {};
    s.algorithm = weak;
    BOOST_TEST(has(s, "error algorithm: "));
    s.allow_weak = true;
    BOOST_TEST(!has(s, "error"));
    BOOST_TEST(
        has(s, weak == hmac_sha1 ? "warning algorithm: SHA-1" : "warning algorithm: a plain hash"));
  }
  BOOST_TEST(!has(gw1(), "warning algorithm"));
  template_settings allowed = gw1();
  allowed.allow_weak = true;
  BOOST_TEST(found(allowed).empty());
}

BOOST_AUTO_TEST_CASE(a_plain_hash_needs_the_secret_and_an_hmac_does_not) {
  template_settings s = signing("{timestamp}.{nonce}");
  s.algorithm = template_algorithm::sha256;
  s.allow_weak = true;
  s.key = {};
  BOOST_TEST(has(s, "error string_to_sign: does not hold {secret}"));
  s.string_to_sign += ".{secret}";
  BOOST_TEST(!has(s, "error"));
  s.key.derive = "sign-c2s";
  BOOST_TEST(has(s, "error key.derive: is for HMAC keys"));
  BOOST_TEST(has(signing("{timestamp}.{nonce}.{secret}"),
                 "warning string_to_sign: {secret} adds nothing"));
}

BOOST_AUTO_TEST_CASE(ed25519_knows_no_secret) {
  template_settings s = signing("{timestamp}.{nonce}.{secret}");
  s.algorithm = template_algorithm::ed25519;
  BOOST_TEST(has(s, "error string_to_sign: {secret}: there is none"));
  BOOST_TEST(has(s, "error key.derive: a public key"));
  template_settings replying = changed([](auto& t) { t.algorithm = template_algorithm::ed25519; });
  BOOST_TEST(has(replying, "error response: replies are signed with HMAC alone"));
}

BOOST_AUTO_TEST_CASE(fields_must_make_sense) {
  const auto field = [](auto change, std::string_view name = "timestamp") {
    return changed([&](template_settings& s) {
      for (auto& f : s.fields)
        if (f.name == name) change(f);
    });
  };
  BOOST_TEST(has(field([](auto& f) { f.optional = true; }), "error fields.timestamp.optional"));
  BOOST_TEST(
      has(field([](auto& f) { f.charset = "[0-9]{1,2}"; }), "error fields.timestamp.charset"));
  BOOST_TEST(
      has(field([](auto& f) { f.milliseconds = true; }, "nonce"), "error fields.nonce.unit"));
  BOOST_TEST(has(field([](auto& f) { f.charset = "a+"; }, "nonce"), "error fields.nonce.charset"));
  BOOST_TEST(
      has(field([](auto& f) { f.name = "secret"; }, "version"), "error fields.secret: is no name"));
  BOOST_TEST(has(field([](auto& f) { f.name = "token"; }, "version"),
                 "error fields.token: is there twice"));
  BOOST_TEST(has(field([](auto& f) { f.optional = true; }, "version"),
                 "error string_to_sign: {version} may be absent: write {version?}"));
  BOOST_TEST(
      has(field([](auto& f) { f.header.clear(); }), "error fields.timestamp.header: is missing"));
  BOOST_TEST(has(field([](auto& f) { f.header = "x-auth-token"; }),
                 "error fields.timestamp.header: the whole of x-auth-token"));
  const auto kv = [&](kv_rule rule) { return field([&](auto& f) { f.kv = rule; }); };
  BOOST_TEST(!has(kv({.key = "t"}), "error"));
  BOOST_TEST(has(kv({.key = ""}), "error fields.timestamp.kv.key"));
  BOOST_TEST(has(kv({.key = "t", .sep = '='}), "error fields.timestamp.kv: needs"));
  BOOST_TEST(has(kv({.key = "t", .sep = '"'}), "error fields.timestamp.kv: needs"));
  BOOST_TEST(has(kv({.key = "t", .assign = '"'}), "error fields.timestamp.kv: needs"));
  BOOST_TEST(has(field([](auto& f) {
                   f.kv = {{.key = "t"}};
                   f.list = list_rule{};
                 }),
                 "error fields.timestamp: is a kv list or a list"));
  BOOST_TEST(has(changed([](auto& s) {
                   for (int i = 0; i < 13; ++i)
                     s.fields.push_back(
                         {{"X-" + std::to_string(i), {}, {}, {}}, "f" + std::to_string(i), {}});
                 }),
                 "error fields: are more than 16"));
}

BOOST_AUTO_TEST_CASE(signatures_must_make_sense) {
  BOOST_TEST(has(changed([](auto& s) { s.signature.encoding = text_encoding::utf8; }),
                 "error signature.encoding"));
  BOOST_TEST(has(changed([](auto& s) { s.signature.header.clear(); }), "error signature.header"));
  BOOST_TEST(has(changed([](auto& s) { s.require = {{"a", "b"}}; }), "error require: needs"));
  BOOST_TEST(has(changed([](auto& s) { s.string_to_sign = "{x}"; }),
                 "error string_to_sign: at character 1"));
  BOOST_TEST(has(changed([](auto& s) { s.key.derive = "enc-c2s"; }),
                 "error key.derive: must be sign-c2s or sign-s2c"));
}

BOOST_AUTO_TEST_CASE(replies_must_be_signed_whole_and_apart_from_requests) {
  const auto reply = [](auto change) { return changed([&](auto& s) { change(*s.response); }); };
  BOOST_TEST(has(reply([](auto& r) { r.timestamp.clear(); }), "error response.timestamp"));
  BOOST_TEST(
      has(reply([](auto& r) { r.signature.clear(); }), "error response.signature: is missing"));
  BOOST_TEST(has(reply([](auto& r) { r.signature = "x-auth-timestamp"; }),
                 "error response.signature: is the field with"));
  BOOST_TEST(has(reply([](auto& r) { r.derive = "sign"; }), "error response.derive"));
  BOOST_TEST(has(reply([](auto& r) { r.derive = "sign-c2s"; }), "warning response.derive"));
  const auto text = [&](const char* t) { return reply([&](auto& r) { r.string_to_sign = t; }); };
  BOOST_TEST(has(text("{nope}"), "error response.string_to_sign: at character 1"));
  BOOST_TEST(
      has(text("{status}{lf}{body}"), "error response.string_to_sign: does not hold {timestamp}"));
  BOOST_TEST(
      has(text("{status}{lf}{timestamp}"), "error response.string_to_sign: does not hold {body}"));
  BOOST_TEST(has(text("{timestamp}{lf}{body}"),
                 "warning response.string_to_sign: does not hold {status}"));
  BOOST_TEST(
      has(text("{status}{timestamp}{nonce}{body}"), "warning response.string_to_sign: the border"));
  BOOST_TEST(!has(text("{status}{lf}{timestamp}{lf}{nonce}{lf}{body}"), "warning"));
  BOOST_TEST(has(changed([](auto& s) {
                   s.fields[1].optional = true;
                   s.string_to_sign = "{version?}{lf}{timestamp}{lf}{nonce}";
                   s.response->string_to_sign = "{version}{lf}{timestamp}{lf}{body}";
                 }),
                 "error response.string_to_sign: {version} may be absent"));
}

BOOST_AUTO_TEST_CASE(a_template_with_an_error_is_never_compiled) {
  BOOST_CHECK_THROW(::core::scheme::template_scheme(signing("{nope}")), std::invalid_argument);
  BOOST_CHECK_THROW(::core::scheme::template_scheme(signing("{timestamp}")), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
