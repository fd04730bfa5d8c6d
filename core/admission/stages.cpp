// SPDX-License-Identifier: Apache-2.0
#include "core/admission/stages.hpp"

#include <algorithm>

#include "core/http/host.hpp"

namespace core::admission {

using base::errc;
using base::result;

namespace {

bool names(const std::optional<std::vector<std::string>>& list, std::string_view name) {
  return !list || std::ranges::find(*list, name) != list->end();
}

// The version as the message says it, for routing only: it is not proven here. What is not exactly
// one well-formed field routes as if there were none; inspect() refuses it afterwards.
std::string_view unproven_version(const http::request_head& head, const route_policy& policy) {
  if (policy.laravel() == nullptr) return {};
  const auto found = head.fields.find(policy.preset.scheme.version_field);
  return found.count == 1 && keys::is_version(found.value) ? found.value : std::string_view{};
}

bool takes_no_payload(std::string_view method, config::bodyless rule) {
  if (method == "POST" || method == "PUT" || method == "PATCH") return false;
  switch (rule) {
    case config::bodyless::refuse: return false;
    case config::bodyless::safe: return method == "GET" || method == "HEAD";
    case config::bodyless::all: return true;
  }
  return false;
}

replay::mark mark_of(const opened& o, std::int64_t window_end) {
  const std::string& id = o.client().id;
  if (o.has_plaintext())
    return replay::mark::make(id, "laravel-payload", {o.identity().view()}, window_end);
  const std::string_view stamp = o.claim().timestamp_text;
  if (o.policy().settings.replay == config::replay_rule::per_request)
    return replay::mark::make(id, "laravel-bodyless-request",
                              {stamp, o.head().method, o.head().target}, window_end);
  return replay::mark::make(id, "laravel-bodyless", {stamp}, window_end);
}

}  // namespace

result<arrival> arrive(const http::request_head& head, const snapshot& rules, base::instant now,
                       findings& known) {
  if (head.target.size() > rules.model.limits.target_bytes) return errc::target_too_long;
  auto framing = http::frame_request(head);
  if (!framing) return framing.error();
  auto target = http::parse_target(head.target);
  if (!target) return target.error();
  known.head_ = &head;
  known.framing_ = *framing;
  known.target_ = *target;
  known.now_ = now;
  if (const auto& listed = rules.model.external.authorities; !listed.empty()) {
    const auto authority =
        http::authority_of(framing->host, rules.external_scheme, known.authority_text_);
    if (std::ranges::find(listed, authority) == listed.end()) return errc::no_route;
  }
  return arrival(known);
}

result<routed> find_route(const arrival& a, const snapshot& rules) {
  const auto* candidates = rules.routes.match(a.framing().host, a.target().path);
  if (candidates == nullptr) return errc::no_route;
  // Routes that differ in client_version alone agree in their scheme, so the first one's says where
  // the version stands.
  const std::string_view version = unproven_version(a.head(), rules.policies[candidates->front()]);
  const auto picked = rules.routes.pick(*candidates, version, a.head().method);
  const route_policy& first = rules.policies[candidates->front()];
  const bool retired = picked.has_error() && picked.error() == errc::version_rejected;
  if (!picked && !(retired && first.scheme)) return picked.error();
  a.known->policy_ = retired ? &first : &rules.policies[*picked];
  a.known->version_taken_ = !retired;
  return routed(a);
}

std::string allowed_methods(const arrival& a, const snapshot& rules) {
  const auto* candidates = rules.routes.match(a.framing().host, a.target().path);
  return candidates == nullptr ? std::string() : rules.routes.allow(*candidates);
}

std::optional<waived> waive(const routed& r) {
  if (r.policy().scheme) return std::nullopt;
  return waived(r);
}

result<claimed> inspect(const routed& r) {
  if (!r.policy().scheme) return errc::internal;
  auto claim = r.policy().laravel()->inspect(r.head());
  if (!claim) return claim.error();
  r.known->claim_ = *claim;
  return claimed(r);
}

proof prove(const claimed& c, const snapshot& rules) {
  const std::int64_t now = base::unix_seconds(c.now());
  const auto fresh = rules.window.check(c.claim().timestamp, now);
  const keys::client* named = rules.keys.find(c.claim().token);
  // A client whose secret opens other doors only is nobody here.
  const bool known = named != nullptr && names(named->schemes, c.policy().scheme_name);
  const auto key =
      scheme::prove(*c.policy().laravel(), c.claim(), known ? *named : rules.keys.dummy(), now);

  proof p{errc::internal, named, nullptr};
  if (!fresh) {
    p.outcome = fresh.error();
  } else if (!known) {
    p.outcome = errc::unknown_client;
  } else if (!named->enabled) {
    p.outcome = errc::client_disabled;
  } else if (!key) {
    p.outcome = key.error();
  } else if (!c.version_taken()) {
    p.outcome = errc::version_rejected;
  } else {
    c.known->client_ = named;
    c.known->key_ = *key;
    p.outcome = proven(c);
  }
  if (known && named->enabled && key) p.key = *key;
  return p;
}

result<opened> open(const proven& p, std::span<char> body, workspace& space) {
  const route_policy& policy = p.policy();
  findings& known = *p.known;
  known.has_plaintext_ = false;
  if (body.empty()) {
    if (!takes_no_payload(p.head().method, policy.settings.bodyless_rule))
      return errc::missing_payload;
    return opened(p);
  }
  const auto type = p.head().fields.find("content-type");
  const auto coding = p.head().fields.find("content-encoding");
  if (type.count > 1) return errc::duplicate_field;
  if (coding.count != 0) return errc::unsupported_content;
  const auto payload =
      envelope::find_payload(body, policy.preset.payload, type.value, policy.preset.field);
  if (!payload) return payload.error();
  const envelope::laravel_key key{p.client().cipher, p.key().encryption.reveal(),
                                  p.key().envelope_mac};
  const auto plain = envelope::open_laravel(*payload, key, space.contexts);
  if (!plain) return plain.error();

  known.has_plaintext_ = true;
  known.plaintext_ = {plain->plaintext.data(), plain->plaintext.size()};
  known.identity_ = plain->identity;
  return opened(p);
}

/// Into what goes upstream.
result<void> outbound::read_plaintext(workspace& space) {
  const route_policy& route = policy();
  const auto json = envelope::plaintext_to_json(plaintext(), route.preset.plaintext, space.scratch);
  const bool as_it_is = json.has_error() && json.error() == errc::not_json &&
                        route.settings.content == config::content::any;
  if (!json && !as_it_is) return json.error();
  known->content_ = json ? *json : plaintext();
  known->content_is_json_ = json.has_value();
  return {};
}

result<outbound> admit(const opened& o, const snapshot& rules, base::instant now,
                       workspace& space) {
  outbound out(o);
  if (o.has_plaintext()) {
    const auto read = out.read_plaintext(space);
    if (!read) return read.error();
  }
  const auto still_fresh = rules.window.check(o.claim().timestamp, base::unix_seconds(now));
  if (!still_fresh) return still_fresh.error();
  if (!names(o.client().routes, o.policy().settings.name)) return errc::route_forbidden;
  const keys::version_policy& versions = o.client().versions;
  const std::string_view version = o.claim().version;
  if (!versions.minimum.empty() && keys::compare_versions(version, versions.minimum) < 0)
    return errc::version_rejected;
  findings& known = *o.known;
  known.deprecated_ = !versions.deprecated_below.empty() &&
                      keys::compare_versions(version, versions.deprecated_below) < 0;
  if (o.policy().settings.replay == config::replay_rule::off)
    known.mark_.reset();
  else
    known.mark_ = mark_of(o, o.claim().timestamp + rules.window.past);
  return out;
}

result<reserved> confirm(const outbound& o, replay::verdict answer) {
  switch (answer) {
    case replay::verdict::fresh: return reserved(o);
    case replay::verdict::seen: return errc::replay;
    case replay::verdict::full: return errc::replay_store_full;
    case replay::verdict::unavailable: return errc::replay_store_unavailable;
  }
  return errc::internal;
}

}  // namespace core::admission
