// SPDX-License-Identifier: Apache-2.0
#include "bench/load/inspection.hpp"

#include <array>
#include <charconv>

#include "core/crypto/digest.hpp"
#include "core/envelope/laravel.hpp"
#include "core/envelope/php_serialized.hpp"

namespace bench::load {

inspection::inspection(const options& o, const subject& s)
    : subject_(s),
      status_(o.status),
      allow_refused_(o.allow_refused),
      echo_(o.body == expected_body::echo),
      signed_(!s.plain() && s.route->settings.reply.sign && o.spoil == spoiled::nothing),
      sealed_(!s.plain() && s.route->settings.reply.seal && o.spoil == spoiled::nothing) {}

bool inspection::refuses(const core::http::response_head& head) const {
  return allow_refused_ && (head.status == 503 || head.status == 429) &&
         head.fields.find("retry-after").count == 1;
}

std::optional<failure> inspection::check(wire::message_reader& answer, const request& asked,
                                         composer& messages) {
  if (answer.response().status != status_) return failure::status;
  if (signed_ && !proven(answer.response(), answer.body(), asked)) return failure::signature;
  std::optional<std::string_view> said = answer.body();
  if (sealed_) said = open(answer.body(), answer.response());
  if (!said) return failure::seal;
  if (echo_ && *said != messages.message(asked.serial)) return failure::body;
  return std::nullopt;
}

bool inspection::proven(const core::http::response_head& head, std::string_view body,
                        const request& asked) const {
  const auto names = subject_.route->laravel()->credential_fields();
  const auto stamp = head.fields.find(names[0]);
  const auto version = head.fields.find(names[1]);
  const auto token = head.fields.find(names[2]);
  const auto signature = head.fields.find(names[3]);
  if (stamp.count != 1 || version.count != 1 || token.count != 1 || signature.count != 1)
    return false;
  std::int64_t at = 0;
  const char* end = stamp.value.data() + stamp.value.size();
  if (std::from_chars(stamp.value.data(), end, at).ptr != end) return false;
  return token.value == subject_.client->token &&
         signature.value ==
             core::scheme::laravel::sign_reply(at, head.status, asked.mark, body, *subject_.key);
}

std::optional<std::string_view> inspection::open(std::string& body,
                                                 const core::http::response_head& head) {
  using core::envelope::payload_form;
  const core::config::reply& how = subject_.route->settings.reply;
  const bool json = how.form == core::config::reply_form::json;
  const auto payload = core::envelope::find_payload(
      body, json ? payload_form::json : payload_form::raw, head.fields.find("content-type").value,
      subject_.route->preset.field);
  if (!payload) return std::nullopt;
  const core::keys::generation& key = *subject_.key;
  const auto opened = core::envelope::open_laravel(
      *payload, {subject_.client->cipher, key.reply.reveal(), key.reply_mac}, contexts_);
  if (!opened) return std::nullopt;
  const std::string_view plaintext(opened->plaintext.data(), opened->plaintext.size());
  if (how.plaintext == core::config::reply_plaintext::raw) return plaintext;
  const auto text = core::envelope::plaintext_to_json(
      plaintext, {.form = core::envelope::plaintext_form::php_serialized}, scratch_);
  if (!text) return std::nullopt;
  return *text;
}

}  // namespace bench::load
