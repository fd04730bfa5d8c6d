// SPDX-License-Identifier: Apache-2.0
// Building the bytes that are signed, and comparing what a key makes of them.

#include <algorithm>

#include "core/base/wiped_text.hpp"
#include "core/crypto/hmac.hpp"
#include "core/scheme/template_digest.hpp"
#include "core/scheme/template_render.hpp"
#include "core/scheme/template_scheme.hpp"

namespace core::scheme {

namespace {

/// Enough for the bytes with the secret in them: no filter makes more than two bytes of one, but
/// for digests of little.
std::size_t room_with_secret(const template_text& text, const template_reading& reading,
                             const base::secret& secret) {
  constexpr std::size_t digest_in_hex = 128;
  std::size_t room = reading.text.size();
  for (const text_piece& p : text.pieces)
    if (p.what == input::secret) room += (secret.size() + digest_in_hex) << p.filters.size();
  return room;
}

std::string joined(const signed_bytes& bytes) {
  std::string all;
  all.reserve(bytes.before.size() + bytes.body.size() + bytes.after.size());
  return all.append(bytes.before).append(bytes.body).append(bytes.after);
}

}  // namespace

void template_scheme::build(template_reading& reading, const request_view& request,
                            std::string_view body) const {
  if (reading.built) return;
  reading.text.clear();
  const auto body_at =
      render(text_, {.request = &request, .fields = reading.fields, .body = body}, reading.text);
  reading.body_at = body_at.value_or(0);
  reading.body = body_at ? body : std::string_view();
  reading.built = true;
}

bool template_scheme::matches(const template_reading& reading, const signed_bytes& bytes,
                              const keys::scheme_key& key) const {
  const auto candidate = [&](std::size_t i) {
    return std::string_view(reading.candidates[i].data(), signature_size_);
  };
  bool any = false;
  if (settings_.algorithm == template_algorithm::ed25519) {
    if (!key.public_key) return false;
    const std::string message = joined(bytes);
    for (std::size_t i = 0; i < reading.candidate_count; ++i) {
      const bool same =
          key.public_key->verify(crypto::signature_algorithm::ed25519, message, candidate(i));
      any = any || same;
    }
    return any;
  }
  const auto expected = digest_by(settings_.algorithm, key.proof, bytes);
  if (!expected) return false;
  // Compared first: leaving out the work after a match would tell by its time which one it was.
  for (std::size_t i = 0; i < reading.candidate_count; ++i) {
    const bool same = crypto::equal(expected->view(), candidate(i));
    any = any || same;
  }
  return any;
}

signed_bytes template_scheme::bytes_for(template_reading& reading, const request_view& request,
                                        std::string_view body, const keys::scheme_key& key,
                                        base::wiped_text& with_secret) const {
  build(reading, request, body);
  if (!uses_secret_) return reading.parts();
  with_secret.bytes.reserve(room_with_secret(text_, reading, key.secret));
  const auto body_at = render(
      text_,
      {.request = &request, .fields = reading.fields, .body = body, .secret = key.secret.reveal()},
      with_secret.bytes);
  const std::string_view all = with_secret.bytes;
  const std::size_t at = body_at.value_or(0);
  return {all.substr(0, at), reading.body, all.substr(at)};
}

bool template_scheme::verify(template_reading& reading, const request_view& request,
                             std::string_view body, const keys::scheme_key& key) const {
  // A text with nothing where the secret should be is one that anybody can sign.
  if (uses_secret_ && key.secret.empty()) return false;
  base::wiped_text with_secret;
  return matches(reading, bytes_for(reading, request, body, key, with_secret), key);
}

std::string template_scheme::explain(template_reading& reading, const request_view& request,
                                     std::string_view body) const {
  build(reading, request, body);
  return joined(reading.parts());
}

replay_identity template_scheme::identify(template_reading& reading, const request_view& request,
                                          std::string_view body) const {
  const auto value = [&reading](std::size_t field) {
    return reading.fields[field].value_or(std::string_view());
  };
  if (nonce_ && reading.fields[*nonce_]) return {"template-nonce", value(*nonce_), {}};
  if (replay_id_ && reading.fields[*replay_id_])
    return {"template-id", value(*replay_id_), timestamp_ ? value(*timestamp_) : ""};
  // The bytes and not the signature: there may be several signatures of the same message.
  build(reading, request, body);
  const signed_bytes bytes = reading.parts();
  reading.fingerprint = crypto::sha256({bytes.before, bytes.body, bytes.after});
  return {"template-text", crypto::view(reading.fingerprint), {}};
}

}  // namespace core::scheme
