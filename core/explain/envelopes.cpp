// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/config/words.hpp"
#include "core/envelope/jwe_header.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/rewriting.hpp"
#include "core/json/check.hpp"
#include "core/keys/derived.hpp"

namespace core::explain {

namespace {

using config::envelope_kind;

envelope_kind kind_of(const trials& t) { return t.policy().settings.envelope; }

/// Without an envelope, or in another one than the route's.
bool try_other_envelope(trials& t) {
  const std::string own(config::name(kind_of(t)));
  for (const auto& [words, which] : config::envelope_words::words) {
    if (which == kind_of(t)) continue;
    // Anything at all would do without one.
    if (which == envelope_kind::none && !json::is_json(t.request().body)) continue;
    config::model changed = t.model();
    changed.routes.front().envelope = which;
    if (which == envelope_kind::none) changed.routes.front().content = config::content::json;
    const std::string advice =
        which == envelope_kind::none
            ? "seal the body, the route's envelope is " + own + ": it came as plain JSON"
            : "seal the body as the route has it, `envelope: " + own + "`: it came as " +
                  std::string(words);
    if (t.try_model(which == envelope_kind::none ? "body-not-sealed" : "other-envelope", advice,
                    std::move(changed)))
      return true;
  }
  return false;
}

bool try_content_type(trials& t) {
  constexpr std::array<std::string_view, 4> types{
      "application/x-www-form-urlencoded", "application/jose", "application/json", "text/plain"};
  const std::string* const own = t.request().value("Content-Type");
  for (const std::string_view type : types)
    if (t.try_request("content-type",
                      "send `Content-Type: " + std::string(type) + "` with such a body: " +
                          (own == nullptr ? std::string("it has none")
                                          : "it has \"" + visible(*own, 80) + "\""),
                      t.request().with("Content-Type", std::string(type))))
      return true;
  if (kind_of(t) == envelope_kind::aes128gcm && !t.request().has("Content-Encoding"))
    return t.try_request("content-encoding", "send `Content-Encoding: aes128gcm` with such a body",
                         t.request().with("Content-Encoding", "aes128gcm"));
  return false;
}

/// The keys that the client may have sealed with.
bool try_encryption_key(trials& t, std::string_view mistake, std::string advice, base::secret key) {
  config::model changed = t.model();
  changed.clients.front().encryption_key = std::move(key);
  return t.try_model(mistake, std::move(advice), std::move(changed));
}

std::string purpose_of(const trials& t, std::string_view direction) {
  if (kind_of(t) == envelope_kind::aes128gcm) return "enc-" + std::string(direction) + ":aes128gcm";
  const envelope::jwe_settings& how = t.client()->jwe;
  if (how.alg == envelope::jwe_alg::dir)
    return "enc-" + std::string(direction) + ":" + std::string(envelope::name(how.enc));
  return "kw-" + std::string(direction) + ":" + std::string(envelope::name(how.alg));
}

bool try_derived_keys(trials& t, const base::secret& secret) {
  const std::string wanted = purpose_of(t, "c2s");
  const std::string advice =
      "seal with the key that `countersign derive` prints as " + wanted + ": ";
  const std::size_t size = keys::find_purpose(wanted)->size;
  const std::string& id = t.client()->id;
  const auto derived = [&](std::string_view purpose, std::string_view who) {
    return keys::derive(secret, purpose, who, size);
  };
  const base::secret cut(secret.reveal().substr(0, size));
  const std::string other = purpose_of(t, "s2c");
  return try_encryption_key(t, "key-not-derived",
                            advice + "the client seals with the secret itself", cut) ||
         try_encryption_key(t, "key-for-replies",
                            advice + "the client uses " + other + ", which is for replies",
                            derived(other, id)) ||
         try_encryption_key(t, "key-for-signing",
                            advice + "the client uses sign-c2s, which is for signing",
                            derived("sign-c2s", id)) ||
         try_encryption_key(t, "key-derived-for-token",
                            advice + "the client derives it for its token, not its id",
                            derived(wanted, t.client()->token));
}

bool try_laravel_keys(trials& t, const base::secret& secret) {
  const std::string_view bytes = secret.reveal();
  const auto attempt = [&](std::string_view mistake, std::string_view advice,
                           std::optional<std::string> text) {
    return text && !text->empty() &&
           try_encryption_key(t, mistake, std::string(advice), to_secret(std::move(*text)));
  };
  return attempt("secret-is-hex-text",
                 "decode the key from hex to bytes before it is given to the Encrypter",
                 base::hex(bytes)) ||
         attempt("secret-is-base64-text",
                 "decode the key from base64 to bytes before it is given to the Encrypter",
                 base::base64(bytes)) ||
         attempt(
             "secret-decoded-from-base64",
             "give the Encrypter the secret as the text it is: the client decodes it from base64",
             any_base64(bytes)) ||
         attempt("secret-decoded-from-hex",
                 "give the Encrypter the secret as the text it is: the client decodes it from hex",
                 base::unhex_any_case(bytes));
}

bool try_keys_of_others(trials& t) {
  std::size_t left = 1000;
  const auto attempt = [&](const config::client& c, const base::secret& secret,
                           std::string advice) {
    if (secret.empty() || left-- == 0) return false;
    const bool laravel = kind_of(t) == envelope_kind::laravel;
    const std::string purpose = laravel ? std::string() : purpose_of(t, "c2s");
    if (try_encryption_key(t, "key-of-another", advice,
                           laravel ? secret
                                   : keys::derive(secret, purpose, t.client()->id,
                                                  keys::find_purpose(purpose)->size)))
      return true;
    return !laravel && try_encryption_key(
                           t, "key-of-another", std::move(advice),
                           keys::derive(secret, purpose, c.id, keys::find_purpose(purpose)->size));
  };
  for (const config::client& c : t.rules().model.clients) {
    for (const config::secret_generation& g : c.secrets) {
      if (c.id == t.client()->id) {
        if (attempt(c, g.value,
                    "seal and sign with the same secret: the body is sealed with \"" + g.id +
                        "\", the signature made with \"" +
                        (t.first().key == nullptr ? std::string() : t.first().key->id) + "\""))
          return true;
      } else if (attempt(c, c.encryption_key.value_or(g.value),
                         "seal with the secret of \"" + t.client()->id +
                             "\": the client uses that of \"" + c.id + "\"")) {
        return true;
      }
    }
  }
  return false;
}

bool try_ciphers(trials& t) {
  if (kind_of(t) != envelope_kind::laravel) return false;
  using enum crypto::cipher;
  for (const crypto::cipher which : {aes_128_cbc, aes_256_cbc, aes_128_gcm, aes_256_gcm}) {
    if (which == t.client()->cipher) continue;
    config::model changed = t.model();
    changed.clients.front().cipher = which;
    if (t.try_model("other-cipher",
                    "seal by " + std::string(crypto::name(t.client()->cipher)) +
                        ", as `cipher` has it for the client: it seals by " +
                        std::string(crypto::name(which)),
                    std::move(changed)))
      return true;
  }
  return false;
}

/// A JWE with something around it. What is signed is the body as it came: it can't be tried.
bool try_around_jwe(trials& t) {
  if (kind_of(t) != envelope_kind::jwe) return false;
  const std::string& body = t.request().body;
  const bool has_parts = std::ranges::count(body, '.') == 4;
  if (has_parts && body.starts_with('"'))
    return t.found("jwe-in-quotes", "send the JWE itself as the body, not as a JSON string");
  if (has_parts && base::trimmed(replaced(body, "\n", " ")).size() != body.size())
    return t.found("body-with-newline",
                   "send the JWE without a line end or blanks around it, and sign it so");
  return false;
}

/// The keyid of RFC 8188's header.
bool try_keyid(trials& t) {
  if (kind_of(t) != envelope_kind::aes128gcm) return false;
  constexpr std::size_t size_at = 20, head = 21, smallest = 18;
  const std::string_view body = t.request().body;
  if (body.size() < head)
    return t.found("not-aes128gcm",
                   "seal the body as RFC 8188 has it: it is shorter than its header");
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(body[at]); };
  const std::string_view keyid = body.substr(head, byte(size_at));
  if (!keyid.empty() && keyid != t.client()->token)
    return t.found("other-kid",
                   "leave the keyid of RFC 8188's header empty, or make it the client's "
                   "token, \"" +
                       t.client()->token + "\": it is \"" + visible(keyid, 80) + "\"");
  const std::size_t record = std::size_t{byte(16)} << 24U | std::size_t{byte(17)} << 16U |
                             std::size_t{byte(18)} << 8U | byte(19);
  return record < smallest &&
         t.found("not-aes128gcm", "seal the body as RFC 8188 has it: its header says records of " +
                                      std::to_string(record) + " bytes, and 18 is the least");
}

/// What a JWE says of itself, where that is not what was agreed.
bool try_jwe_header(trials& t) {
  if (kind_of(t) != envelope_kind::jwe) return false;
  const std::string& body = t.request().body;
  const auto parts = std::ranges::count(body, '.') + 1;
  constexpr int of_compact = 5;
  if (parts != of_compact)
    return t.found("jwe-not-compact",
                   "send a JWE in the compact form, five parts with dots between "
                   "them (RFC 7516, section 7.1): the body has " +
                       std::to_string(parts));
  auto json = base::unbase64url(std::string_view(body).substr(0, body.find('.')));
  const auto header = json ? envelope::read_jwe_header(*json) : std::nullopt;
  if (!header)
    return t.found("jwe-header",
                   "send a JWE header of alg, enc and at most kid, ts, ver, in base64url without "
                   "padding: what stands there can't be read, or has crit, zip or p2c");
  const envelope::jwe_settings& how = t.client()->jwe;
  const auto differs = [&](std::optional<std::string_view> said, std::string_view wanted) {
    return said.value_or("") != wanted;
  };
  const auto agree = [&](std::string_view member, std::optional<std::string_view> said,
                         std::string_view wanted) {
    return t.found("other-algorithm", "seal with " + std::string(member) + " \"" +
                                          std::string(wanted) +
                                          "\", as `jwe` has it for the client: "
                                          "the header says \"" +
                                          visible(said.value_or(""), 40) + "\"");
  };
  if (differs(header->alg, envelope::name(how.alg)))
    return agree("alg", header->alg, envelope::name(how.alg));
  if (differs(header->enc, envelope::name(how.enc)))
    return agree("enc", header->enc, envelope::name(how.enc));
  if (header->kid && *header->kid != t.client()->token)
    return t.found("other-kid",
                   "leave `kid` out of the JWE header, or make it the client's token, \"" +
                       t.client()->token + "\": it is \"" + visible(*header->kid, 80) + "\"");
  if (header->ts && *header->ts != t.first().stamp)
    return t.found("sealed-at-another-time",
                   "make `ts` of the JWE header the time that is signed, " +
                       std::to_string(t.first().stamp) + ": it is " + std::to_string(*header->ts));
  if (header->ver && *header->ver != t.first().version)
    return t.found("sealed-as-another-version",
                   "make `ver` of the JWE header the version that is signed, \"" +
                       visible(t.first().version, 40) + "\": it is \"" + visible(*header->ver, 40) +
                       "\"");
  return false;
}

/// The form field around a Laravel payload.
bool try_form(trials& t) {
  if (kind_of(t) != envelope_kind::laravel) return false;
  const std::string& body = t.request().body;
  const std::string field = t.policy().preset.field;
  if (const auto once = percent_decoded(body);
      once &&
      t.try_request("form-encoded-twice", "percent-encode the payload once: it is encoded twice",
                    t.request().with_body(*once)))
    return true;
  // The names of the form's fields, or of the object's members.
  std::vector<std::string> names;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('&', at), body.size());
    names.push_back(body.substr(at, std::min(body.find('=', at), end) - at));
    at = end + 1;
  }
  for (const char* usual : {"data", "payload", "message", "body", "encrypted"})
    names.emplace_back(usual);
  for (const std::string& name : names) {
    if (name == field || name.empty()) continue;
    config::model changed = t.model();
    std::get<config::laravel_preset>(changed.schemes.front().what).field = name;
    if (t.try_model("other-field",
                    "send the payload in the field `" + field +
                        "`, or say `field: " + visible(name, 40) +
                        "` in the configuration: it is in `" + visible(name, 40) + "`",
                    std::move(changed)))
      return true;
  }
  return false;
}

bool try_payload_forms(trials& t) {
  if (kind_of(t) != envelope_kind::laravel || t.policy().laravel() == nullptr) return false;
  constexpr std::array<std::pair<envelope::payload_form, std::string_view>, 3> forms{{
      {envelope::payload_form::form, "a form"},
      {envelope::payload_form::json, "a member of a JSON object"},
      {envelope::payload_form::raw, "the whole body"},
  }};
  for (const auto& [which, words] : forms) {
    config::model changed = t.model();
    std::get<config::laravel_preset>(changed.schemes.front().what).payload = which;
    if (t.try_model(
            "other-payload-form",
            "send the payload as the route takes it, with a Content-Type that says so: it is " +
                std::string(words) + " (`payload` in the configuration)",
            std::move(changed)))
      return true;
  }
  return false;
}

}  // namespace

bool try_envelope(trials& t) {
  if (t.client() == nullptr) return false;
  if (*t.first().refused == base::errc::missing_payload)
    return t.found("payload-missing",
                   "send a sealed body with a " + visible(t.request().method, 20) +
                       ", or allow messages without one by `bodyless` in the configuration");
  if (try_around_jwe(t) || try_other_envelope(t) || try_keyid(t) || try_jwe_header(t) ||
      try_form(t) || try_payload_forms(t) || try_ciphers(t) || try_content_type(t))
    return true;
  if (kind_of(t) == envelope_kind::none) return false;
  for (const config::secret_generation& g : t.client()->secrets) {
    const base::secret& secret = t.client()->encryption_key ? *t.client()->encryption_key : g.value;
    if (secret.empty()) continue;
    if (kind_of(t) == envelope_kind::laravel ? try_laravel_keys(t, secret)
                                             : try_derived_keys(t, secret))
      return true;
  }
  return try_keys_of_others(t);
}

bool try_plaintext(trials& t) {
  const base::errc reason = *t.first().refused;
  if (kind_of(t) != envelope_kind::laravel)
    return reason == base::errc::not_json && try_other_envelope(t);
  if (t.policy().laravel() == nullptr) return false;
  constexpr std::array<std::pair<envelope::plaintext_form, std::string_view>, 2> forms{{
      {envelope::plaintext_form::php_serialized, "serialized, as `encrypt` makes it"},
      {envelope::plaintext_form::raw, "a bare string, as `encryptString` makes it"},
  }};
  for (const auto& [which, words] : forms) {
    config::model changed = t.model();
    std::get<config::laravel_preset>(changed.schemes.front().what).plaintext.form = which;
    if (t.try_model("other-plaintext-form",
                    "seal the message as `plaintext` of the configuration has it: it is " +
                        std::string(words),
                    std::move(changed)))
      return true;
  }
  return false;
}

}  // namespace core::explain
