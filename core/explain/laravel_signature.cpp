// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "core/base/encoding.hpp"
#include "core/crypto/hmac.hpp"
#include "core/envelope/payload_form.hpp"
#include "core/explain/mistakes.hpp"

namespace core::explain {

namespace {

using scheme::laravel_construction;

constexpr std::array<std::pair<laravel_construction, std::string_view>, 3> constructions{{
    {laravel_construction::a1, "HMAC-SHA-256 of the timestamp (A1)"},
    {laravel_construction::a2, "HMAC-SHA-256 of the timestamp and the secret (A2)"},
    {laravel_construction::a3, "SHA-256 of the timestamp and the secret, which is no HMAC (A3)"},
}};

std::string_view in_words(laravel_construction wanted) {
  for (const auto& [which, words] : constructions)
    if (which == wanted) return words;
  return {};
}

bool try_constructions(trials& t) {
  const laravel_construction own = t.policy().preset.scheme.construction;
  for (const auto& [which, words] : constructions) {
    if (which == own) continue;
    config::model changed = t.model();
    std::get<config::laravel_preset>(changed.schemes.front().what).scheme.construction = which;
    if (t.try_model("other-construction",
                    "sign by " + std::string(in_words(own)) + ": the client signs by " +
                        std::string(words) + ", which is `construction` in the configuration",
                    std::move(changed)))
      return true;
  }
  return false;
}

/// hash_hmac('sha256', $secret, $timestamp) for hash_hmac('sha256', $timestamp, $secret).
bool try_swapped(trials& t) {
  const std::string* const written = t.request().value(t.policy().preset.scheme.signature_field);
  if (written == nullptr || t.client() == nullptr) return false;
  const crypto::hmac by_stamp(crypto::hash::sha256, t.first().stamp_text);
  for (const config::secret_generation& g : t.client()->secrets) {
    const base::secret& secret = t.client()->signing_secret ? *t.client()->signing_secret : g.value;
    if (secret.empty()) continue;
    const std::string expected = base::hex(by_stamp.mac({secret.reveal()}).view());
    if (crypto::equal(expected, *written))
      return t.found("hmac-arguments-swapped",
                     "swap the arguments of the HMAC: the secret is the key and the timestamp the "
                     "message, hash_hmac('sha256', $timestamp, $secret)");
  }
  return false;
}

std::string payload_of(const trials& t) {
  std::string body = t.request().body;
  const std::string* const type = t.request().value("Content-Type");
  const config::laravel_preset& preset = t.policy().preset;
  const auto payload =
      envelope::find_payload(body, preset.payload, type == nullptr ? "" : *type, preset.field);
  return payload ? std::string(payload->data(), payload->size()) : std::string();
}

}  // namespace

bool try_laravel_signature(trials& t) {
  if (t.policy().laravel() == nullptr) return false;
  const std::string& stamp = t.first().stamp_text;
  const std::string only =
      "sign the timestamp alone, as it stands in the field: the client signs it ";
  if (t.try_text("trailing-newline", only + "with a line end (`echo` adds one; use `printf`)",
                 stamp + "\n") ||
      t.try_text("crlf", only + "with a line end", stamp + "\r\n") || try_constructions(t) ||
      try_swapped(t))
    return true;
  if (const std::string payload = payload_of(t);
      !payload.empty() &&
      (t.try_text("signed-the-payload", "sign the timestamp alone: the client signs the payload",
                  payload) ||
       t.try_text("signed-the-payload", only + "with the payload", stamp + payload)))
    return true;
  return t.try_text("signed-the-body", "sign the timestamp alone: the client signs the body",
                    t.request().body) ||
         t.try_text("timestamp-in-milliseconds", only + "in milliseconds", stamp + "000") ||
         t.try_text("signed-more", only + "behind the token", t.first().token + stamp) ||
         t.try_text("signed-more", only + "before the token", stamp + t.first().token);
}

}  // namespace core::explain
