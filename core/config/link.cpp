// SPDX-License-Identifier: Apache-2.0
// From names to indices.

#include <algorithm>
#include <set>

#include "core/base/ascii.hpp"
#include "core/config/checks.hpp"
#include "core/config/presets.hpp"
#include "core/config/suggest.hpp"
#include "core/config/tables.hpp"
#include "core/scheme/template_lint.hpp"

namespace core::config {

namespace {

template <class Things>
std::vector<std::string_view> names_of(const Things& things) {
  std::vector<std::string_view> out;
  out.reserve(things.size());
  for (const auto& t : things) out.push_back(t.name);
  return out;
}

std::optional<std::size_t> index_of(const std::vector<std::string_view>& names,
                                    std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

void link_schemes(const reviewed& f) {
  auto& routes = f.d.route_drafts;
  const auto uses_laravel = [](const route_draft& r) { return r.scheme_name == "laravel"; };
  if (std::ranges::any_of(routes, uses_laravel) && !index_of(names_of(f.d.schemes), "laravel")) {
    f.d.schemes.push_back({"laravel", laravel_preset{}});
  }
  const auto uses_rfc9421 = [](const route_draft& r) { return r.scheme_name == "rfc9421"; };
  if (std::ranges::any_of(routes, uses_rfc9421) && !index_of(names_of(f.d.schemes), "rfc9421"))
    f.d.schemes.push_back({"rfc9421", scheme::rfc9421_settings{}});
  for (const preset_text& p : template_presets) {
    const auto uses_it = [&p](const route_draft& r) { return r.scheme_name == p.name; };
    if (std::ranges::any_of(routes, uses_it) && !index_of(names_of(f.d.schemes), p.name))
      f.d.schemes.push_back(
          {std::string(p.name), template_preset{std::string(p.name), {}, settings_of(p)}});
  }
  const auto names = names_of(f.d.schemes);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    route_draft& r = routes[i];
    if (r.scheme_name.empty() || r.scheme_name == "none") continue;
    r.scheme = index_of(names, r.scheme_name);
    if (r.scheme) continue;
    auto known = names;
    known.insert(known.end(), {"laravel", "rfc9421", "none"});
    for (const preset_text& p : template_presets) known.push_back(p.name);
    f.problems.error(f.route(i).key("scheme"),
                     quoted(r.scheme_name) + " is no scheme" + suggestion(r.scheme_name, known));
  }
}

void link_upstreams(const reviewed& f) {
  const auto names = names_of(f.d.upstreams);
  for (std::size_t i = 0; i < f.d.route_drafts.size(); ++i) {
    route_draft& r = f.d.route_drafts[i];
    if (r.upstream_name.empty()) continue;
    if (const auto found = index_of(names, r.upstream_name)) {
      r.upstream = *found;
    } else {
      f.problems.error(f.route(i).key("upstream"), quoted(r.upstream_name) +
                                                       " is not under `upstreams`" +
                                                       suggestion(r.upstream_name, names));
    }
  }
}

void link_clients(const reviewed& f) {
  std::vector<std::string_view> ids;
  ids.reserve(f.d.client_drafts.size());
  for (const client_draft& c : f.d.client_drafts) ids.emplace_back(c.id);
  for (std::size_t i = 0; i < f.d.route_drafts.size(); ++i) {
    route_draft& r = f.d.route_drafts[i];
    if (r.client_name.empty()) continue;
    r.client = index_of(ids, r.client_name);
    if (r.client) {
      f.d.client_drafts[*r.client].bound = true;
    } else if (f.every_client) {
      f.problems.error(f.route(i).key("client"), quoted(r.client_name) + " is not under `clients`" +
                                                     suggestion(r.client_name, ids));
    }
  }
}

/// "/api/v1/" becomes "api-v1", "/" becomes "root".
std::string name_from(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool fits = base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '_';
    if (fits) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (out.ends_with('-')) out.pop_back();
  constexpr std::size_t room_for_a_number = 56;
  if (out.size() > room_for_a_number) out.resize(room_for_a_number);
  if (out.empty()) return "root";
  return out == "other" ? "route-other" : out;  // "other" is what metrics call the rest
}

void name_routes(const reviewed& f) {
  std::set<std::string, std::less<>> taken;
  for (std::size_t i = 0; i < f.d.route_drafts.size(); ++i) {
    const std::string& name = f.d.route_drafts[i].name;
    if (!name.empty() && !taken.insert(name).second) {
      f.problems.error(f.route(i).key("name"), quoted(name) + " is another route's name already");
    }
  }
  for (route_draft& r : f.d.route_drafts) {
    if (!r.name.empty()) continue;
    const std::string base = name_from(r.path);
    r.name = base;
    for (int n = 2; !taken.insert(r.name).second; ++n) r.name = base + '-' + std::to_string(n);
  }
}

}  // namespace

void link(const reviewed& f) {
  link_schemes(f);
  link_upstreams(f);
  link_clients(f);
  name_routes(f);
}

scheme_traits traits_of(const scheme_settings& s) {
  scheme_traits t;
  if (std::holds_alternative<laravel_preset>(s.what)) {
    t.laravel = true;
    t.signs_body = false;
  }
  if (const auto* signatures = std::get_if<scheme::rfc9421_settings>(&s.what)) {
    // A signature covers the head, and with the digest the body.
    t.signs_body = signatures->content_digest;
    t.public_keys = !std::ranges::all_of(signatures->algorithms, crypto::is_symmetric);
    t.shared_keys = !std::ranges::none_of(signatures->algorithms, crypto::is_symmetric);
  }
  if (const auto* own = std::get_if<template_preset>(&s.what)) {
    t.names_client = own->scheme.field("token") != nullptr;
    t.signs_body = scheme::signs_body(own->scheme);
    t.signs_replies = own->scheme.response.has_value();
    t.public_keys = own->scheme.algorithm == scheme::template_algorithm::ed25519;
    t.shared_keys = !t.public_keys;
  }
  return t;
}

std::optional<crypto::signature_algorithm> algorithm_of(const crypto::public_key& key) {
  using enum crypto::signature_algorithm;
  for (const auto a : {ed25519, ecdsa_p256_sha256, ecdsa_p384_sha384})
    if (key.fits(a)) return a;
  return std::nullopt;
}

envelope_kind envelope_of(const route_draft& r, const draft& d) {
  if (r.own_envelope) return *r.own_envelope;
  const bool laravel = r.scheme && traits_of(d.schemes[*r.scheme]).laravel;
  return laravel ? envelope_kind::laravel : envelope_kind::none;
}

bool opens(std::size_t client, const route_draft& r, const draft& d) {
  if (!r.scheme) return false;
  const client_draft& c = d.client_drafts[client];
  const auto names = [](const std::optional<std::vector<std::string>>& list,
                        const std::string& name) {
    return !list || std::ranges::find(*list, name) != list->end();
  };
  if (r.client ? r.client != client : c.bound) return false;
  const scheme_traits traits = traits_of(d.schemes[*r.scheme]);
  const bool has_key =
      (traits.shared_keys && (c.secret || !c.secrets.empty() || c.signing_secret)) ||
      (traits.public_keys && c.public_key);
  return has_key && names(c.routes, r.name) && names(c.schemes, d.schemes[*r.scheme].name);
}

}  // namespace core::config
