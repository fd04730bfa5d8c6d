// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/laravel.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"
#include "core/http/syntax.hpp"
#include "core/keys/version.hpp"
#include "core/scheme/find_generation.hpp"
#include "core/scheme/timestamp.hpp"
#include "core/scheme/token.hpp"

namespace core::scheme {

namespace {

crypto::sha256_digest signature_of(laravel_construction construction, std::string_view timestamp,
                                   const keys::generation& key) {
  switch (construction) {
    case laravel_construction::a1: return key.sign_mac.mac({timestamp});
    case laravel_construction::a2: return key.sign_mac.mac({timestamp, key.signing.reveal()});
    case laravel_construction::a3: return crypto::sha256({timestamp, key.signing.reveal()});
  }
  return {};
}

}  // namespace

laravel::laravel(laravel_settings settings) : settings_(std::move(settings)) {
  std::ranges::transform(credential_fields(), keys_.begin(), http::key_of);
}

std::array<std::string_view, 4> laravel::credential_fields() const {
  return {settings_.timestamp_field, settings_.version_field, settings_.token_field,
          settings_.signature_field};
}

base::errc laravel::read(const http::request_head& head, claim& c) const {
  enum : std::size_t { timestamp, version, token, signature };
  const auto field = [&](std::size_t which, std::string_view name) {
    return head.fields.find(name, keys_[which]);
  };
  // Each where it stays: a copy would wait until what was just written can be read back.
  const std::array<http::fields::lookup, 4> found{
      field(timestamp, settings_.timestamp_field), field(version, settings_.version_field),
      field(token, settings_.token_field), field(signature, settings_.signature_field)};

  const auto absent = [](const http::fields::lookup& f) { return f.count == 0; };
  if (std::ranges::all_of(found, absent)) return base::errc::missing_credential;
  // Which of two would count is anybody's guess, so none does.
  if (std::ranges::any_of(found, [](const http::fields::lookup& f) { return f.count > 1; }))
    return base::errc::duplicate_field;
  if (std::ranges::any_of(found, absent)) return base::errc::missing_field;

  c.token = found[token].value;
  c.version = found[version].value;
  c.timestamp_text = found[timestamp].value;
  const std::optional<std::int64_t> seconds = parse_timestamp(c.timestamp_text);
  if (!seconds || !is_token(c.token) || !keys::is_version(c.version))
    return base::errc::malformed_field;
  if (!base::unhex(found[signature].value, c.signature)) return base::errc::malformed_field;
  c.timestamp = *seconds;
  c.stamped = true;
  return base::errc{};
}

base::result<claim> laravel::inspect(const http::request_head& head) const {
  claim c;
  if (const base::errc refused = read(head, c); refused != base::errc{}) return refused;
  return c;
}

std::vector<std::string> laravel::tokens_in(const http::fields& all) const {
  std::vector<std::string> tokens;
  for (const http::field& f : all)
    if (f.named(settings_.token_field)) tokens.emplace_back(f.value);
  return tokens;
}

bool laravel::verify(const claim& c, const keys::generation& key) const {
  const crypto::sha256_digest expected =
      signature_of(settings_.construction, c.timestamp_text, key);
  return crypto::equal(crypto::view(expected), {c.signature.data(), c.signature.size()});
}

std::string laravel::sign(std::string_view timestamp, const keys::generation& key) const {
  return base::hex(crypto::view(signature_of(settings_.construction, timestamp, key)));
}

std::string laravel::sign_reply(std::int64_t timestamp, unsigned status,
                                std::string_view request_mark, std::string_view body,
                                const keys::generation& key) {
  const std::string body_hash = base::hex(crypto::view(crypto::sha256({body})));
  return base::hex(crypto::view(
      key.sign_mac.mac({"countersign-reply\n", std::to_string(timestamp), "\n",
                        std::to_string(status), "\n", request_mark, "\n", body_hash})));
}

base::result<const keys::generation*> prove(const laravel& scheme, const claim& c,
                                            const keys::client& who, std::int64_t now) {
  return find_generation(
      who, now, [](const keys::generation& key) { return key.is_shared(); },
      [&](const keys::generation& key) { return scheme.verify(c, key); });
}

}  // namespace core::scheme
