// SPDX-License-Identifier: Apache-2.0
#include "core/admission/client_request.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/config/suggest.hpp"
#include "core/envelope/aes128gcm.hpp"
#include "core/envelope/jwe.hpp"
#include "core/envelope/laravel.hpp"
#include "core/http/host.hpp"
#include "core/json/check.hpp"

namespace core::admission {

namespace {

using base::errc;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

const keys::client* find_client(const snapshot& rules, std::string_view id) {
  const auto& all = rules.keys.all();
  const auto found =
      std::find_if(all.begin() + 1, all.end(), [id](const keys::client& c) { return c.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string no_such_client(const snapshot& rules, std::string_view id) {
  std::vector<std::string_view> known;
  for (const config::client& c : rules.model.clients) known.emplace_back(c.id);
  return "no client is called " + quoted(id) + config::suggestion(id, known);
}

std::variant<const keys::generation*, std::string> find_key(const keys::client& client,
                                                            const client_message& message) {
  std::vector<std::string_view> known;
  for (const keys::generation& g : client.generations) {
    if (message.secret.empty() ? g.in_force(message.now) : g.id == message.secret) return &g;
    known.emplace_back(g.id);
  }
  if (message.secret.empty()) return "no secret of " + quoted(client.id) + " is in force now";
  return quoted(client.id) + " has no secret called " + quoted(message.secret) +
         config::suggestion(message.secret, known);
}

std::string explain(errc reason, const client_message& message, const arrival* a,
                    const snapshot& rules) {
  switch (reason) {
    case errc::bad_target:
      return "the gateway takes no path like " + quoted(message.target) +
             ": what could mean two things (//, %2e, a dot segment, another route's path once it "
             "is decoded, %2F unless the route has allow_encoded_slash) is refused";
    case errc::target_too_long: return "path and query are over limits.target_bytes";
    case errc::bad_host: return quoted(message.authority) + " is no Host";
    case errc::unknown_method:
      return "the gateway knows no method " + quoted(message.method) +
             "; methods are written in upper case";
    case errc::no_route:
      return "no route takes " + std::string(message.authority) + std::string(message.target);
    case errc::method_not_allowed:
      return "the route takes no " + std::string(message.method) + ", only " +
             (a == nullptr ? std::string() : allowed_methods(*a, rules));
    case errc::version_rejected:
      return "no route takes this path from version " + std::string(message.version);
    default: return "the gateway would refuse it: " + std::string(base::name(reason));
  }
}

/// The route the gateway would find. A version's place depends on the route's scheme, so it is put
/// where the routes of this path look for it.
std::variant<const route_policy*, std::string> find_policy(const client_message& message,
                                                           const snapshot& rules) {
  http::request_head head;
  head.method = message.method;
  head.target = message.target;
  head.fields.add("Host", message.authority);
  findings known;
  const auto arrived = arrive(head, rules, base::from_unix_seconds(message.now), known);
  if (!arrived) return explain(arrived.error(), message, nullptr, rules);
  const auto* candidates = rules.routes.match(arrived->framing().host, arrived->target().path);
  if (candidates != nullptr)
    if (const auto& first = rules.policies[candidates->front()]; !first.version_field.empty())
      head.fields.add(first.version_field, message.version);
  const auto found = find_route(*arrived, rules);
  if (!found) return explain(found.error(), message, &*arrived, rules);
  if (!found->version_taken()) return explain(errc::version_rejected, message, &*arrived, rules);
  return &found->policy();
}

/// The body around the payload, and its Content-Type, as clients of this form send them.
std::string wrap(std::string_view payload, const config::laravel_preset& preset,
                 std::string_view& type) {
  std::string body;
  switch (preset.payload) {
    case envelope::payload_form::by_content_type:
    case envelope::payload_form::form:
      type = "application/x-www-form-urlencoded";
      return base::form_encode(preset.field) + "=" + base::form_encode(payload);
    case envelope::payload_form::json:
      type = "application/json";
      body = "{";
      json::append_string(body, preset.field);
      return body.append(":\"").append(payload).append("\"}");
    case envelope::payload_form::raw: break;
  }
  type = "text/plain";
  return std::string(payload);
}

void seal_as_laravel(client_request& r, std::string_view text, std::string_view random,
                     workspace& space) {
  const config::laravel_preset& preset = r.policy->preset;
  const bool serialized = preset.plaintext.form != envelope::plaintext_form::raw;
  const std::string plaintext =
      serialized ? envelope::php_serialize_string(text) : std::string(text);
  const crypto::cipher cipher = r.client->cipher;
  const envelope::laravel_key key{cipher, r.key->encryption.reveal(), r.key->envelope_mac};
  const std::string payload = envelope::seal_laravel(
      plaintext, key, random.substr(0, crypto::iv_size(cipher)), space.contexts);
  std::string copy = payload;
  if (const auto opened = envelope::open_laravel(copy, key, space.contexts))
    r.mark = base::hex(opened->identity.view());
  std::string_view type;
  r.body = wrap(payload, preset, type);
  r.fields.push_back({"Content-Type", std::string(type)});
}

bool has(const client_request& r, std::string_view name) {
  return std::ranges::any_of(r.fields,
                             [&](const client_field& f) { return base::iequals(f.name, name); });
}

/// Of a body that is not sealed, unless the client says it.
void describe(client_request& r) {
  if (!has(r, "content-type")) r.fields.push_back({"Content-Type", "application/json"});
}

/// @return why it can't be sealed; empty if it was.
std::string seal_body(client_request& r, const client_message& message, std::string_view random,
                      const snapshot& rules, workspace& space) {
  const std::string_view text = *message.body;
  const keys::sealing_keys& jwe = r.key->jwe;
  const keys::sealing_keys& coded = r.key->aes128gcm;
  const config::envelope_kind kind = r.policy->settings.envelope;
  const bool lacks_key = (kind == config::envelope_kind::jwe && jwe.request.empty()) ||
                         (kind == config::envelope_kind::aes128gcm && coded.request.empty());
  if (kind != config::envelope_kind::none && has(r, "content-type"))
    return "the envelope says what Content-Type the body has";
  if (lacks_key) return quoted(r.client->id) + " has no secret that a body could be sealed with";
  switch (kind) {
    case config::envelope_kind::laravel: seal_as_laravel(r, text, random, space); return {};
    case config::envelope_kind::jwe:
      r.body = envelope::seal_jwe(
          text,
          {rules.model.clients[r.client->index - 1].jwe, jwe.request.reveal(), r.client->token},
          random.substr(0, envelope::jwe_random_size), space.contexts, message.timestamp,
          message.version);
      r.fields.push_back({"Content-Type", "application/jose"});
      return {};
    case config::envelope_kind::aes128gcm:
      r.body =
          envelope::seal_aes128gcm(text, {coded.request.reveal(), r.client->token},
                                   random.substr(0, envelope::aes128gcm_salt_size), space.contexts);
      r.fields.push_back({"Content-Type", "application/json"});
      r.fields.push_back({"Content-Encoding", "aes128gcm"});
      return {};
    case config::envelope_kind::none: break;
  }
  r.body = std::string(text);
  describe(r);
  return {};
}

void sign_as_laravel(client_request& r, const client_message& message,
                     const scheme::laravel& scheme) {
  const auto names = scheme.credential_fields();
  const std::string stamp = std::to_string(message.timestamp);
  r.fields.push_back({std::string(names[0]), stamp});
  r.fields.push_back({std::string(names[1]), std::string(message.version)});
  r.fields.push_back({std::string(names[2]), r.client->token});
  r.fields.push_back({std::string(names[3]), scheme.sign(stamp, *r.key)});
}

/// @return why it can't be signed; empty if it was.
std::string sign(client_request& r, const client_message& message, std::string_view random,
                 const snapshot& rules) {
  if (const auto* laravel = r.policy->laravel()) {
    if (!r.key->is_shared()) return quoted(r.client->id) + " has no secret to sign with";
    sign_as_laravel(r, message, *laravel);
    return {};
  }
  const keys::scheme_key* key = r.key->key_of(*r.policy->settings.scheme);
  if (key == nullptr)
    return quoted(r.client->id) + " has no key for the scheme " + quoted(r.policy->scheme_name);
  std::string length, authority;
  const http::request_head head = r.head(length);
  const auto target = http::parse_target(r.target);  // find_policy() has seen that it is one
  const scheme::request_view view{head, *target,
                                  http::authority_of(r.authority, rules.external_scheme, authority),
                                  rules.external_scheme};
  const std::string nonce = base::hex(random.substr(random_size));
  const scheme::outgoing what{r.client->token,    message.version, message.timestamp, nonce, {},
                              message.private_key};
  if (const auto* signatures = r.policy->signatures()) {
    const bool by_secret = crypto::is_symmetric(*key->algorithm);
    if (!by_secret && message.private_key == nullptr)
      return quoted(r.client->id) + " has a public key: give the private one with --private-key";
    for (const std::string& name : signatures->settings().required)
      if (!name.starts_with('@') && name != "content-digest" && !has(r, name) &&
          !base::iequals(name, signatures->version_field()))
        return "the scheme " + quoted(r.policy->scheme_name) + " signs the field " + quoted(name) +
               ", which this message lacks";
    const scheme::rfc9421_signer signer{r.client->token, by_secret ? &*key->proof : nullptr,
                                        by_secret ? nullptr : message.private_key, *key->algorithm};
    try {
      for (auto& [name, value] :
           signatures->sign_request(view, r.body.value_or(std::string()),
                                    {message.version, message.timestamp, nonce}, signer))
        r.fields.push_back({std::move(name), std::move(value)});
    } catch (const std::invalid_argument& e) {
      return e.what();  // such a message can't be signed as the scheme demands it
    }
    return {};
  }
  scheme::template_reading reading;
  auto made =
      r.policy->templated()->sign(view, r.body.value_or(std::string()), what, *key, reading);
  if (const auto* why = std::get_if<std::string>(&made)) return *why;
  for (auto& [name, value] : std::get<scheme::field_list>(made))
    r.fields.push_back({std::move(name), std::move(value)});
  return {};
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

http::request_head client_request::head(std::string& length) const {
  http::request_head head;
  head.method = method;
  head.target = target;
  head.fields.add("Host", authority);
  for (const client_field& f : fields) head.fields.add(f.name, f.value);
  length = std::to_string(body ? body->size() : 0);
  if (body) head.fields.add("Content-Length", length);
  return head;
}

std::string client_request::bytes() const {
  std::string out = method + " " + target + " HTTP/1.1\r\n";
  add(out, "Host", authority);
  for (const client_field& f : fields) add(out, f.name, f.value);
  if (body) add(out, "Content-Length", std::to_string(body->size()));
  add(out, "Connection", "close");
  out.append("\r\n");
  if (body) out.append(*body);
  return out;
}

std::variant<client_request, std::string> make_client_request(const client_message& message,
                                                              std::string_view random,
                                                              const snapshot& rules,
                                                              workspace& space) {
  client_request r;
  if (!keys::is_version(message.version))
    return quoted(message.version) + " is no version: 1 to 32 of A-Z a-z 0-9 . _ + -";
  r.client = find_client(rules, message.client);
  if (r.client == nullptr) return no_such_client(rules, message.client);
  const auto policy = find_policy(message, rules);
  if (const auto* why = std::get_if<std::string>(&policy)) return *why;
  r.policy = std::get<const route_policy*>(policy);
  r.fields = message.fields;
  r.method = message.method;
  r.authority = message.authority;
  r.target = message.target;
  if (!r.policy->scheme) {
    if (message.body) {
      r.body = std::string(*message.body);
      describe(r);
    }
    return r;
  }
  const auto key = find_key(*r.client, message);
  if (const auto* why = std::get_if<std::string>(&key)) return *why;
  r.key = std::get<const keys::generation*>(key);
  std::string why;
  if (message.body) why = seal_body(r, message, random, rules, space);
  if (why.empty()) why = sign(r, message, random, rules);
  if (!why.empty()) return why;
  return r;
}

std::optional<errc> foresee(const client_request& request, const snapshot& rules, base::instant now,
                            workspace& space) {
  std::string length;
  const http::request_head head = request.head(length);
  findings known;
  const auto arrived = arrive(head, rules, now, known);
  if (!arrived) return arrived.error();
  const auto found = find_route(*arrived, rules);
  if (!found) return found.error();
  if (request.body && request.body->size() > found->policy().settings.body_bytes)
    return errc::body_too_large;
  if (waive(*found)) return std::nullopt;
  const auto claim = inspect(*found);
  if (!claim) return claim.error();
  std::string body = request.body.value_or(std::string());
  const auto proof = prove(*claim, rules, body);
  if (!proof.outcome) return proof.outcome.error();
  const auto message = open(*proof.outcome, body, space);
  if (!message) return message.error();
  const auto admitted = admit(*message, now, space);
  if (!admitted) return admitted.error();
  return std::nullopt;
}

}  // namespace core::admission
