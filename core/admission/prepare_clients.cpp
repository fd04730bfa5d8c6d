// SPDX-License-Identifier: Apache-2.0
#include "core/admission/prepare_clients.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "core/envelope/jwe.hpp"
#include "core/keys/derived.hpp"
#include "core/keys/key_ring.hpp"
#include "core/scheme/template_key.hpp"

namespace core::admission {

namespace {

/// What the routes need of clients' secrets.
struct needs {
  std::vector<bool> schemes;  ///< by position: is there a route with it?
  bool jwe = false;
  bool aes128gcm = false;
  std::vector<bool> bound;  ///< by the client's position: does a route name it?
};

needs needs_of(const config::model& m) {
  needs n;
  n.schemes.resize(m.schemes.size());
  n.bound.resize(m.clients.size());
  for (const config::route& r : m.routes) {
    if (r.scheme) n.schemes[*r.scheme] = true;
    if (r.client) n.bound[*r.client] = true;
    n.jwe = n.jwe || r.envelope == config::envelope_kind::jwe;
    n.aes128gcm = n.aes128gcm || r.envelope == config::envelope_kind::aes128gcm;
  }
  return n;
}

bool may_open(const config::client& c, std::string_view scheme) {
  return !c.schemes || std::ranges::find(*c.schemes, scheme) != c.schemes->end();
}

const base::secret& signing_of(const config::client& c, const config::secret_generation& g) {
  return c.signing_secret ? *c.signing_secret : g.value;
}

/// A secret for signing alone is the key itself; else it is one of those that come of the secret.
keys::scheme_key signature_key(const config::client& c, const config::secret_generation& g) {
  keys::scheme_key key;
  key.algorithm = c.algorithm.value_or(crypto::signature_algorithm::hmac_sha256);
  const auto by = [&](std::string_view purpose) {
    return crypto::hmac(crypto::hash::sha256,
                        client_key(c, g.value, *keys::find_purpose(purpose)).reveal());
  };
  if (!signing_of(c, g).empty()) key.reply = by("sign-s2c");
  if (!crypto::is_symmetric(*key.algorithm)) {
    key.public_key = std::get<crypto::public_key>(crypto::public_key::parse(*c.public_key));
  } else {
    key.proof = by("sign-c2s");
  }
  return key;
}

/// Nothing for the Laravel scheme, whose keys every generation has, and for a secret that is no key
/// of the scheme: the configuration refuses that where the client may use it.
std::optional<keys::scheme_key> key_for(const config::scheme_settings& scheme,
                                        const config::client& c,
                                        const config::secret_generation& g) {
  if (std::holds_alternative<scheme::rfc9421_settings>(scheme.what)) return signature_key(c, g);
  if (const auto* own_scheme = std::get_if<config::template_preset>(&scheme.what)) {
    const scheme::template_settings& templated = own_scheme->scheme;
    const bool by_public_key = templated.algorithm == scheme::template_algorithm::ed25519;
    const base::secret own =
        by_public_key && c.public_key ? base::secret(*c.public_key) : signing_of(c, g);
    auto key = scheme::prepare_key(templated, own, c.id);
    if (auto* made = std::get_if<keys::scheme_key>(&key)) return std::move(*made);
  }
  return std::nullopt;
}

keys::sealing_keys sealing(const config::client& c, const base::secret& shared,
                           std::string_view before, std::string_view after) {
  const auto key = [&](std::string_view direction) {
    const keys::purpose* p =
        keys::find_purpose(std::string(before).append(direction).append(1, ':').append(after));
    return client_key(c, shared, *p);
  };
  return {key("c2s"), key("s2c")};
}

keys::sealing_keys jwe_keys(const config::client& c, const base::secret& shared) {
  if (c.jwe.alg == envelope::jwe_alg::dir)
    return sealing(c, shared, "enc-", envelope::name(c.jwe.enc));
  return sealing(c, shared, "kw-", envelope::name(c.jwe.alg));
}

void add_keys(keys::generation& key, const config::model& m, const config::client& c,
              const config::secret_generation& g, const needs& n) {
  for (std::size_t i = 0; i < m.schemes.size(); ++i) {
    if (!n.schemes[i] || !may_open(c, m.schemes[i].name)) continue;
    auto made = key_for(m.schemes[i], c, g);
    if (!made) continue;
    key.schemes.resize(m.schemes.size());
    key.schemes[i] = std::move(made);
  }
  if (!key.is_shared() && !c.encryption_key) return;
  if (n.jwe) key.jwe = jwe_keys(c, g.value);
  if (n.aes128gcm) key.aes128gcm = sealing(c, g.value, "enc-", "aes128gcm");
}

keys::client prepare(const config::model& m, std::size_t index, const needs& n) {
  const config::client& c = m.clients[index];
  keys::client prepared;
  prepared.id = c.id;
  prepared.token = c.token;
  prepared.cipher = c.cipher;
  prepared.versions = c.versions;
  prepared.routes = c.routes;
  prepared.schemes = c.schemes;
  prepared.addresses = c.addresses;
  prepared.bound = n.bound[index];
  prepared.enabled = c.enabled;
  for (const config::secret_generation& g : c.secrets) {
    keys::generation& key = prepared.generations.emplace_back(
        g.value.empty() ? keys::make_unshared_generation(g.id)
                        : keys::make_generation(
                              g.id, g.from.value_or(0),
                              g.until.value_or(std::numeric_limits<std::int64_t>::max()),
                              signing_of(c, g), c.encryption_key.value_or(g.value), c.cipher));
    add_keys(key, m, c, g, n);
  }
  return prepared;
}

/// Whose key a dummy's is like: by each algorithm the first client that signs by it.
std::vector<const config::client*> kinds_of(const config::model& m) {
  std::vector<const config::client*> kinds;
  const auto algorithm = [](const config::client* c) {
    return c->algorithm.value_or(crypto::signature_algorithm::hmac_sha256);
  };
  for (const config::client& c : m.clients)
    if (std::ranges::find(kinds, algorithm(&c), algorithm) == kinds.end()) kinds.push_back(&c);
  return kinds;
}

/// A public key is no secret: a client's own serves, since whoever uses it here discards a match.
keys::scheme_key dummy_signature_key(const config::client& like) {
  keys::scheme_key key;
  key.algorithm = like.algorithm.value_or(crypto::signature_algorithm::hmac_sha256);
  if (crypto::is_symmetric(*key.algorithm))
    key.proof.emplace(crypto::hash::sha256, "countersign");
  else
    key.public_key = std::get<crypto::public_key>(crypto::public_key::parse(*like.public_key));
  return key;
}

keys::key_ring::dummy_keys dummy_like(const config::client& like, const config::model& m) {
  keys::key_ring::dummy_keys all(m.schemes.size());
  for (std::size_t i = 0; i < m.schemes.size(); ++i) {
    const auto& what = m.schemes[i].what;
    if (const auto* templated = std::get_if<config::template_preset>(&what))
      all[i] = scheme::dummy_key(templated->scheme);
    else if (std::holds_alternative<scheme::rfc9421_settings>(what))
      all[i] = dummy_signature_key(like);
  }
  return all;
}

}  // namespace

base::secret client_key(const config::client& c, const base::secret& shared,
                        const keys::purpose& p) {
  const auto& own = p.name.starts_with("sign-") ? c.signing_secret : c.encryption_key;
  // What replies are signed and sealed with comes of it: a reply is never a request.
  const bool of_client = p.name.find("-c2s") != std::string_view::npos;
  if (own && of_client) return *own;
  return keys::derive(own.value_or(shared), p, c.id);
}

std::vector<keys::client> prepare_clients(const config::model& m) {
  const needs n = needs_of(m);
  std::vector<keys::client> all;
  all.reserve(m.clients.size());
  for (std::size_t i = 0; i < m.clients.size(); ++i) all.push_back(prepare(m, i, n));
  return all;
}

std::vector<keys::key_ring::dummy_keys> dummy_keys(const config::model& m) {
  const bool signatures = std::ranges::any_of(m.schemes, [](const config::scheme_settings& s) {
    return std::holds_alternative<scheme::rfc9421_settings>(s.what);
  });
  std::vector<keys::key_ring::dummy_keys> all;
  // Other schemes have keys of one kind each.
  for (const config::client* like : kinds_of(m))
    if (signatures || all.empty()) all.push_back(dummy_like(*like, m));
  if (all.empty()) all.push_back(dummy_like(config::client(), m));
  return all;
}

base::secret stranger_seed(const config::model& m) {
  base::secret seed("countersign");
  const auto add = [&seed](std::string_view bytes) {
    seed = base::secret(crypto::view(crypto::sha256({seed.reveal(), bytes})));
  };
  for (const config::client& c : m.clients) {
    for (const config::secret_generation& g : c.secrets) add(g.value.reveal());
    if (c.signing_secret) add(c.signing_secret->reveal());
    if (c.public_key) add(*c.public_key);
  }
  return seed;
}

}  // namespace core::admission
