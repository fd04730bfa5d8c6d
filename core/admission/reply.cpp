// SPDX-License-Identifier: Apache-2.0
#include "core/admission/reply.hpp"

#include "core/base/encoding.hpp"
#include "core/envelope/aes128gcm.hpp"
#include "core/envelope/jwe.hpp"
#include "core/envelope/php_serialized.hpp"
#include "core/json/check.hpp"

namespace core::admission {

namespace {

std::string laravel_plaintext(std::string_view body, config::reply_plaintext form) {
  switch (form) {
    case config::reply_plaintext::raw: return std::string(body);
    case config::reply_plaintext::string: break;
    case config::reply_plaintext::array:
      // What isn't JSON has no array to become: it is sealed as the string it is.
      if (auto array = envelope::php_serialize_json(body)) return std::move(*array);
  }
  return envelope::php_serialize_string(body);
}

reply_content seal_as_laravel(const reply_content& plain, const proven& sender,
                              std::string_view random, std::string& storage, workspace& space) {
  const route_policy& policy = sender.policy();
  const keys::generation& key = sender.key();
  const crypto::cipher cipher = sender.client().cipher;
  const envelope::laravel_key reply_key{cipher, key.reply.reveal(), key.reply_mac};
  std::string payload =
      envelope::seal_laravel(laravel_plaintext(plain.body, policy.settings.reply.plaintext),
                             reply_key, random.substr(0, crypto::iv_size(cipher)), space.contexts);
  if (policy.settings.reply.form == config::reply_form::text) {
    storage = std::move(payload);
    return {plain.status, storage, "text/plain", {}, false};
  }
  storage = "{";
  json::append_string(storage, policy.preset.field);
  storage.append(":\"").append(payload).append("\"}");
  return {plain.status, storage, "application/json", {}, false};
}

// What identified the request, in hex: ties the reply's signature to it. Requests without a body,
// or whose body wasn't opened, have none.
std::string request_mark(const proven& sender) { return base::hex(sender.payload_mark()); }

// The four fields as the client's own requests carry them (wire-formats of the Laravel scheme,
// replies).
void sign_as_laravel(http::head_writer& out, const reply_content& sent, const proven& sender,
                     const scheme::laravel& scheme, std::int64_t now) {
  const auto names = scheme.credential_fields();
  out.field(names[0], std::to_string(now));
  out.field(names[1], sender.claim().version);
  out.field(names[2], sender.claim().token);
  out.field(names[3], scheme::laravel::sign_reply(now, sent.status, request_mark(sender), sent.body,
                                                  sender.key()));
}

void sign_as_template(http::head_writer& out, const reply_content& sent, const proven& sender,
                      const scheme::template_scheme& scheme, std::int64_t now) {
  const keys::scheme_key& key = *sender.key().key_of(*sender.policy().settings.scheme);
  for (const auto& [name, value] : scheme.sign_reply(sender.template_reading(), sender.view(),
                                                     {now, sent.status, sent.body}, key))
    out.field(name, value);
}

void sign_by_rfc9421(http::head_writer& out, const reply_content& sent, const proven& sender,
                     const scheme::rfc9421& scheme, std::int64_t now) {
  const keys::scheme_key& key = *sender.key().key_of(*sender.policy().settings.scheme);
  const snapshot& rules = sender.rules();
  scheme::rfc9421_signer signer;
  if (key.reply) {
    signer.keyid = sender.client().token;
    signer.mac = &*key.reply;
  } else {
    // The configuration sees to it that there is one.
    signer.keyid = rules.model.identity->id;
    signer.own = &*rules.identity;
  }
  for (const auto& [name, value] :
       scheme.sign_reply(sender.signature_reading(), sender.view(),
                         {sent.status, sent.type, sent.body, now}, signer))
    out.field(name, value);
}

}  // namespace

reply_content seal_reply(const reply_content& plain, const proven& sender, std::string_view random,
                         std::string& storage, workspace& space) {
  const keys::generation& key = sender.key();
  switch (sender.policy().settings.envelope) {
    case config::envelope_kind::laravel:
      return seal_as_laravel(plain, sender, random, storage, space);
    case config::envelope_kind::jwe:
      storage = envelope::seal_jwe(plain.body,
                                   {sender.jwe(), key.jwe.reply.reveal(), sender.client().token},
                                   random, space.contexts);
      return {plain.status, storage, "application/jose", {}, false};
    case config::envelope_kind::aes128gcm:
      storage = envelope::seal_aes128gcm(
          plain.body, {key.aes128gcm.reply.reveal(), sender.client().token},
          random.substr(0, envelope::aes128gcm_salt_size), space.contexts);
      return {plain.status, storage, plain.type, "aes128gcm", false};
    case config::envelope_kind::none: break;
  }
  return plain;
}

void add_reply_signature(http::head_writer& out, const reply_content& sent, const proven& sender,
                         std::int64_t now) {
  if (const auto* laravel = sender.policy().laravel())
    sign_as_laravel(out, sent, sender, *laravel, now);
  else if (const auto* signatures = sender.policy().signatures())
    sign_by_rfc9421(out, sent, sender, *signatures, now);
  else if (const auto* templated = sender.policy().templated())
    sign_as_template(out, sent, sender, *templated, now);
}

}  // namespace core::admission
