// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/examples.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "core/base/encoding.hpp"
#include "core/scheme/charset.hpp"
#include "core/scheme/signature_text.hpp"

namespace gateway::cli {

namespace {

using core::config::envelope_kind;
using core::crypto::signature_algorithm;

// Keys that are as public as can be. RFC 9421, appendix B.1.4:
constexpr std::string_view client_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n"
    "-----END PRIVATE KEY-----\n";
constexpr std::string_view client_public_key =
    "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
// RFC 8032, section 7.1, the first test:
constexpr std::string_view gateway_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

constexpr std::string_view secret_of_32 = "example-secret-of-32-characters!";
constexpr std::string_view secret_of_16 = "example-secret16";
constexpr std::string_view signing_secret = "example-signing-secret-32-chars!";
constexpr std::string_view encryption_text =
    "example-encryption-key-of-64-characters-for-vectors-and-no-more!";

bool lists(const std::optional<std::vector<std::string>>& all, std::string_view name) {
  return !all || std::ranges::find(*all, name) != all->end();
}

bool is_bound(const core::config::model& m, std::size_t client) {
  return std::ranges::any_of(m.routes,
                             [client](const core::config::route& r) { return r.client == client; });
}

bool may_use(const core::config::model& m, std::size_t client, const core::config::route& r) {
  const core::config::client& c = m.clients[client];
  if (!lists(c.routes, r.name) || !lists(c.schemes, m.schemes[*r.scheme].name)) return false;
  return r.client ? *r.client == client : !is_bound(m, client);
}

const core::scheme::template_settings* templated(const core::config::scheme_settings& s) {
  const auto* own = std::get_if<core::config::template_preset>(&s.what);
  return own == nullptr ? nullptr : &own->scheme;
}

/// By what the client signs, where that isn't the scheme's alone.
std::optional<signature_algorithm> algorithm_of(const core::config::scheme_settings& s,
                                                const core::config::client& c) {
  if (std::holds_alternative<core::scheme::rfc9421_settings>(s.what))
    return c.algorithm.value_or(signature_algorithm::hmac_sha256);
  const auto* own = templated(s);
  if (own != nullptr && own->algorithm == core::scheme::template_algorithm::ed25519)
    return signature_algorithm::ed25519;
  return std::nullopt;
}

/// A client's secret as the scheme reads it.
std::string written(const core::scheme::template_settings& s, std::string_view bytes) {
  const std::string start = s.key.strip.empty() ? std::string() : s.key.strip.front();
  return start + core::scheme::encode(s.key.encoding, bytes);
}

/// The first of some texts that a field of the template may hold.
std::string fitting(const core::scheme::template_settings& s, std::string_view field,
                    std::span<const std::string_view> texts) {
  const core::scheme::template_field* f = s.field(field);
  if (f == nullptr || f->charset.empty()) return std::string(texts.front());
  const auto parsed = core::scheme::charset::parse(f->charset);
  if (const auto* allowed = std::get_if<core::scheme::charset>(&parsed))
    for (const std::string_view text : texts)
      if (allowed->fits(text)) return std::string(text);
  return std::string(texts.front());
}

/// The end of an example's name: all in which two of one scheme may differ.
std::string name_of(const example& e) {
  const core::config::route& r = e.rules.routes.front();
  const core::config::client& c = e.rules.clients.front();
  std::string name = e.scheme;
  switch (r.envelope) {
    case envelope_kind::none: name += "/none"; break;
    case envelope_kind::laravel:
      name.append("/laravel/").append(core::crypto::name(c.cipher));
      break;
    case envelope_kind::aes128gcm: name += "/aes128gcm"; break;
    case envelope_kind::jwe:
      name.append("/jwe/").append(core::envelope::name(c.jwe.alg));
      name.append("/").append(core::envelope::name(c.jwe.enc));
      break;
  }
  if (const auto by = algorithm_of(e.rules.schemes.front(), c))
    name.append("/").append(core::crypto::name(*by));
  if (c.signing_secret) name += "/signing_secret";
  if (c.encryption_key) name += "/encryption_key";
  if (r.content == core::config::content::any) name += "/any";
  if (r.bodyless_rule != core::config::bodyless::refuse) name += "/bodyless";
  if (r.reply.sign) name += "/reply-signed";
  if (!r.reply.seal) return name;
  name += "/reply-sealed";
  if (r.envelope != envelope_kind::laravel) return name;
  if (r.reply.plaintext == core::config::reply_plaintext::array) name += "-array";
  if (r.reply.plaintext == core::config::reply_plaintext::raw) name += "-raw";
  if (r.reply.form == core::config::reply_form::text) name += "-text";
  return name;
}

std::size_t encryption_size(const core::config::client& c, envelope_kind kind) {
  if (kind == envelope_kind::laravel) return core::crypto::key_size(c.cipher);
  return kind == envelope_kind::jwe ? core::envelope::key_size(c.jwe) : secret_of_32.size();
}

/// Of the same kind as `like`, with keys of its own.
core::config::client example_client(const core::config::client& like,
                                    const core::config::scheme_settings& scheme,
                                    envelope_kind kind) {
  core::config::client c;
  c.id = "example-client";
  c.token = c.id;
  c.cipher = like.cipher;
  c.jwe = like.jwe;
  const auto by = algorithm_of(scheme, like);
  const bool by_public_key = by && !core::crypto::is_symmetric(*by);
  if (by_public_key) c.public_key = client_public_key;
  if (by && std::holds_alternative<core::scheme::rfc9421_settings>(scheme.what)) c.algorithm = by;

  const bool shares =
      std::ranges::any_of(like.secrets, [](const auto& g) { return !g.value.empty(); });
  const std::size_t size = encryption_size(c, kind);
  std::string secret;
  if (shares || like.signing_secret || !by_public_key)
    secret =
        size == secret_of_16.size() && kind == envelope_kind::laravel ? secret_of_16 : secret_of_32;
  bool own_encryption_key = like.encryption_key && kind != envelope_kind::none;
  if (const auto* own = templated(scheme); own != nullptr && !by_public_key) {
    secret = written(*own, secret);
    constexpr std::string_view tokens[] = {"example-client", "exampleclient0001",
                                           "0000000000000001", "00000001", "0001"};
    c.token = fitting(*own, "token", tokens);
    own_encryption_key =
        own_encryption_key || (kind == envelope_kind::laravel && secret.size() != size);
  }
  c.secrets.push_back({"default", core::base::secret(secret), {}, {}});
  if (like.signing_secret && !by_public_key)
    c.signing_secret.emplace(templated(scheme) == nullptr
                                 ? std::string(signing_secret)
                                 : written(*templated(scheme), signing_secret));
  if (own_encryption_key) c.encryption_key.emplace(encryption_text.substr(0, size));
  return c;
}

core::config::model example_rules(const core::config::model& m, const core::config::route& like,
                                  const core::config::client& client) {
  core::config::model rules;
  rules.replay.window = m.replay.window;
  rules.replay.future = m.replay.future;
  rules.external.scheme = m.external.scheme;
  if (m.identity) rules.identity = {"example-gateway", core::base::secret(gateway_private_key)};
  rules.schemes.push_back(m.schemes[*like.scheme]);
  rules.clients.push_back(example_client(client, rules.schemes.front(), like.envelope));
  core::config::upstream& service = rules.upstreams.emplace_back();
  service.name = "example";
  service.endpoints.push_back({{"127.0.0.1", 9001}});
  core::config::route& r = rules.routes.emplace_back();
  r.name = "example";
  r.path = "/";
  r.scheme = 0;
  if (like.client) r.client = 0;
  r.envelope = like.envelope;
  r.bodyless_rule = like.bodyless_rule;
  r.replay = like.replay;
  r.content = like.content;
  r.reply = like.reply;
  r.body_bytes = rules.limits.body_bytes;
  return rules;
}

example make_example(const core::config::model& m, const core::config::route& like,
                     const core::config::client& client) {
  example e;
  e.scheme = m.schemes[*like.scheme].name;
  e.rules = example_rules(m, like, client);
  e.name = name_of(e);
  e.version = "1.0.0";
  const core::config::scheme_settings& scheme = e.rules.schemes.front();
  constexpr std::string_view versions[] = {"1.0.0", "1.0", "100", "1"};
  if (const auto* own = templated(scheme)) e.version = fitting(*own, "version", versions);
  const auto by = algorithm_of(scheme, client);
  if (!by || core::crypto::is_symmetric(*by)) return e;
  if (*by == signature_algorithm::ed25519)
    e.private_key = client_private_key;
  else
    e.left_out =
        std::string(core::crypto::name(*by)) +
        ": examples are made with hmac-sha256 and ed25519 alone, by which the same message "
        "always has the same signature";
  return e;
}

/// Without a secret nothing seals, and only a public key proves anything.
bool has_keys(const core::config::model& m, const core::config::client& c,
              const core::config::route& r) {
  const bool shares =
      c.signing_secret || c.encryption_key ||
      std::ranges::any_of(c.secrets, [](const auto& g) { return !g.value.empty(); });
  const auto by = algorithm_of(m.schemes[*r.scheme], c);
  return shares || (by && !core::crypto::is_symmetric(*by) && r.envelope == envelope_kind::none);
}

}  // namespace

std::vector<example> examples_of(const core::config::model& m) {
  std::vector<example> all;
  for (const core::config::route& r : m.routes) {
    if (!r.scheme) continue;
    for (std::size_t i = 0; i < m.clients.size(); ++i) {
      if (!may_use(m, i, r) || !has_keys(m, m.clients[i], r)) continue;
      example e = make_example(m, r, m.clients[i]);
      if (std::ranges::find(all, e.name, &example::name) == all.end()) all.push_back(std::move(e));
    }
  }
  return all;
}

}  // namespace gateway::cli
