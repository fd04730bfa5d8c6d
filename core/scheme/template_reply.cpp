// SPDX-License-Identifier: Apache-2.0
// Replies that are signed by a template of their own, for the request that they answer.

#include <array>

#include "core/crypto/digest.hpp"
#include "core/scheme/signature_text.hpp"
#include "core/scheme/template_digest.hpp"
#include "core/scheme/template_render.hpp"
#include "core/scheme/template_scheme.hpp"
#include "core/scheme/timestamp.hpp"

namespace core::scheme {

using base::errc;

std::int64_t template_scheme::per_second() const {
  return timestamp_ && settings_.fields[*timestamp_].milliseconds ? 1000 : 1;
}

std::optional<crypto::digest> template_scheme::reply_mac(const template_reading& asked,
                                                         const request_view& request,
                                                         const reply_facts& reply,
                                                         const keys::scheme_key& key) const {
  base::wiped_text text;
  text.bytes.reserve(1024 + key.secret.size());
  const auto body_at = render(response_text_,
                              {.request = &request,
                               .fields = asked.fields,
                               .body = reply.body,
                               .secret = key.secret.reveal(),
                               .status = reply.status,
                               .timestamp = reply.timestamp},
                              text.bytes);
  const std::string_view all = text.bytes;
  const std::size_t at = body_at.value_or(0);
  return digest_by(settings_.algorithm, key.reply,
                   {all.substr(0, at), body_at ? reply.body : "", all.substr(at)});
}

field_list template_scheme::sign_reply(const template_reading& asked, const request_view& request,
                                       const reply_facts& reply,
                                       const keys::scheme_key& key) const {
  if (!settings_.response) return {};
  const template_response& names = *settings_.response;
  const reply_facts written{reply.timestamp * per_second(), reply.status, reply.body};
  const auto mac = reply_mac(asked, request, written, key);
  if (!mac) return {};
  return {{names.timestamp, std::to_string(written.timestamp)},
          {names.signature, names.prefix + encode(settings_.signature.encoding, mac->view())}};
}

base::result<std::int64_t> template_scheme::verify_reply(const template_reading& asked,
                                                         const request_view& request,
                                                         const http::response_head& head,
                                                         std::string_view body,
                                                         const keys::scheme_key& key) const {
  if (!settings_.response) return errc::internal;
  const template_response& names = *settings_.response;
  const auto stamp = head.fields.find(names.timestamp);
  const auto signature = head.fields.find(names.signature);
  if (stamp.count == 0 && signature.count == 0) return errc::missing_credential;
  if (stamp.count > 1 || signature.count > 1) return errc::duplicate_field;
  if (stamp.count == 0 || signature.count == 0) return errc::missing_field;

  const auto timestamp = parse_timestamp(
      stamp.value, per_second() == 1 ? most_second_digits : most_millisecond_digits);
  std::array<char, largest_signature> bytes;
  if (!timestamp || !signature.value.starts_with(names.prefix) ||
      !decode_signature(settings_.signature.encoding, signature.value.substr(names.prefix.size()),
                        {bytes.data(), signature_size_}))
    return errc::malformed_field;
  const auto expected = reply_mac(asked, request, {*timestamp, head.status, body}, key);
  if (!expected || !crypto::equal(expected->view(), {bytes.data(), signature_size_}))
    return errc::bad_signature;
  return *timestamp / per_second();
}

}  // namespace core::scheme
