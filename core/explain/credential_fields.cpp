// SPDX-License-Identifier: Apache-2.0
#include "core/explain/credential_fields.hpp"

#include "core/base/encoding.hpp"

namespace core::explain {

namespace {

using meaning = credential_field::meaning;

constexpr std::string_view some_stamp = "1700000000";

std::vector<credential_field> of_laravel(const scheme::laravel_settings& s) {
  return {
      {s.timestamp_field, "Unix seconds in decimal digits, without sign, fraction or leading zero",
       std::string(some_stamp), meaning::timestamp},
      {s.version_field, "1 to 32 of A-Z a-z 0-9 . _ + -", "1.0.0", meaning::other},
      {s.token_field, "1 to 128 visible ASCII characters", "token", meaning::other},
      {s.signature_field, "64 lower-case hex digits", std::string(64, '0'), meaning::signature,
       scheme::text_encoding::hex}};
}

std::string around(const scheme::extraction_settings& where, const std::string& value) {
  std::string out = where.prefix;
  if (where.kv) out.append(where.kv->key).append(1, where.kv->assign);
  if (where.list) out += where.list->pick;
  return out + value;
}

credential_field of_signature(const scheme::template_scheme& scheme) {
  const scheme::template_signature& s = scheme.settings().signature;
  const std::size_t size = scheme.signature_size();
  const std::string bytes(size, '\0');
  std::string text, rule;
  switch (s.encoding) {
    case scheme::text_encoding::base64:
      text = base::base64(bytes);
      rule = "base64 of " + std::to_string(size) + " bytes, with its padding";
      break;
    case scheme::text_encoding::base64url:
      text = base::base64url(bytes);
      rule = "base64url of " + std::to_string(size) + " bytes, without padding";
      break;
    case scheme::text_encoding::hex:
    case scheme::text_encoding::utf8:
      text = base::hex(bytes);
      rule = std::to_string(2 * size) + " lower-case hex digits";
      break;
  }
  if (const std::string before = around(s, ""); !before.empty())
    rule = "\"" + before + "\" and then " + rule;
  return {s.header, rule, around(s, text), meaning::signature, s.encoding};
}

std::vector<credential_field> of_template(const scheme::template_scheme& scheme) {
  std::vector<credential_field> out;
  for (const scheme::template_field& f : scheme.settings().fields) {
    if (f.kv || f.list) continue;
    credential_field one{f.header, "visible ASCII characters", "", meaning::other};
    if (f.name == "timestamp") {
      one = {f.header,
             std::string("Unix ") + (f.milliseconds ? "milliseconds" : "seconds") +
                 " in decimal digits, without sign, fraction or leading zero",
             std::string(some_stamp) + (f.milliseconds ? "000" : ""), meaning::timestamp};
    } else if (!f.charset.empty()) {
      one.rule = f.charset;
    }
    out.push_back(std::move(one));
  }
  out.push_back(of_signature(scheme));
  return out;
}

}  // namespace

std::vector<credential_field> credential_fields(const admission::route_policy& policy) {
  if (policy.laravel() != nullptr) return of_laravel(policy.preset.scheme);
  if (const auto* templated = policy.templated()) return of_template(*templated);
  if (policy.signatures() == nullptr) return {};
  return {{"Signature-Input", "a dictionary of inner lists (RFC 9421, section 4.1)", "",
           meaning::other},
          {"Signature", "a dictionary of byte sequences, like sig1=:…: (RFC 9421, section 4.2)", "",
           meaning::signature},
          {"Content-Digest", "a dictionary like sha-256=:…: (RFC 9530, section 2)", "",
           meaning::other}};
}

}  // namespace core::explain
