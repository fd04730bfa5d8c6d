// SPDX-License-Identifier: Apache-2.0
// Clients' keys beside what the routes do with them.

#include <algorithm>

#include "core/config/checks.hpp"
#include "core/config/values.hpp"

namespace core::config {

namespace {

/// A key of one's own must fit; those that come of the secret do.
void check_jwe_key(const reviewed& f, std::size_t client) {
  const client_draft& c = f.d.client_drafts[client];
  if (!c.encryption_key) return;
  const bool seals = std::ranges::any_of(f.d.route_drafts, [&](const route_draft& r) {
    return envelope_of(r, f.d) == envelope_kind::jwe && opens(client, r, f.d);
  });
  const std::size_t size = envelope::key_size(c.jwe);
  if (!seals || c.encryption_key->size() == size) return;
  f.problems.error(f.client(client).key("encryption_key"),
                   "has " + std::to_string(c.encryption_key->size()) +
                       " bytes, and the key of a JWE with " + std::string(name(c.jwe.alg)) +
                       " and " + std::string(name(c.jwe.enc)) + " must have " +
                       std::to_string(size));
}

/// Is the digest of what this scheme signs the signature itself, or a way to guess the secret?
bool tells_secret(const scheme_settings& s) {
  if (const auto* laravel = std::get_if<laravel_preset>(&s.what))
    return laravel->scheme.construction != scheme::laravel_construction::a1;
  const auto* own = std::get_if<template_preset>(&s.what);
  return own != nullptr && (scheme::is_plain_hash(own->scheme.algorithm) ||
                            own->scheme.string_to_sign.find("{secret") != std::string::npos);
}

void check_explain(const reviewed& f, std::size_t client) {
  const client_draft& c = f.d.client_drafts[client];
  if (!c.explain_until) return;
  for (const route_draft& r : f.d.route_drafts) {
    if (!opens(client, r, f.d) || !tells_secret(f.d.schemes[*r.scheme])) continue;
    f.problems.error(f.client(client).key("explain_to_client"),
                     "can't be: what the scheme " + quoted(r.scheme_name) + " of route " +
                         quoted(r.name) +
                         " signs holds the secret, which the digest of it would help to guess");
    return;
  }
}

std::string names_of(const std::vector<crypto::signature_algorithm>& algorithms) {
  std::string out;
  for (const crypto::signature_algorithm a : algorithms)
    out.append(out.empty() ? "" : ", ").append(crypto::name(a));
  return out;
}

/// Of a client that has a public key: an algorithm that no route's scheme takes proves nothing.
void check_algorithm(const reviewed& f, std::size_t client) {
  const client_draft& c = f.d.client_drafts[client];
  if (!c.public_key) return;
  const auto parsed = crypto::public_key::parse(*c.public_key);
  const auto* key = std::get_if<crypto::public_key>(&parsed);
  if (key == nullptr) return;  // which has been told
  const auto algorithm = c.algorithm ? c.algorithm : algorithm_of(*key);
  const route_draft* refusing = nullptr;
  for (const route_draft& r : f.d.route_drafts) {
    if (!opens(client, r, f.d)) continue;
    const auto* signatures = std::get_if<scheme::rfc9421_settings>(&f.d.schemes[*r.scheme].what);
    if (signatures == nullptr || !algorithm ||
        std::ranges::find(signatures->algorithms, *algorithm) != signatures->algorithms.end())
      return;
    refusing = &r;
  }
  if (refusing == nullptr) return;
  const auto& taken = std::get<scheme::rfc9421_settings>(f.d.schemes[*refusing->scheme].what);
  f.problems.error(f.client(client).key(c.algorithm ? "algorithm" : "public_key"),
                   "signs by " + std::string(crypto::name(*algorithm)) + ", and the scheme " +
                       quoted(refusing->scheme_name) + " of route " + quoted(refusing->name) +
                       " takes only " + names_of(taken.algorithms) +
                       ": add it to the scheme's `algorithms`");
}

}  // namespace

void check_client_keys(const reviewed& f) {
  for (std::size_t i = 0; i < f.d.client_drafts.size(); ++i) {
    check_jwe_key(f, i);
    check_explain(f, i);
    check_algorithm(f, i);
  }
}

}  // namespace core::config
