// SPDX-License-Identifier: Apache-2.0
// Do the clients' secrets make keys for the templates that they open?

#include <set>

#include "core/config/checks.hpp"
#include "core/scheme/template_key.hpp"

namespace core::config {

namespace {

struct tried_secret {
  spot at;
  base::secret value;
};

/// What the client signs with under such a scheme, with its place.
std::vector<tried_secret> keys_of(const reviewed& f, std::size_t client, bool public_key) {
  const client_draft& c = f.d.client_drafts[client];
  const spot at = f.client(client);
  std::vector<tried_secret> out;
  if (public_key) {
    if (c.public_key) out.push_back({at.key("public_key"), base::secret(*c.public_key)});
    return out;
  }
  if (c.signing_secret) return {{at.key("signing_secret"), *c.signing_secret}};
  if (c.secret) out.push_back({at.key("secret"), *c.secret});
  for (std::size_t i = 0; i < c.secrets.size(); ++i)
    out.push_back({at.key("secrets").item(i).key("value"), c.secrets[i].value});
  return out;
}

}  // namespace

void check_template_keys(const reviewed& f) {
  std::set<std::pair<std::size_t, std::size_t>> done;
  for (const route_draft& r : f.d.route_drafts) {
    if (!r.scheme) continue;
    const scheme_settings& s = f.d.schemes[*r.scheme];
    const auto* own = std::get_if<template_preset>(&s.what);
    if (own == nullptr) continue;
    for (std::size_t client = 0; client < f.d.client_drafts.size(); ++client) {
      if (!opens(client, r, f.d) || !done.insert({client, *r.scheme}).second) continue;
      for (const tried_secret& one : keys_of(f, client, traits_of(s).public_keys)) {
        if (one.value.empty()) continue;  // which has been said
        const auto made = scheme::prepare_key(own->scheme, one.value, f.d.client_drafts[client].id);
        if (const auto* why = std::get_if<std::string>(&made))
          f.problems.error(one.at, *why + " (scheme " + quoted(s.name) + ')');
      }
    }
  }
}

}  // namespace core::config
