// SPDX-License-Identifier: Apache-2.0
#include "core/admission/snapshot.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/admission/prepare_clients.hpp"

namespace core::admission {

namespace {

std::vector<std::string_view> credential_fields(const proving_scheme& scheme) {
  if (const auto* laravel = std::get_if<scheme::laravel>(&scheme)) {
    const auto names = laravel->credential_fields();
    return {names.begin(), names.end()};
  }
  if (std::holds_alternative<scheme::rfc9421>(scheme)) return scheme::rfc9421::credential_fields();
  return std::get<scheme::template_scheme>(scheme).credential_fields();
}

/// The fields that a signed reply gets: an upstream's of these names would stand beside ours.
std::vector<std::string> signature_fields(const proving_scheme& scheme) {
  std::vector<std::string> names;
  if (std::holds_alternative<scheme::rfc9421>(scheme))
    return {"Signature", "Signature-Input", "Content-Digest"};
  if (const auto* templated = std::get_if<scheme::template_scheme>(&scheme)) {
    if (const auto& response = templated->settings().response)
      names = {response->timestamp, response->signature};
    return names;
  }
  for (const std::string_view field : credential_fields(scheme)) names.emplace_back(field);
  return names;
}

void compile_scheme(route_policy& policy, const snapshot& rules) {
  const config::scheme_settings& settings = rules.model.schemes[*policy.settings.scheme];
  policy.scheme_name = settings.name;
  if (const auto* laravel = std::get_if<config::laravel_preset>(&settings.what)) {
    policy.preset = *laravel;
    policy.scheme = scheme::laravel(laravel->scheme);
    policy.version_field = laravel->scheme.version_field;
  } else if (const auto* signatures = std::get_if<scheme::rfc9421_settings>(&settings.what)) {
    scheme::rfc9421_settings own = *signatures;
    own.window = policy.window.past;
    policy.version_field = own.version_field;
    const scheme::rfc9421 made(std::move(own));
    policy.accept_signature = made.accept_signature();
    policy.scheme = made;
  } else {
    const auto& templated = std::get<config::template_preset>(settings.what).scheme;
    policy.scheme = scheme::template_scheme(templated);
    policy.window.past = templated.window.value_or(policy.window.past);
    policy.window.future = templated.future.value_or(policy.window.future);
    policy.releases_on_failure = templated.release_on_failure;
    // A version in the midst of a field routes nothing.
    const scheme::template_field* version = templated.field("version");
    if (version != nullptr && !version->kv && !version->list && version->prefix.empty())
      policy.version_field = version->header;
  }
  // The dummy stands before the configured clients.
  if (policy.settings.client) policy.client = &rules.keys.all()[*policy.settings.client + 1];
}

/// Schemes of one's own may differ in their windows; and what one of them signs may be what another
/// did that had its name.
replay::window_owner owner_of(const route_policy& policy) {
  if (policy.laravel() != nullptr) return {"laravel", {}};
  const auto* templated = policy.templated();
  if (templated == nullptr) return {"rfc9421", {}};
  return {"template", policy.scheme_name + "\n" + templated->settings().string_to_sign};
}

route_policy compile(const snapshot& rules, std::size_t index,
                     const replay::window_history& before) {
  route_policy policy;
  policy.index = static_cast<std::uint32_t>(index);
  policy.settings = rules.model.routes[index];
  policy.window = rules.window;
  const config::route& r = policy.settings;
  http::request_filter_settings request;
  http::response_filter_settings response;
  request.only = r.forward;
  if (r.scheme) {
    compile_scheme(policy, rules);
    policy.window = before.narrow(owner_of(policy), policy.window);
    for (const std::string_view field : credential_fields(*policy.scheme))
      request.credentials.emplace_back(field);
    if (!policy.version_field.empty()) request.credentials.push_back(policy.version_field);
    policy.observed_request_filter = http::request_filter(request);
    // What is not sealed goes on as it came, where the route takes anything.
    request.payload_opened =
        r.envelope != config::envelope_kind::none || r.content == config::content::json;
    request.reply_sealed = r.reply.seal;
    if (r.reply.sign) response.set_by_gateway = signature_fields(*policy.scheme);
    policy.observed_response_filter = http::response_filter(response);
    response.sealed = r.reply.seal;
  }
  policy.request_filter = http::request_filter(request);
  policy.response_filter = http::response_filter(response);
  return policy;
}

std::vector<route_policy> compile_all(const snapshot& rules, const replay::window_history& before) {
  std::vector<route_policy> all;
  all.reserve(rules.model.routes.size());
  for (std::size_t i = 0; i < rules.model.routes.size(); ++i)
    all.push_back(compile(rules, i, before));
  return all;
}

std::vector<route::rule> rules_of(const config::model& m) {
  std::vector<route::rule> rules;
  rules.reserve(m.routes.size());
  for (const config::route& r : m.routes)
    rules.push_back({r.host, r.path, r.exact, r.client_version, r.methods});
  return rules;
}

std::string_view scheme_of(const config::model& m) {
  if (!m.external.scheme.empty()) return m.external.scheme == "https" ? "https" : "http";
  const auto secured = [](const config::listener& l) { return l.tls.has_value(); };
  return !m.listen.empty() && std::ranges::all_of(m.listen, secured) ? "https" : "http";
}

std::optional<crypto::private_key> identity_of(const config::model& m) {
  if (!m.identity) return std::nullopt;
  // The configuration has read it before.
  return std::get<crypto::private_key>(crypto::private_key::parse(m.identity->key.reveal()));
}

}  // namespace

snapshot::snapshot(config::model m, const replay::window_history& before)
    : model(std::move(m)),
      identity(identity_of(model)),
      external_scheme(scheme_of(model)),
      window{model.replay.window.count(), model.replay.future.count()},
      keys(prepare_clients(model), dummy_keys(model), stranger_seed(model).reveal()),
      policies(compile_all(*this, before)),
      routes(rules_of(model)) {}

std::vector<replay::window_history::entry> snapshot::windows() const {
  std::vector<replay::window_history::entry> all;
  std::set<std::pair<std::string, std::string>> seen;
  for (const route_policy& policy : policies) {
    if (!policy.scheme) continue;
    replay::window_owner owner = owner_of(policy);
    if (seen.emplace(owner.kind, owner.name).second)
      all.push_back({std::move(owner), policy.window});
  }
  return all;
}

}  // namespace core::admission
