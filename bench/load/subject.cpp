// SPDX-License-Identifier: Apache-2.0
#include "bench/load/subject.hpp"

#include "core/config/read.hpp"
#include "core/json/check.hpp"
#include "core/keys/version.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/sys/environment.hpp"

namespace bench::load {

namespace {

using core::config::reading;
using core::envelope::payload_form;
using core::envelope::plaintext_form;

/// A configuration of one client and one route, in JSON's notation, which YAML understands.
std::string configuration_of(const options& o) {
  std::string text = "listen: 127.0.0.1:0\nclients: {load: {token: ";
  core::json::append_string(text, o.token);
  text.append(", secret: ");
  core::json::append_string(text, o.secret);
  text.append(", cipher: ");
  core::json::append_string(text, o.cipher);
  text.append("}}\nupstreams: {unused: \"http://127.0.0.1:9\"}\nschemes: {load: {preset: laravel,");
  text.append(" allow_weak: true, construction: ");
  core::json::append_string(text, o.construction);
  return text.append("}}\nroutes: [{path: /, scheme: load, upstream: unused}]\n");
}

reading read_options(const options& o) {
  return core::config::read(configuration_of(o), [](std::string_view kind, std::string_view name) {
    return gateway::sys::resolve_secret(".", kind, name);
  });
}

std::string problems_of(const reading& read, const std::string& file) {
  std::string all;
  for (const core::config::problem& p : read.problems) {
    if (p.level == core::config::problem::severity::warning) continue;
    if (!all.empty()) all.append("\n");
    all.append(file.empty() ? p.path + ": " + p.message : core::config::format(p, file));
  }
  return all;
}

const core::admission::route_policy* find_route(const core::admission::snapshot& rules,
                                                const options& o) {
  if (!o.route.empty()) {
    for (const auto& policy : rules.policies)
      if (policy.settings.name == o.route) return &policy;
    return nullptr;
  }
  const std::string path = o.to.path.substr(0, o.to.path.find('?'));
  const auto* candidates = rules.routes.match(o.to.authority, path);
  if (candidates == nullptr) return nullptr;
  const auto picked = rules.routes.pick(*candidates, o.version, "POST");
  return picked ? &rules.policies[*picked] : nullptr;
}

const core::keys::client* find_client(const core::admission::snapshot& rules,
                                      const std::string& id) {
  for (const core::keys::client& c : rules.keys.all())
    if (c.index != rules.keys.dummy().index && c.id == id) return &c;
  return nullptr;
}

payload_form payload_of(const options& o, const core::admission::route_policy& route) {
  if (o.payload == "json") return payload_form::json;
  if (o.payload == "raw") return payload_form::raw;
  if (o.payload == "form" || route.preset.payload == payload_form::by_content_type)
    return payload_form::form;
  return route.preset.payload;
}

/// Of a scheme that isn't Laravel's: what this generator can't do with it; empty if it can.
std::string why_not_signed(const options& o, const subject& s) {
  const core::config::route& how = s.route->settings;
  if (s.route->signatures() == nullptr) return "messages of a template can't be made";
  if (how.envelope != core::config::envelope_kind::none &&
      how.envelope != core::config::envelope_kind::jwe)
    return "by RFC 9421 only messages that are not sealed, or sealed as JWE, can be made";
  if (how.reply.sign || how.reply.seal) return "its replies, signed or sealed, can't be checked";
  if (o.drawn) return "--drawn is for the Laravel scheme";
  const core::keys::scheme_key* key = s.key->key_of(*how.scheme);
  if (key == nullptr) return "client " + s.client->id + " has no key for it";
  if (!key->proof && o.private_key.empty())
    return "client " + s.client->id + " has a public key: give the private one with --private-key";
  if (how.envelope == core::config::envelope_kind::jwe && s.key->jwe.request.empty())
    return "client " + s.client->id + " has no secret to seal with";
  return {};
}

std::variant<core::crypto::private_key, std::string> read_private_key(const std::string& path) {
  constexpr std::size_t largest = 64u << 10;
  auto read = gateway::sys::read_file(path, largest);
  if (const auto* problem = std::get_if<gateway::sys::file_problem>(&read))
    return path + ": the file " + problem->sentence;
  return core::crypto::private_key::parse(std::get<gateway::sys::file_text>(read).text);
}

}  // namespace

std::variant<subject, std::string> find_subject(const options& o, std::int64_t now) {
  if (o.plain) return subject{};
  if (!core::keys::is_version(o.version)) return o.version + " is not a version";
  const bool from_file = !o.config.empty();
  reading read = from_file ? gateway::cli::read_configuration(o.config) : read_options(o);
  if (gateway::cli::has_errors(read)) return problems_of(read, o.config);

  subject s;
  s.rules = std::make_shared<const core::admission::snapshot>(std::move(*read.value));
  s.client =
      o.drawn ? &s.rules->keys.all().back() : find_client(*s.rules, from_file ? o.client : "load");
  if (s.client == nullptr) return o.config + ": there is no client " + o.client;
  s.route = find_route(*s.rules, o);
  if (s.route == nullptr)
    return o.config + ": " +
           (o.route.empty() ? "no route takes POST " + o.to.path : "there is no route " + o.route);
  if (!s.route->scheme)
    return o.config + ": route " + s.route->settings.name + " has no scheme: use --plain";
  for (const core::keys::generation& g : s.client->generations)
    if (s.key == nullptr && g.in_force(now)) s.key = &g;
  if (s.key == nullptr) return "client " + s.client->id + " has no secret in force";
  if (s.route->laravel() == nullptr)
    if (const std::string why = why_not_signed(o, s); !why.empty())
      return "route " + s.route->settings.name + ": " + why;
  if (!o.private_key.empty()) {
    auto key = read_private_key(o.private_key);
    if (auto* why = std::get_if<std::string>(&key)) return std::move(*why);
    s.private_key = std::get<core::crypto::private_key>(std::move(key));
  }
  if (o.drawn && (s.route->settings.reply.sign || s.route->settings.reply.seal))
    return "--drawn wants a route that neither signs nor seals its replies";
  for (const core::keys::client& c : s.rules->keys.all())
    if (o.drawn && !c.generations.front().in_force(now))
      return "client " + c.id + " has no secret in force, and may be drawn";
  s.payload = payload_of(o, *s.route);
  s.serialized = o.plaintext.empty() ? s.route->preset.plaintext.form != plaintext_form::raw
                                     : o.plaintext == "serialized";
  return s;
}

}  // namespace bench::load
