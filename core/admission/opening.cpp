// SPDX-License-Identifier: Apache-2.0
// How a proven message's body is opened, by envelope.

#include "core/admission/stages.hpp"
#include "core/base/ascii.hpp"
#include "core/envelope/aes128gcm.hpp"
#include "core/envelope/jwe.hpp"
#include "core/http/media_type.hpp"

namespace core::admission {

using base::errc;
using base::result;

namespace {

bool takes_no_payload(std::string_view method, config::bodyless rule) {
  if (method == "POST" || method == "PUT" || method == "PATCH") return false;
  switch (rule) {
    case config::bodyless::refuse: return false;
    case config::bodyless::safe: return method == "GET" || method == "HEAD";
    case config::bodyless::all: return true;
  }
  return false;
}

}  // namespace

result<void> proven::open_laravel(std::span<char> body, workspace& space) const {
  const auto type = head().fields.find("content-type");
  if (type.count > 1) return errc::duplicate_field;
  if (head().fields.find("content-encoding").count != 0) return errc::unsupported_content;
  const auto payload =
      envelope::find_payload(body, policy().preset.payload, type.value, policy().preset.field);
  if (!payload) return payload.error();
  const envelope::laravel_key with{client().cipher, key().encryption.reveal(), key().envelope_mac};
  const auto plain = envelope::open_laravel(*payload, with, space.contexts);
  if (!plain) return plain.error();
  known->plaintext_ = {plain->plaintext.data(), plain->plaintext.size()};
  known->identity_ = plain->identity;
  return {};
}

result<void> proven::open_jwe(std::span<char> body, workspace& space) const {
  const auto type = head().fields.find("content-type");
  if (type.count > 1) return errc::duplicate_field;
  if (head().fields.find("content-encoding").count != 0 ||
      !http::is_type(http::media_type(type.value), "application/jose"))
    return errc::unsupported_content;
  const envelope::jwe_key with{jwe(), key().jwe.request.reveal(), client().token};
  const auto plain = envelope::open_jwe(body, with, space.contexts);
  if (!plain) return plain.error();
  // Sealed with one time or version and signed with another: two messages, put together.
  if (plain->ts && *plain->ts != claim().timestamp) return errc::bad_payload;
  if (plain->has_ver && plain->ver != claim().version) return errc::bad_payload;
  known->plaintext_ = {plain->plaintext.data(), plain->plaintext.size()};
  return {};
}

result<void> proven::open_aes128gcm(std::span<char> body, workspace& space) const {
  const auto coding = head().fields.find("content-encoding");
  if (coding.count > 1) return errc::duplicate_field;
  if (!base::iequals(coding.value, "aes128gcm")) return errc::unsupported_content;
  const auto plain = envelope::open_aes128gcm(
      body, {key().aes128gcm.request.reveal(), client().token}, space.contexts);
  if (!plain) return plain.error();
  known->plaintext_ = {plain->data(), plain->size()};
  return {};
}

result<void> proven::check_digest(std::span<char> body) const {
  if (policy().signatures() == nullptr) return {};
  return scheme::rfc9421::check_digest(signature_reading(), {body.data(), body.size()});
}

result<void> proven::take_unsealed(std::span<char> body) const {
  // Where JSON is expected a coding would hide it.
  if (policy().settings.content == config::content::json &&
      head().fields.find("content-encoding").count != 0)
    return errc::unsupported_content;
  known->plaintext_ = {body.data(), body.size()};
  return {};
}

result<opened> open(const proven& p, std::span<char> body, workspace& space) {
  const route_policy& policy = p.policy();
  findings& known = *p.known;
  known.has_plaintext_ = false;
  if (const auto digest = p.check_digest(body); !digest) return digest.error();
  const bool body_sealed = !body.empty() && policy.settings.envelope != config::envelope_kind::none;
  if ((body_sealed || policy.settings.reply.seal) && !p.can_seal()) return errc::no_key;
  if (body.empty()) {
    // Other schemes sign that there is none.
    if (policy.laravel() != nullptr &&
        !takes_no_payload(p.head().method, policy.settings.bodyless_rule))
      return errc::missing_payload;
    known.body_opened_ = true;
    opened bodyless(p);
    bodyless.set_mark();
    return bodyless;
  }
  result<void> done;
  switch (policy.settings.envelope) {
    case config::envelope_kind::laravel: done = p.open_laravel(body, space); break;
    case config::envelope_kind::jwe: done = p.open_jwe(body, space); break;
    case config::envelope_kind::aes128gcm: done = p.open_aes128gcm(body, space); break;
    case config::envelope_kind::none: done = p.take_unsealed(body); break;
  }
  if (!done) return done.error();
  known.body_opened_ = known.has_plaintext_ = true;
  opened sealed(p);
  sealed.set_mark();
  return sealed;
}

}  // namespace core::admission
