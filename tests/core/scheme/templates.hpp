// SPDX-License-Identifier: Apache-2.0
#pragma once

// Templates and messages for their tests.

#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/http/host.hpp"
#include "core/scheme/template_key.hpp"
#include "core/scheme/template_lint.hpp"
#include "core/scheme/template_scheme.hpp"
#include "tests/core/vectors.hpp"

namespace tests::templates {

using core::scheme::template_settings;

/// A request with all that a view of it needs; stays where it is.
struct message {
  std::string method = "POST";
  std::string target = "/v1/orders?b=2&a=%7E1";
  std::string authority = "api.example.com";
  std::string scheme = "https";
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body = R"({"hello":"world"})";
  core::http::request_head head;

  core::scheme::request_view view() {
    head = {};
    head.method = method;
    head.target = target;
    for (const auto& [name, value] : fields) head.fields.add(name, value);
    return {head, core::http::parse_target(head.target).value(), authority, scheme};
  }
  message& set(std::string_view name, std::string value) {
    for (auto& field : fields)
      if (field.first == name) field.second = std::move(value);
    return *this;
  }
  message& drop(std::string_view name) {
    std::erase_if(fields, [name](const auto& field) { return field.first == name; });
    return *this;
  }
};

inline core::keys::scheme_key key_for(const template_settings& s, std::string_view secret,
                                      std::string_view client = "client-1") {
  auto made = core::scheme::prepare_key(s, core::base::secret(secret), client);
  if (const auto* why = std::get_if<std::string>(&made)) throw std::runtime_error(*why);
  return std::get<core::keys::scheme_key>(std::move(made));
}

inline core::scheme::extraction_settings extraction_from(const boost::json::value& v) {
  const auto text_or = [](const boost::json::object& o, const char* key, std::string fallback) {
    return o.contains(key) ? std::string(o.at(key).as_string()) : std::move(fallback);
  };
  const auto& o = v.as_object();
  core::scheme::extraction_settings e;
  e.header = text_or(o, "header", "");
  e.prefix = text_or(o, "prefix", "");
  if (o.contains("kv")) e.kv = {.key = text_or(o.at("kv").as_object(), "key", "")};
  if (o.contains("list"))
    e.list = {.sep = text_or(o.at("list").as_object(), "sep", " ").front(),
              .pick = text_or(o.at("list").as_object(), "pick", "")};
  return e;
}

inline core::scheme::text_encoding encoding_from(std::string_view word) {
  using enum core::scheme::text_encoding;
  return word == "hex" ? hex : word == "base64" ? base64 : utf8;
}

inline core::scheme::template_algorithm algorithm_from(std::string_view word) {
  using enum core::scheme::template_algorithm;
  if (word == "sha256") return sha256;
  return word == "ed25519" ? ed25519 : hmac_sha256;
}

/// A scheme as tests/vectors/template.json says it.
inline template_settings settings_from(const boost::json::value& v) {
  const auto& o = v.as_object();
  template_settings s;
  s.algorithm = algorithm_from(tests::text(v, "algorithm"));
  s.allow_weak = core::scheme::is_plain_hash(s.algorithm);
  if (o.contains("key")) {
    const auto& key = o.at("key").as_object();
    s.key.encoding = encoding_from(tests::text(o.at("key"), "encoding"));
    // The file names the secrets' beginning alone; public keys have another.
    if (key.contains("strip")) s.key.strip = {tests::text(o.at("key"), "strip"), "whpk_"};
  }
  if (o.contains("fields")) {
    for (const auto& [name, field] : o.at("fields").as_object()) {
      core::scheme::template_field f{extraction_from(field), std::string(name), {}};
      if (field.as_object().contains("charset")) f.charset = tests::text(field, "charset");
      s.fields.push_back(std::move(f));
    }
  }
  static_cast<core::scheme::extraction_settings&>(s.signature) = extraction_from(o.at("signature"));
  s.signature.encoding = encoding_from(tests::text(o.at("signature"), "encoding"));
  s.string_to_sign = tests::text(v, "string_to_sign");
  return s;
}

inline template_settings vector_scheme(std::string_view name) {
  for (const auto& v : tests::vectors("template.json", "schemes"))
    if (tests::text(v, "name") == name) return settings_from(v);
  throw std::runtime_error("no such scheme");
}

/// GW1 as it ships, without the configuration that it ships as.
inline template_settings gw1() {
  template_settings s = vector_scheme("gw1");
  s.key.encoding = core::scheme::text_encoding::utf8;
  s.key.derive = "sign-c2s";
  s.response.emplace();
  s.response->string_to_sign =
      "GW1-HMAC-SHA256-RESPONSE{lf}{token}{lf}{nonce}{lf}{timestamp}{lf}{status}{lf}"
      "{body|sha256|hex}";
  s.response->timestamp = "X-Auth-Timestamp";
  s.response->signature = "X-Auth-Signature";
  s.response->derive = "sign-s2c";
  return s;
}

/// Bytes 00 to 1f.
inline std::string counted_secret() {
  std::string secret(32, '\0');
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<char>(i);
  return secret;
}

/// As the format's own example, signed for counted_secret() and client-1.
inline message gw1_message() {
  message m;
  m.fields = {
      {"Host", "api.example.com"},
      {"X-Auth-Token", "client-1"},
      {"X-Auth-Version", "1.4.0"},
      {"X-Auth-Timestamp", "1700000000"},
      {"X-Auth-Nonce", "AAECAwQFBgcICQoLDA0ODw"},
      {"X-Auth-Signature", "225521912530e9b15d80aa11eb858e1716676486652274694d9d34351f5b6847"}};
  return m;
}

}  // namespace tests::templates
