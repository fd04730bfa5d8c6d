// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/rfc9421.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"
#include "core/http/structured_print.hpp"
#include "core/http/syntax.hpp"
#include "core/keys/version.hpp"
#include "core/scheme/rfc9421_fields.hpp"
#include "core/scheme/token.hpp"

namespace core::scheme {

namespace sf = http::structured;
using base::errc;

namespace {

constexpr std::size_t max_nonce = 128;
constexpr std::size_t min_nonce = 16;  // of [A-Za-z0-9_-]: 96 bits

/// Between the quotes of a String, where '"' and '\' would be escapes: no token has them.
bool is_keyid(std::string_view text) {
  return is_token(text) && text.find('\\') == std::string_view::npos;
}

bool is_nonce(std::string_view text, bool any) {
  if (text.empty() || text.size() > max_nonce) return false;
  if (any) return text.find('\\') == std::string_view::npos;
  return text.size() >= min_nonce && std::ranges::all_of(text, [](char c) {
           return base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '-';
         });
}

bool can_be_required(std::string_view name) {
  if (name.starts_with('@')) {
    const derived what = derived_named(name);
    return what != derived::none && what != derived::query_param && what != derived::status;
  }
  return http::is_token(name) && base::lower(name) == name;
}

}  // namespace

rfc9421::rfc9421(rfc9421_settings settings)
    : settings_(std::move(settings)),
      version_name_(base::lower(settings_.version_field)),
      version_key_(http::key_of(version_name_)) {
  if (settings_.required.empty())
    throw std::invalid_argument("a signature that need cover nothing proves nothing");
  for (const std::string& name : settings_.required)
    if (!can_be_required(name))
      throw std::invalid_argument(name + " is no component that can be required");
  if (settings_.algorithms.empty()) throw std::invalid_argument("no algorithm is allowed");
}

std::vector<std::string_view> rfc9421::credential_fields() {
  // The other digests are nobody's word: no signature need cover them, and the body may be opened.
  return {"Signature",        "Signature-Input", "Content-Digest",
          "Accept-Signature", "Repr-Digest",     "Digest"};
}

base::result<void> rfc9421::read_signature(rfc9421_reading& reading, std::string_view text) {
  // Its size is told without decoding, so that there is room for what is decoded.
  if (text.empty() || text.size() > base::base64_size(rfc9421_reading::longest_signature))
    return errc::malformed_field;
  // That it is base64 the field's own syntax has seen to.
  const std::size_t size = base::unbase64(text, reading.bytes.data()).value_or(0);
  if (size > rfc9421_reading::longest_signature) return errc::malformed_field;
  reading.size = size;
  return {};
}

bool rfc9421::allows(crypto::signature_algorithm a) const {
  return std::ranges::find(settings_.algorithms, a) != settings_.algorithms.end();
}

base::result<void> rfc9421::covers(const sf::field& in, const covered_components& covered,
                                   const http::fields& fields) const {
  for (const std::string& name : settings_.required)
    if (!covered.has(in, name)) return errc::not_covered;
  if (settings_.content_digest && !covered.has(in, content_digest_name)) return errc::not_covered;
  if (!settings_.cover_content_type) return {};
  const http::fields::lookup type = fields.find(content_type_name, content_type_key);
  if (type.count == 0) return {};
  if (type.count > 1) return errc::duplicate_field;
  if (!covered.has(in, content_type_name)) return errc::not_covered;
  return {};
}

base::result<void> rfc9421::read_version(claim& out, const sf::field& in,
                                         const covered_components& covered,
                                         const http::fields& fields) const {
  const http::fields::lookup version = fields.find(version_name_, version_key_);
  if (version.count == 0) return {};
  if (version.count > 1) return errc::duplicate_field;
  if (!keys::is_version(version.value)) return errc::malformed_field;
  if (!covered.has(in, version_name_)) return errc::not_covered;
  out.version = version.value;
  return {};
}

base::result<void> rfc9421::read_digest(rfc9421_reading& reading, const sf::field& in,
                                        const covered_components& covered,
                                        const http::fields& fields) const {
  reading.digest_covered = settings_.content_digest || covered.has(in, content_digest_name);
  if (!reading.digest_covered) return {};
  const field_lines lines =
      lines_of(fields, content_digest_name, content_digest_key, reading.digest_lines);
  if (lines.count == 0) return errc::missing_field;
  if (!parse_content_digest(reading.digests, lines.text)) return errc::malformed_field;
  return {};
}

base::result<void> rfc9421::read_algorithm(rfc9421_reading& reading,
                                           const signature_parameters& said) {
  reading.algorithm.reset();
  if (!said.alg) return {};
  reading.algorithm = crypto::parse_signature_algorithm(*said.alg);
  if (!reading.algorithm) return errc::unknown_alg;
  return {};
}

base::result<void> rfc9421::read_claim(claim& out, rfc9421_reading& reading,
                                       const signature_parameters& said) const {
  if (!said.keyid || (settings_.created && !said.created) || (settings_.nonce && !said.nonce))
    return errc::missing_field;
  if (!is_keyid(*said.keyid)) return errc::malformed_field;
  if (said.nonce && !is_nonce(*said.nonce, settings_.any_nonce)) return errc::malformed_field;
  if (said.created && said.expires &&
      (*said.expires < *said.created || *said.expires - *said.created > settings_.window))
    return errc::malformed_field;
  // An algorithm that nobody here may use is told apart from a wrong signature: that needs no key.
  if (const auto known = read_algorithm(reading, said); !known) return known;
  if (reading.algorithm && !allows(*reading.algorithm)) return errc::unknown_alg;
  reading.expires = said.expires;
  reading.nonce = said.nonce.value_or(std::string_view());
  out.token = *said.keyid;
  out.nonce = reading.nonce;
  out.stamped = said.created.has_value();
  out.timestamp = said.created.value_or(0);
  out.timestamp_text = said.created_text;
  return {};
}

base::result<claim> rfc9421::inspect(const request_view& request, rfc9421_reading& reading) const {
  const http::fields& fields = request.head.fields;
  const field_lines input = lines_of(fields, input_name, input_key, reading.inputs);
  const field_lines signature = lines_of(fields, signature_name, signature_key, reading.signatures);
  if (input.count == 0 && signature.count == 0) return errc::missing_credential;
  if (input.count == 0 || signature.count == 0) return errc::missing_field;

  sf::field inputs;
  sf::field signatures;
  if (!inputs.parse_dictionary(input.text) || !signatures.parse_dictionary(signature.text))
    return errc::malformed_field;
  const auto chosen = choose_signature(
      inputs, signatures, {settings_.tag, settings_.label, !settings_.other_signatures});
  if (!chosen) return chosen.error();
  const auto said = read_parameters(inputs, *chosen->input);
  if (!said) return said.error();

  claim made;
  covered_components covered;
  auto done = read_signature(reading, signatures[chosen->signature->self.value.text]);
  if (done) done = read_claim(made, reading, *said);
  if (done) done = covered.parse(inputs, *chosen->input, false, settings_.parameters);
  if (done) done = covers(inputs, covered, fields);
  if (done) done = read_version(made, inputs, covered, fields);
  if (done) done = read_digest(reading, inputs, covered, fields);
  if (done)
    done = build_base(reading.base, inputs, *chosen->input, covered, message_of(request),
                      settings_.dictionaries);
  if (!done) return done.error();
  return made;
}

std::vector<std::string> rfc9421::tokens_in(const http::fields& all) {
  std::vector<std::string> tokens;
  std::string room;
  sf::field inputs;
  if (!inputs.parse_dictionary(lines_of(all, input_name, input_key, room).text)) return tokens;
  for (const sf::member& input : inputs.members()) {
    const sf::parameter* const keyid = inputs.find_parameter(input.self, "keyid");
    if (keyid != nullptr && keyid->value.kind == sf::kind::string)
      tokens.emplace_back(inputs[keyid->value.text]);
  }
  return tokens;
}

std::optional<crypto::signature_algorithm> rfc9421::proven_by(const rfc9421_reading& reading,
                                                              const crypto::hmac* mac,
                                                              const keys::scheme_key& key) {
  crypto::signature_algorithm by = crypto::signature_algorithm::hmac_sha256;
  bool made = false;
  if (mac != nullptr) {
    made = mac->algorithm() == crypto::hash::sha256 &&
           crypto::equal(mac->mac({reading.base}).view(), reading.signature());
  } else if (key.public_key && key.algorithm) {
    by = *key.algorithm;
    made = key.public_key->verify(by, reading.base, reading.signature());
  }
  // Asked last: what a message names costs it nothing and saves it nothing.
  if (!made || (reading.algorithm && *reading.algorithm != by)) return std::nullopt;
  return by;
}

bool rfc9421::verify(const rfc9421_reading& reading, const keys::scheme_key& key) const {
  const auto by = proven_by(reading, key.proof ? &*key.proof : nullptr, key);
  return by && allows(*by);
}

bool rfc9421::covers_field(const rfc9421_reading& reading, std::string_view name) {
  // The base has a line for each component, which begins with its identifier.
  std::string_view rest = reading.base;
  while (rest.starts_with('"')) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (base::iequals(line.substr(1, name.size()), name)) {
      const std::string_view after = line.substr(1 + name.size());
      for (const std::string_view whole : {"\": ", "\";sf: ", "\";bs: "})
        if (after.starts_with(whole)) return true;
    }
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return false;
}

base::result<void> rfc9421::check_digest(const rfc9421_reading& reading, std::string_view body) {
  if (reading.digest_covered && !reading.digests.fit(body)) return errc::bad_digest;
  return {};
}

}  // namespace core::scheme
