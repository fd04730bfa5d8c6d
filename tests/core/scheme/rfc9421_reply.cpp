// SPDX-License-Identifier: Apache-2.0
// Replies signed and read, and requests signed, as rfc9421 does it.

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/core/scheme/signed_messages.hpp"

namespace {

using namespace core;
using scheme::rfc9421_settings;

const scheme::rfc9421& profile() {
  static const scheme::rfc9421 made{rfc9421_settings{}};
  return made;
}

const crypto::hmac& reply_mac() {
  static const crypto::hmac mac(crypto::hash::sha256, tests::reply_secret);
  return mac;
}

keys::scheme_key reply_key(std::string_view secret = tests::reply_secret) {
  keys::scheme_key key;
  key.reply = crypto::hmac(crypto::hash::sha256, secret);
  return key;
}

constexpr std::string_view reply_body = R"({"ok":true})";

tests::field_list signed_reply(const tests::request_text& request,
                               const scheme::rfc9421_reply& reply,
                               const scheme::rfc9421_signer& signer) {
  const tests::viewed v(request);
  scheme::rfc9421_reading reading;
  BOOST_TEST_REQUIRE(profile().inspect(v.view, reading).has_value());
  return profile().sign_reply(reading, v.view, reply, signer);
}

tests::field_list good_reply() {
  tests::field_list fields{{"Content-Type", "application/json"}};
  for (auto& f :
       signed_reply(tests::good_request(), {200, "application/json", reply_body, 1700000001},
                    {.keyid = "client-1", .mac = &reply_mac()}))
    fields.push_back(f);
  return fields;
}

std::string verified(const tests::request_text& request, unsigned status,
                     const tests::field_list& fields, std::string_view body = reply_body,
                     const keys::scheme_key& key = reply_key(),
                     std::string_view nonce = tests::good_nonce,
                     const scheme::rfc9421& by = profile()) {
  http::response_head head;
  head.status = status;
  for (const auto& [name, value] : fields) head.fields.add(name, value);
  const tests::viewed v(request);
  const auto when = by.verify_reply(v.view, nonce, head, body, key);
  return when ? std::to_string(*when) : std::string(base::name(when.error()));
}

std::string& value_of(tests::field_list& fields, std::string_view name) {
  for (auto& [key, value] : fields)
    if (key == name) return value;
  throw std::out_of_range(std::string(name));
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(rfc9421_reply)

BOOST_AUTO_TEST_CASE(a_reply_is_signed_as_the_default_profile_says) {
  field_list fields = good_reply();
  BOOST_TEST(value_of(fields, "Content-Digest") ==
             "sha-256=:QGLtr3UPuAdOfoPgyQKMlOMkaKi28WFHdDKO8EUVD5M=:");
  BOOST_TEST(
      value_of(fields, "Signature-Input") ==
      R"(sig=("@status" "content-type" "content-digest" "@method";req "@authority";req "@path";req "@query";req "content-digest";req);created=1700000001;keyid="client-1";nonce="AAECAwQFBgcICQoLDA0ODw";alg="hmac-sha256";tag="gw-response")");
  BOOST_TEST(value_of(fields, "Signature") == "sig=:cpSFsGy81uolQPNP+7hotW+6THRC85ISev8ivuKKurw=:");
  BOOST_TEST(verified(good_request(), 200, fields) == "1700000001");
}

BOOST_AUTO_TEST_CASE(a_reply_without_a_body_is_signed_too) {
  const field_list fields =
      signed_reply(good_request(), {204, "", "", 5}, {.keyid = "client-1", .mac = &reply_mac()});
  BOOST_TEST(verified(good_request(), 204, fields, "") == "5");
  BOOST_TEST(verified(good_request(), 200, fields, "") == "bad_signature");
}

BOOST_AUTO_TEST_CASE(a_gateways_own_key_signs_for_clients_that_share_no_secret) {
  const auto own = std::get<crypto::private_key>(crypto::private_key::parse(ed25519_pem));
  const field_list fields =
      signed_reply(good_request(), {200, "", reply_body, 7}, {.keyid = "gw-1", .own = &own});
  const keys::scheme_key key = public_key(ed25519_spki, crypto::signature_algorithm::ed25519);
  BOOST_TEST(verified(good_request(), 200, fields, reply_body, key) == "7");
  BOOST_TEST(verified(good_request(), 200, fields, reply_body) == "bad_signature");
  BOOST_TEST(verified(good_request(), 200, fields, reply_body, {}) == "bad_signature");
}

BOOST_AUTO_TEST_CASE(a_reply_to_anything_else_is_none_to_this) {
  const field_list good = good_reply();
  const auto for_other = [&](auto change) {
    request_text asked = good_request();
    change(asked);
    return verified(asked, 200, good);
  };
  BOOST_TEST(for_other([](request_text& t) { t.method = "PUT"; }) == "bad_signature");
  BOOST_TEST(for_other([](request_text& t) { t.target = "/v1/other?b=2&a=%7E1"; }) ==
             "bad_signature");
  BOOST_TEST(for_other([](request_text& t) { t.target = "/v1/orders"; }) == "bad_signature");
  BOOST_TEST(for_other([](request_text& t) { t.authority = "b.example"; }) == "bad_signature");
  BOOST_TEST(for_other([](request_text& t) { t.set("Content-Digest", "sha-256=:AAAA:"); }) ==
             "bad_signature");
  BOOST_TEST(for_other([](request_text& t) { t.erase("Content-Digest"); }) == "missing_field");
  BOOST_TEST(verified(good_request(), 200, good, reply_body, reply_key(),
                      "another-nonce-of-ours") == "bad_signature");
  BOOST_TEST(verified(good_request(), 500, good) == "bad_signature");
  BOOST_TEST(verified(good_request(), 200, good, "{}") == "bad_digest");
  BOOST_TEST(verified(good_request(), 200, good, reply_body, reply_key(client_secret)) ==
             "bad_signature");
}

BOOST_AUTO_TEST_CASE(a_reply_that_covers_less_is_refused) {
  const std::vector<std::string> all{
      R"("@status")",        R"("content-type")", R"("content-digest")", R"("@method";req)",
      R"("@authority";req)", R"("@path";req)",    R"("@query";req)",     R"("content-digest";req)"};
  for (const std::string& left_out : all) {
    std::string list;
    for (const std::string& one : all)
      if (one != left_out) list += (list.empty() ? "" : " ") + one;
    field_list fields = good_reply();
    value_of(fields, "Signature-Input") =
        "sig=(" + list + R"();created=1;nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw-response")";
    BOOST_TEST(verified(good_request(), 200, fields) == "not_covered", left_out);
  }
}

BOOST_AUTO_TEST_CASE(the_requests_digest_is_covered_whether_or_not_it_is_listed) {
  rfc9421_settings unlisted;
  unlisted.required = {"@method"};
  const auto with = [&](const std::string& more) {
    field_list fields = good_reply();
    value_of(fields, "Signature-Input") =
        R"(sig=("@status" "content-type" "content-digest" "@method";req)" + more +
        R"();created=1;nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw-response")";
    return verified(good_request(), 200, fields, reply_body, reply_key(), good_nonce,
                    ::core::scheme::rfc9421(unlisted));
  };
  BOOST_TEST(with("") == "not_covered");
  BOOST_TEST(with(R"( "content-digest";req)") == "bad_signature");
}

BOOST_AUTO_TEST_CASE(a_reply_outside_its_form_is_refused) {
  const auto spoilt = [](std::string_view name, const std::string& value) {
    field_list fields = good_reply();
    value_of(fields, name) = value;
    return verified(good_request(), 200, fields);
  };
  const auto without = [](std::string_view name) {
    field_list fields = good_reply();
    std::erase_if(fields, [name](const auto& f) { return f.first == name; });
    return verified(good_request(), 200, fields);
  };
  field_list good = good_reply();
  const std::string input = value_of(good, "Signature-Input");
  const auto replaced = [&](const std::string& what, const std::string& by) {
    std::string text = input;
    text.replace(text.find(what), what.size(), by);
    return spoilt("Signature-Input", text);
  };
  BOOST_TEST(verified(good_request(), 200, {}) == "missing_credential");
  BOOST_TEST(without("Signature") == "missing_field");
  BOOST_TEST(without("Signature-Input") == "missing_field");
  BOOST_TEST(without("Content-Digest") == "missing_field");
  BOOST_TEST(spoilt("Signature", "sig=x") == "malformed_field");
  BOOST_TEST(spoilt("Signature", "sig=::") == "malformed_field");
  BOOST_TEST(spoilt("Signature", "sig=:AAAA:") == "bad_signature");
  BOOST_TEST(spoilt("Signature", "(") == "malformed_field");
  BOOST_TEST(spoilt("Signature-Input", "(") == "malformed_field");
  // All that counts is there, and then something that is no member.
  BOOST_TEST(spoilt("Signature", value_of(good, "Signature") + ",") == "malformed_field");
  BOOST_TEST(spoilt("Signature-Input", input + ",") == "malformed_field");
  BOOST_TEST(replaced("created=1700000001", "created=x") == "malformed_field");
  BOOST_TEST(replaced(";created=1700000001", "") == "missing_field");
  BOOST_TEST(replaced(";nonce=\"AAECAwQFBgcICQoLDA0ODw\"", "") == "bad_signature");
  BOOST_TEST(replaced("gw-response", "gw") == "missing_credential");
  BOOST_TEST(replaced("\"@status\"", "\"@status\" \"@nope\"") == "malformed_field");
  BOOST_TEST(replaced("hmac-sha256", "ed25519") == "bad_signature");
  BOOST_TEST(replaced("hmac-sha256", "none") == "unknown_alg");
  good.emplace_back("content-type", "text/plain");
  BOOST_TEST(verified(good_request(), 200, good) == "duplicate_field");
}

BOOST_AUTO_TEST_CASE(a_reply_whose_digest_is_by_md5_alone_is_refused) {
  // Signed all the same: what only somebody who has the key could send.
  request_text asked = good_request();
  const viewed v(asked);
  const ::core::http::field fields[] = {{"Content-Digest", "md5=:AAAA:"}};
  const std::string list =
      R"(("@status" "content-digest" "@method";req "@authority";req "@path";req "@query";req "content-digest";req);created=1;nonce="AAECAwQFBgcICQoLDA0ODw";tag="gw-response")";
  ::core::http::structured::field in;
  ::core::scheme::covered_components covered;
  std::string base;
  const std::string input = "sig=" + list;
  BOOST_TEST_REQUIRE(in.parse_dictionary(input));
  BOOST_TEST_REQUIRE(covered.parse(in, in.members().front(), true, {}).has_value());
  BOOST_TEST_REQUIRE(::core::scheme::build_base(base, in, in.members().front(), covered,
                                                {fields, &v.view, 200}, {})
                         .has_value());
  const std::string mac(reply_mac().mac({base}).view());
  BOOST_TEST(verified(asked, 200,
                      {{"Content-Digest", "md5=:AAAA:"},
                       {"Signature-Input", input},
                       {"Signature", "sig=:" + ::core::base::base64(mac) + ":"}}) ==
             "malformed_field");
}

BOOST_AUTO_TEST_CASE(a_client_signs_as_the_default_profile_says) {
  request_text text = good_request();
  const request_text vector = text;
  for (const char* name : {"Content-Digest", "Signature-Input", "Signature"}) text.erase(name);
  const crypto::hmac mac(crypto::hash::sha256, client_secret);
  const auto add = [&](const ::core::scheme::rfc9421& scheme,
                       const ::core::scheme::rfc9421_message& what,
                       const ::core::scheme::rfc9421_signer& signer) {
    request_text out = text;
    const viewed v(text);
    out.add(scheme.sign_request(v.view, text.body, what, signer));
    return out;
  };
  const request_text made =
      add(profile(), {"", 1700000000, good_nonce}, {.keyid = "client-1", .mac = &mac});
  BOOST_TEST(made.at("Signature-Input") == vector.at("Signature-Input"));
  BOOST_TEST(made.at("Signature") == vector.at("Signature"));
  BOOST_TEST(made.at("Content-Digest") == vector.at("Content-Digest"));

  const request_text versioned =
      add(profile(), {"1.4.0", 1700000000, good_nonce}, {.keyid = "client-1", .mac = &mac});
  BOOST_TEST(versioned.at("Client-Version") == "1.4.0");
  BOOST_TEST(outcome(versioned, mac_key(client_secret)) == "");

  rfc9421_settings without;
  without.version_field = "";
  const request_text unversioned =
      add(::core::scheme::rfc9421(without), {"1.4.0", 1700000000, good_nonce},
          {.keyid = "client-1", .mac = &mac});
  BOOST_TEST((unversioned.fields == made.fields));

  const auto own = std::get<crypto::private_key>(crypto::private_key::parse(ed25519_pem));
  const request_text asymmetric =
      add(profile(), {"", 1700000000, good_nonce}, {.keyid = "client-1", .own = &own});
  BOOST_TEST(
      asymmetric.at("Signature") ==
      "sig=:5vApdil/0d/a9O2d7uw91jdTrWaC4ccYgFca9thQHhOaxsjGOyd0BQLt+iD8NIe3rWkIu2+2tWsdI8kKpH7q"
      "Bw==:");
  BOOST_TEST(outcome(asymmetric, public_key(ed25519_spki, crypto::signature_algorithm::ed25519)) ==
             "");

  rfc9421_settings open;
  open.required = {"@method", "date"};
  open.content_digest = open.cover_content_type = open.nonce = false;
  open.tag = "";
  open.label = "mine";
  BOOST_CHECK_THROW(add(::core::scheme::rfc9421(open), {"", 1, ""}, {.keyid = "c", .mac = &mac}),
                    std::invalid_argument);
  text.fields.emplace_back("Date", "now");
  const request_text few =
      add(::core::scheme::rfc9421(open), {"", 1, ""}, {.keyid = "c", .mac = &mac});
  BOOST_TEST(few.at("Signature-Input") ==
             R"(mine=("@method" "date");created=1;keyid="c";alg="hmac-sha256")");
  BOOST_TEST(outcome(few, mac_key(client_secret), open) == "");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
