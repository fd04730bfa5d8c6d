// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/explain/credential_fields.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/rewriting.hpp"

namespace core::explain {

namespace {

using scheme::text_encoding;

template <class Change>
bool attempt(trials& t, const credential_field& f, std::string_view mistake, std::string advice,
             Change change) {
  const std::string& value = *t.request().value(f.header);
  const auto changed = with_signature(value, change);
  return changed && *changed != value &&
         t.try_request(mistake, std::move(advice), t.request().with(f.header, *changed));
}

std::optional<std::string> hex_of_base64(std::string_view text) {
  const auto bytes = any_base64(text);
  return bytes ? std::optional(base::hex(*bytes)) : std::nullopt;
}

std::optional<std::string> base64_of_base64url(std::string_view text) {
  const auto bytes = any_base64(text);
  return bytes ? std::optional(base::base64(*bytes)) : std::nullopt;
}

std::optional<std::string> base64_of_hex(std::string_view text) {
  const auto bytes = base::unhex_any_case(text);
  return bytes ? std::optional(base::base64(*bytes)) : std::nullopt;
}

std::optional<std::string> base64url_of_hex(std::string_view text) {
  const auto bytes = base::unhex_any_case(text);
  return bytes ? std::optional(base::base64url(*bytes)) : std::nullopt;
}

std::optional<std::string> base64url_of_base64(std::string_view text) {
  const auto bytes = any_base64(text);
  return bytes ? std::optional(base::base64url(*bytes)) : std::nullopt;
}

bool try_encodings(trials& t, const credential_field& f) {
  const std::string write = "write the signature in " + named(f);
  switch (f.encoding) {
    case text_encoding::base64:
      return attempt(t, f, "signature-in-base64url",
                     write +
                         " in base64 with + and /, padded with =: it is in base64url or lacks "
                         "padding",
                     base64_of_base64url) ||
             attempt(
                 t, f, "signature-in-hex",
                 write + " in base64 of its bytes: it is in hex, which is base64 of other bytes",
                 base64_of_hex);
    case text_encoding::base64url:
      return attempt(t, f, "signature-in-base64",
                     write + " in base64url with - and _, without padding: it is in base64",
                     base64url_of_base64) ||
             attempt(t, f, "signature-in-hex", write + " in base64url: it is in hex",
                     base64url_of_hex);
    case text_encoding::hex:
    case text_encoding::utf8: break;
  }
  return attempt(t, f, "signature-in-upper-case", write + " with lower-case hex digits",
                 [](std::string_view s) { return std::optional(base::lower(s)); }) ||
         attempt(t, f, "signature-in-base64", write + " in hex: it is in base64", hex_of_base64);
}

/// What stands before a template's signature.
bool try_frame(trials& t, const credential_field& f) {
  const auto* templated = t.policy().templated();
  if (templated == nullptr) return false;
  const scheme::template_signature& s = templated->settings().signature;
  const std::string before = s.prefix + (s.kv     ? s.kv->key + s.kv->assign
                                         : s.list ? s.list->pick
                                                  : std::string());
  return !before.empty() &&
         t.try_request("signature-without-prefix",
                       "write `" + before + "` before the signature in " + named(f),
                       t.request().with(f.header, before + *t.request().value(f.header)));
}

/// Bytes, of the algorithms whose signatures are always of one size; else 0.
std::size_t size_of(crypto::signature_algorithm a) {
  using enum crypto::signature_algorithm;
  switch (a) {
    case hmac_sha256: return 32;
    case ed25519:
    case ecdsa_p256_sha256: return 64;
    case ecdsa_p384_sha384: return 96;
    case rsa_pss_sha512:
    case rsa_v1_5_sha256: break;
  }
  return 0;
}

}  // namespace

bool try_signature_forms(trials& t) {
  using meaning = credential_field::meaning;
  return std::ranges::any_of(credential_fields(t.policy()), [&](const credential_field& f) {
    return f.what == meaning::signature && t.request().has(f.header) &&
           (try_frame(t, f) || try_encodings(t, f));
  });
}

bool try_signature_size(trials& t) {
  const std::string* const value = t.request().value("Signature");
  if (t.policy().signatures() == nullptr || value == nullptr || t.client() == nullptr) return false;
  const crypto::signature_algorithm by =
      t.client()->algorithm.value_or(crypto::signature_algorithm::hmac_sha256);
  std::size_t size = 0;
  with_signature(*value, [&](std::string_view text) {
    size = base::unbase64(text).value_or("").size();
    return std::optional<std::string>();
  });
  const std::size_t proper = size_of(by);
  return t.see(
      proper != 0 && size != proper, "other-algorithm",
      "sign by " + std::string(crypto::name(by)) + ", as the configuration has it for \"" +
          t.client()->id + "\": such a signature has " + std::to_string(proper) +
          " bytes, and this one " + std::to_string(size) +
          (size == size_of(crypto::signature_algorithm::hmac_sha256) ? ", as one by hmac-sha256"
                                                                     : ""));
}

}  // namespace core::explain
