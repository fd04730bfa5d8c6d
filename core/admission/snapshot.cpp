// SPDX-License-Identifier: Apache-2.0
#include "core/admission/snapshot.hpp"

#include <limits>
#include <stdexcept>

namespace core::admission {

namespace {

keys::client prepare(const config::client& c) {
  keys::client prepared;
  prepared.id = c.id;
  prepared.token = c.token;
  prepared.cipher = c.cipher;
  prepared.versions = c.versions;
  prepared.routes = c.routes;
  prepared.schemes = c.schemes;
  prepared.enabled = c.enabled;
  for (const config::secret_generation& g : c.secrets) {
    if (g.value.empty()) {
      prepared.generations.push_back(keys::make_unshared_generation(g.id));
      continue;
    }
    prepared.generations.push_back(keys::make_generation(
        g.id, g.from.value_or(0), g.until.value_or(std::numeric_limits<std::int64_t>::max()),
        c.signing_secret.value_or(g.value), c.encryption_key.value_or(g.value), c.cipher));
  }
  return prepared;
}

std::vector<keys::client> prepare_all(const config::model& m) {
  std::vector<keys::client> all;
  all.reserve(m.clients.size());
  for (const config::client& c : m.clients) all.push_back(prepare(c));
  return all;
}

std::vector<std::string_view> credential_fields(const proving_scheme& scheme) {
  const auto names = std::get<scheme::laravel>(scheme).credential_fields();
  return {names.begin(), names.end()};
}

route_policy compile(const config::model& m, std::size_t index) {
  const config::route& r = m.routes[index];
  http::request_filter_settings request;
  http::response_filter_settings response;
  std::optional<proving_scheme> scheme;
  std::string name;
  config::laravel_preset preset;
  request.only = r.forward;
  if (r.scheme) {
    const config::scheme_settings& settings = m.schemes[*r.scheme];
    name = settings.name;
    if (const auto* laravel = std::get_if<config::laravel_preset>(&settings.what)) {
      preset = *laravel;
      scheme = scheme::laravel(laravel->scheme);
    }
    if (!scheme) throw std::logic_error("no stage proves by the scheme " + name);
    for (const std::string_view field : credential_fields(*scheme))
      request.credentials.emplace_back(field);
    request.payload_opened = true;
    request.reply_sealed = r.reply.seal;
    response.sealed = r.reply.seal;
    // The reply's own credentials: an upstream's fields of these names would stand beside ours.
    if (r.reply.sign) response.set_by_gateway = request.credentials;
  }
  return {static_cast<std::uint32_t>(index),
          r,
          std::move(scheme),
          std::move(name),
          std::move(preset),
          {},
          nullptr,
          http::request_filter(request),
          http::response_filter(response)};
}

std::vector<route_policy> compile_all(const config::model& m) {
  std::vector<route_policy> all;
  all.reserve(m.routes.size());
  for (std::size_t i = 0; i < m.routes.size(); ++i) all.push_back(compile(m, i));
  return all;
}

std::vector<route::rule> rules_of(const config::model& m) {
  std::vector<route::rule> rules;
  rules.reserve(m.routes.size());
  for (const config::route& r : m.routes)
    rules.push_back({r.host, r.path, r.exact, r.client_version, r.methods});
  return rules;
}

}  // namespace

snapshot::snapshot(config::model m)
    : model(std::move(m)),
      external_scheme(model.external.scheme == "https" ? "https" : "http"),
      window{model.replay.window.count(), model.replay.future.count()},
      keys(prepare_all(model)),
      policies(compile_all(model)),
      routes(rules_of(model)) {}

}  // namespace core::admission
