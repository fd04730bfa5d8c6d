// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_key.hpp"

#include <optional>

#include "core/base/encoding.hpp"
#include "core/base/wiped_text.hpp"
#include "core/keys/derived.hpp"
#include "core/scheme/template_digest.hpp"
#include "core/scheme/template_text.hpp"

namespace core::scheme {

namespace {

constexpr std::size_t derived_size = 32;

/// Before an Ed25519 key's 32 bytes in a SubjectPublicKeyInfo (RFC 8410, section 4).
constexpr std::string_view ed25519_spki{"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12};
constexpr std::size_t ed25519_size = 32;

std::string_view name(text_encoding how) {
  switch (how) {
    case text_encoding::utf8: break;
    case text_encoding::hex: return "hexadecimal";
    case text_encoding::base64: return "base64 with padding";
    case text_encoding::base64url: return "base64url without padding";
  }
  return "text";
}

std::optional<std::string> decoded(text_encoding how, std::string_view text) {
  switch (how) {
    case text_encoding::utf8: break;
    case text_encoding::hex: return base::unhex_any_case(text);
    case text_encoding::base64: return base::unbase64(text);
    case text_encoding::base64url: return base::unbase64url(text);
  }
  return std::string(text);
}

std::string_view stripped(const template_key& how, std::string_view text) {
  for (const std::string& start : how.strip)
    if (!start.empty() && text.starts_with(start)) return text.substr(start.size());
  return text;
}

/// A SubjectPublicKeyInfo in any form, whatever the encoding of shared secrets; or the bytes of the
/// key alone, which senders of webhooks publish.
std::variant<keys::scheme_key, std::string> prepare_public(const template_key& how,
                                                           std::string_view text) {
  std::string spki(text);
  if (const auto bytes = decoded(how.encoding, stripped(how, text));
      bytes && bytes->size() == ed25519_size)
    spki = std::string(ed25519_spki) + *bytes;
  auto parsed = crypto::public_key::parse(spki);
  if (auto* why = std::get_if<std::string>(&parsed)) return std::move(*why);
  keys::scheme_key key;
  key.public_key = std::get<crypto::public_key>(std::move(parsed));
  key.algorithm = crypto::signature_algorithm::ed25519;
  if (!key.public_key->fits(*key.algorithm)) return "is no Ed25519 key";
  return key;
}

/// Else it is in the prepared keys alone.
bool signs_secret(const template_settings& settings) {
  const std::vector<std::string> names = declared_names(settings);
  const auto uses = [&names](const std::string& text, bool reply) {
    const auto parsed = parse_template_text(text, {names, reply});
    const auto* whole = std::get_if<template_text>(&parsed);
    return whole != nullptr && whole->uses(input::secret);
  };
  return uses(settings.string_to_sign, false) ||
         (settings.response && uses(settings.response->string_to_sign, true));
}

base::secret derived_or_itself(const std::string& purpose, const base::secret& from,
                               std::string_view client_id) {
  if (purpose.empty()) return from;
  return keys::derive(from, purpose, client_id, derived_size);
}

}  // namespace

std::variant<keys::scheme_key, std::string> prepare_key(const template_settings& settings,
                                                        const base::secret& client_secret,
                                                        std::string_view client_id) {
  const template_key& how = settings.key;
  if (settings.algorithm == template_algorithm::ed25519)
    return prepare_public(how, client_secret.reveal());
  base::wiped_text bytes;
  auto plain = decoded(how.encoding, stripped(how, client_secret.reveal()));
  if (!plain) return "is not " + std::string(name(how.encoding)) + ", as the scheme has it";
  bytes.bytes.swap(*plain);
  if (bytes.bytes.empty()) return "is empty";

  const base::secret secret(bytes.bytes);
  const base::secret signing = derived_or_itself(how.derive, secret, client_id);
  keys::scheme_key key;
  if (signs_secret(settings)) key.secret = signing;
  if (!is_hmac(settings.algorithm)) return key;
  const crypto::hash hash = hash_of(settings.algorithm);
  key.proof.emplace(hash, signing.reveal());
  if (settings.response)
    key.reply.emplace(hash,
                      derived_or_itself(settings.response->derive, secret, client_id).reveal());
  return key;
}

keys::scheme_key dummy_key(const template_settings& settings) {
  // Of the RFC's own test (RFC 8032, section 7.1, the first), as public as can be.
  constexpr std::string_view public_key =
      "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  constexpr std::string_view shared = "countersign, and nobody's secret";
  if (settings.algorithm == template_algorithm::ed25519)
    return std::get<keys::scheme_key>(prepare_public({}, *base::unhex_any_case(public_key)));
  template_settings plain = settings;
  plain.key.encoding = text_encoding::utf8;
  plain.key.strip.clear();
  return std::get<keys::scheme_key>(prepare_key(plain, base::secret(shared), "unknown"));
}

}  // namespace core::scheme
