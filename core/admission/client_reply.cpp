// SPDX-License-Identifier: Apache-2.0
#include "core/admission/client_reply.hpp"

#include <optional>

#include "core/base/encoding.hpp"
#include "core/envelope/aes128gcm.hpp"
#include "core/envelope/jwe.hpp"
#include "core/envelope/payload_form.hpp"
#include "core/envelope/php_to_json.hpp"

namespace core::admission {

namespace {

using base::errc;

/// @return what is wrong with the signature; empty if it is right.
std::string check_laravel_signature(const client_request& asked, const http::response_head& head,
                                    std::string_view body, std::int64_t now,
                                    const replay::window& window) {
  // The four fields are read with the strictness that requests get.
  http::request_head credentials;
  credentials.fields = head.fields;
  const auto claim = asked.policy->laravel()->inspect(credentials);
  if (!claim) {
    return claim.error() == errc::missing_credential
               ? "the reply is not signed"
               : "the reply's signature can't be read: " + std::string(base::name(claim.error()));
  }
  if (claim->token != asked.client->token) return "the reply is signed for another client's token";
  const std::string expected =
      scheme::laravel::sign_reply(claim->timestamp, head.status, asked.mark, body, *asked.key);
  const std::string claimed = base::hex({claim->signature.data(), claim->signature.size()});
  if (!crypto::equal(expected, claimed)) return "the reply's signature is wrong";
  if (!window.check(claim->timestamp, now))
    return "the reply is signed at " + std::string(claim->timestamp_text) +
           ", which is outside replay.window by this clock";
  return {};
}

/// The request as the gateway has read it: replies are tied to what that was.
class asked_again {
 public:
  asked_again(const client_request& asked, const snapshot& rules, std::int64_t now)
      : head_(asked.head(length_)) {
    const auto arrived = arrive(head_, rules, base::from_unix_seconds(now), known_);
    if (!arrived) return;
    const auto found = find_route(*arrived, rules);
    if (!found) return;
    if (const auto claim = inspect(*found)) claim_ = *claim;
  }
  [[nodiscard]] const std::optional<claimed>& claim() const { return claim_; }

 private:
  std::string length_;
  http::request_head head_;
  findings known_;
  std::optional<claimed> claim_;
};

/// What the gateway's own signatures are proven with.
keys::scheme_key gateway_key(const snapshot& rules) {
  keys::scheme_key key;
  if (!rules.identity) return key;
  key.algorithm = crypto::signature_algorithm::ed25519;
  key.public_key =
      std::get<crypto::public_key>(crypto::public_key::parse(rules.identity->public_spki()));
  return key;
}

std::string check_tied_signature(const client_request& asked, const http::response_head& head,
                                 std::string_view body, std::int64_t now, const snapshot& rules) {
  const asked_again request(asked, rules, now);
  if (!request.claim()) return "the request can't be read, so nothing can be tied to it";
  const claimed& claim = *request.claim();
  const keys::scheme_key& key = *asked.key->key_of(*asked.policy->settings.scheme);
  base::result<std::int64_t> made = errc::internal;
  if (const auto* signatures = asked.policy->signatures())
    made = signatures->verify_reply(claim.view(), claim.claim().nonce, head, body,
                                    key.reply ? key : gateway_key(rules));
  else
    made = asked.policy->templated()->verify_reply(claim.template_reading(), claim.view(), head,
                                                   body, key);
  if (!made) {
    return made.error() == errc::missing_credential ? "the reply is not signed"
           : made.error() == errc::bad_signature
               ? "the reply's signature is wrong"
               : "the reply's signature can't be read: " + std::string(base::name(made.error()));
  }
  if (!asked.policy->window.check(*made, now))
    return "the reply is signed at " + std::to_string(*made) +
           ", which is outside replay.window by this clock";
  return {};
}

std::string check_signature(const client_request& asked, const http::response_head& head,
                            std::string_view body, std::int64_t now, const snapshot& rules) {
  if (asked.policy->laravel() != nullptr)
    return check_laravel_signature(asked, head, body, now, rules.window);
  return check_tied_signature(asked, head, body, now, rules);
}

std::optional<std::string> as_json(std::string_view plaintext, envelope::empty_array empty) {
  std::string scratch;
  if (const auto json = envelope::php_to_json(plaintext, empty, scratch)) return std::string(*json);
  // A string of bytes that aren't UTF-8 has no JSON.
  if (const auto text = envelope::php_string_content(plaintext)) return std::string(*text);
  return std::nullopt;
}

std::optional<std::string> content(std::string_view plaintext, const route_policy& policy) {
  switch (policy.settings.reply.plaintext) {
    case config::reply_plaintext::raw: return std::string(plaintext);
    case config::reply_plaintext::array:
      return as_json(plaintext, policy.preset.plaintext.empty_array);
    case config::reply_plaintext::string:
      if (const auto text = envelope::php_string_content(plaintext)) return std::string(*text);
      break;
  }
  return std::nullopt;
}

std::variant<std::string, errc> open_laravel(const client_request& asked, std::string_view type,
                                             std::string& body, workspace& space) {
  const route_policy& policy = *asked.policy;
  const auto form = policy.settings.reply.form == config::reply_form::json
                        ? envelope::payload_form::json
                        : envelope::payload_form::raw;
  const auto payload = envelope::find_payload(body, form, type, policy.preset.field);
  if (!payload) return payload.error();
  const envelope::laravel_key key{asked.client->cipher, asked.key->reply.reveal(),
                                  asked.key->reply_mac};
  const auto opened = envelope::open_laravel(*payload, key, space.contexts);
  if (!opened) return opened.error();
  const auto text = content({opened->plaintext.data(), opened->plaintext.size()}, policy);
  if (!text) return errc::bad_plaintext;
  return *text;
}

std::variant<std::string, errc> open_body(const client_request& asked,
                                          const http::response_head& head, std::string_view sealed,
                                          const snapshot& rules, workspace& space) {
  std::string body(sealed);
  const std::string_view token = asked.client->token;
  switch (asked.policy->settings.envelope) {
    case config::envelope_kind::laravel:
      return open_laravel(asked, head.fields.find("content-type").value, body, space);
    case config::envelope_kind::jwe: {
      const envelope::jwe_key key{rules.model.clients[asked.client->index - 1].jwe,
                                  asked.key->jwe.reply.reveal(), token};
      const auto opened = envelope::open_jwe(body, key, space.contexts);
      if (!opened) return opened.error();
      return std::string(opened->plaintext.data(), opened->plaintext.size());
    }
    case config::envelope_kind::aes128gcm: {
      const auto opened = envelope::open_aes128gcm(
          body, {asked.key->aes128gcm.reply.reveal(), token}, space.contexts);
      if (!opened) return opened.error();
      return std::string(opened->data(), opened->size());
    }
    case config::envelope_kind::none: break;
  }
  return body;
}

}  // namespace

std::variant<client_reply, std::string> open_client_reply(const client_request& asked,
                                                          const http::response_head& head,
                                                          std::string_view body, std::int64_t now,
                                                          const snapshot& rules, workspace& space) {
  client_reply reply;
  const config::reply& demanded = asked.policy->settings.reply;
  if (asked.key != nullptr && demanded.sign) {
    std::string why = check_signature(asked, head, body, now, rules);
    if (!why.empty()) return why;
    reply.verified = true;
  }
  // HEAD, 204 and 304 have nothing that could be sealed.
  const bool has_body = asked.method != "HEAD" && head.status != 204 && head.status != 304;
  // For a client that has a public key alone nothing can be: it gets a problem that says so. Where
  // nothing proves (and there is no key) nothing is sealed.
  if (demanded.seal && has_body && has_sealing_key(*asked.key, asked.policy->settings.envelope)) {
    const auto opened = open_body(asked, head, body, rules, space);
    if (const auto* why = std::get_if<errc>(&opened))
      return "the reply's seal can't be opened: " + std::string(base::name(*why));
    reply.body = std::get<std::string>(opened);
    reply.opened = true;
  } else {
    reply.body = body;
  }
  return reply;
}

}  // namespace core::admission
