// SPDX-License-Identifier: Apache-2.0
#include "core/admission/client_reply.hpp"

#include <optional>

#include "core/base/encoding.hpp"
#include "core/envelope/payload_form.hpp"
#include "core/envelope/php_to_json.hpp"

namespace core::admission {

namespace {

using base::errc;

/// @return what is wrong with the signature; empty if it is right.
std::string check_signature(const client_request& asked, const http::response_head& head,
                            std::string_view body, std::int64_t now, const replay::window& window) {
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

std::variant<std::string, errc> open_body(const client_request& asked, std::string_view type,
                                          std::string_view sealed, workspace& space) {
  const route_policy& policy = *asked.policy;
  const auto form = policy.settings.reply.form == config::reply_form::json
                        ? envelope::payload_form::json
                        : envelope::payload_form::raw;
  std::string body(sealed);
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

}  // namespace

std::variant<client_reply, std::string> open_client_reply(const client_request& asked,
                                                          const http::response_head& head,
                                                          std::string_view body, std::int64_t now,
                                                          const snapshot& rules, workspace& space) {
  client_reply reply;
  const config::reply& demanded = asked.policy->settings.reply;
  if (asked.key != nullptr && demanded.sign) {
    std::string why = check_signature(asked, head, body, now, rules.window);
    if (!why.empty()) return why;
    reply.verified = true;
  }
  // HEAD, 204 and 304 have nothing that could be sealed.
  const bool has_body = asked.method != "HEAD" && head.status != 204 && head.status != 304;
  if (asked.key != nullptr && demanded.seal && has_body) {
    const auto opened = open_body(asked, head.fields.find("content-type").value, body, space);
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
