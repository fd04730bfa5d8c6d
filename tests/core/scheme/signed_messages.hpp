// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages for the tests of rfc9421: those of the vectors, and the default profile's to be spoilt.

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/encoding.hpp"
#include "core/http/host.hpp"
#include "core/http/target.hpp"
#include "core/keys/scheme_key.hpp"
#include "core/scheme/rfc9421.hpp"

namespace tests {

using field_list = std::vector<std::pair<std::string, std::string>>;

/// A request that owns its text; to be changed as a test likes.
struct request_text {
  std::string method, target, authority, scheme = "https", body;
  field_list fields;

  [[nodiscard]] std::string* find(std::string_view name) {
    for (auto& [key, value] : fields)
      if (key == name) return &value;
    return nullptr;
  }
  [[nodiscard]] const std::string& at(std::string_view name) const {
    return *const_cast<request_text*>(this)->find(name);
  }
  void set(std::string_view name, std::string value) {
    if (std::string* const found = find(name))
      *found = std::move(value);
    else
      fields.emplace_back(name, std::move(value));
  }
  void erase(std::string_view name) {
    std::erase_if(fields, [name](const auto& f) { return f.first == name; });
  }
  void add(const field_list& more) { fields.insert(fields.end(), more.begin(), more.end()); }
  [[nodiscard]] core::http::request_head head() const {
    core::http::request_head h;
    h.method = method;
    h.target = target;
    for (const auto& [name, value] : fields) h.fields.add(name, value);
    return h;
  }
};

/// The view of a request, with the head that it is of.
struct viewed {
  explicit viewed(const request_text& text)
      : head(text.head()),
        view{head, core::http::parse_target(text.target).value(), text.authority, text.scheme} {}
  viewed(const viewed&) = delete;
  viewed& operator=(const viewed&) = delete;
  ~viewed() = default;

  core::http::request_head head;
  core::scheme::request_view view;
};

inline field_list fields_of(const boost::json::value& message) {
  field_list all;
  for (const auto& f : message.at("headers").as_array())
    all.emplace_back(f.at(0).as_string().c_str(), f.at(1).as_string().c_str());
  return all;
}

/// As the gateway would see it: the authority in lower case without https's own port, no line
/// folded.
inline request_text request_of(const boost::json::value& message) {
  request_text out;
  out.method = message.at("method").as_string();
  out.target = message.at("target").as_string();
  out.body = message.at("body").as_string();
  out.fields = fields_of(message);
  for (auto& [name, value] : out.fields) {
    if (name == "Host") {
      std::string scratch;
      out.authority = core::http::authority_of(value, out.scheme, scratch);
    }
    if (const std::size_t end = value.find("\r\n"); end != std::string::npos)
      value.replace(end, value.find_first_not_of(' ', end + 2) - end, " ");
  }
  return out;
}

inline core::keys::scheme_key mac_key(std::string_view secret) {
  core::keys::scheme_key key;
  key.proof = core::crypto::hmac(core::crypto::hash::sha256, secret);
  return key;
}

inline core::keys::scheme_key public_key(std::string_view text,
                                         core::crypto::signature_algorithm algorithm) {
  core::keys::scheme_key key;
  key.public_key = std::get<core::crypto::public_key>(core::crypto::public_key::parse(text));
  key.algorithm = algorithm;
  return key;
}

/// wire-formats' default profile: hex of HKDF's sign-c2s and sign-s2c of 00 to 1f for client-1.
inline const std::string client_secret =
    core::base::unhex_any_case("0127678054456465623f6d9cb06a06c773a516b58866c4aa840dd40142e49cdb")
        .value();
inline const std::string reply_secret =
    core::base::unhex_any_case("d50b753404fb07583343c0a6f1b2f2a3218819ec57912c74e9a0eb4a015d0eb3")
        .value();

/// Its Ed25519 pair, of the seed 00 to 1f: PKCS#8 is a prefix and the seed (RFC 8410).
inline const std::string ed25519_pem =
    "-----BEGIN PRIVATE KEY-----\n" +
    core::base::base64(core::base::unhex_any_case("302e020100300506032b657004220420"
                                                  "000102030405060708090a0b0c0d0e0f"
                                                  "101112131415161718191a1b1c1d1e1f")
                           .value()) +
    "\n-----END PRIVATE KEY-----\n";
inline constexpr std::string_view ed25519_spki =
    "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

inline constexpr std::string_view good_nonce = "AAECAwQFBgcICQoLDA0ODw";

inline const std::string good_components =
    R"(("@method" "@authority" "@path" "@query" "content-type" "content-digest"))";
inline const std::string good_parameters =
    R"(;created=1700000000;keyid="client-1";nonce="AAECAwQFBgcICQoLDA0ODw";alg="hmac-sha256";tag="gw")";

/// The default profile's vector.
inline request_text good_request() {
  return {"POST",
          "/v1/orders?b=2&a=%7E1",
          "api.example.com",
          "https",
          R"({"hello":"world"})",
          {{"Host", "api.example.com"},
           {"Content-Type", "application/json"},
           {"Content-Digest", "sha-256=:k6I5cakU5erL8KjSUVTNownDwccvu5kU1Hxg88toFYg=:"},
           {"Signature-Input", "sig=" + good_components + good_parameters},
           {"Signature", "sig=:AGOf3JCp+yBk1cX5xjqb8sR/zwSrdzUY8jmc9MEu2Ec=:"}}};
}

/// Claim or reason, by the name of the reason: "" is none.
inline std::string refusal(const request_text& text,
                           const core::scheme::rfc9421_settings& settings = {}) {
  const viewed v(text);
  core::scheme::rfc9421_reading reading;
  const auto claim = core::scheme::rfc9421(settings).inspect(v.view, reading);
  return claim ? "" : std::string(core::base::name(claim.error()));
}

/// Signs whatever Signature-Input says, as somebody who has the key may.
inline void sign_again(request_text& text, const core::keys::scheme_key& key,
                       const core::scheme::rfc9421_settings& settings = {}) {
  const viewed v(text);
  core::scheme::rfc9421_reading reading;
  if (!core::scheme::rfc9421(settings).inspect(v.view, reading)) return;
  const std::string mac(key.proof->mac({reading.base}).view());
  text.set("Signature", "sig=:" + core::base::base64(mac) + ":");
}

/// What becomes of it, to the end: "" or the reason.
inline std::string outcome(const request_text& text, const core::keys::scheme_key& key,
                           const core::scheme::rfc9421_settings& settings = {}) {
  const viewed v(text);
  const core::scheme::rfc9421 scheme(settings);
  core::scheme::rfc9421_reading reading;
  const auto claim = scheme.inspect(v.view, reading);
  if (!claim) return std::string(core::base::name(claim.error()));
  if (!scheme.verify(reading, key)) return "bad_signature";
  const auto digest = scheme.check_digest(reading, text.body);
  return digest ? "" : std::string(core::base::name(digest.error()));
}

}  // namespace tests
