// SPDX-License-Identifier: Apache-2.0
#include "core/admission/stages.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/http/forwarded.hpp"
#include "core/http/host.hpp"
#include "core/json/check.hpp"
#include "core/scheme/find_generation.hpp"

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
  if (policy.version_field.empty()) return {};
  const auto found = head.fields.find(policy.version_field);
  return found.count == 1 && keys::is_version(found.value) ? found.value : std::string_view{};
}

replay::mark laravel_mark(const opened& o, std::int64_t window_end) {
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
                       findings& known, std::string_view peer, std::string_view scheme) {
  if (head.target.size() > rules.model.limits.target_bytes) return errc::target_too_long;
  auto framing = http::frame_request(head);
  if (!framing) return framing.error();
  auto target = http::parse_target(head.target);
  if (!target) return target.error();
  known.head_ = &head;
  known.framing_ = *framing;
  known.target_ = *target;
  known.rules_ = &rules;
  known.now_ = now;
  known.client_address_ = peer;
  const bool said = scheme.empty() || !rules.model.external.scheme.empty();
  known.scheme_ = said ? rules.external_scheme : scheme;
  const auto& trusted = rules.model.trusted_proxies;
  if (trusted.any() && http::is_trusted(peer, trusted)) {
    known.proxied_ = true;
    known.client_address_ = http::client_behind(head.fields, peer, trusted);
  }
  if (const auto& listed = rules.model.external.authorities; !listed.empty()) {
    const auto authority = http::authority_of(framing->host, known.scheme_, known.authority_text_);
    if (std::ranges::find(listed, authority) == listed.end()) return errc::no_route;
  }
  return arrival(known);
}

result<routed> find_route(const arrival& a, const snapshot& rules) {
  const auto* candidates = rules.routes.match(a.framing().host, a.target().path);
  if (candidates == nullptr) return a.target().encoded_slash ? errc::bad_target : errc::no_route;
  // Routes that differ in client_version alone agree in their scheme, so the first one's says where
  // the version stands.
  const std::string_view version = unproven_version(a.head(), rules.policies[candidates->front()]);
  const auto picked = rules.routes.pick(*candidates, version, a.head().method);
  const route_policy& first = rules.policies[candidates->front()];
  const bool retired = picked.has_error() && picked.error() == errc::version_rejected;
  if (!picked && !(retired && first.scheme)) return picked.error();
  a.known->policy_ =
      &rules.policies[retired ? rules.routes.nearest(*candidates, a.head().method) : *picked];
  a.known->version_taken_ = !retired;
  if (a.target().encoded_slash && !a.known->policy_->settings.allow_encoded_slash)
    return errc::bad_target;
  if (!rules.routes.reads_one_way(a.framing().host, a.target().path, *candidates))
    return errc::bad_target;
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
  const route_policy& policy = r.policy();
  findings& known = *r.known;
  if (const auto* laravel = policy.laravel()) {
    if (const errc refused = laravel->read(r.head(), known.claim_); refused != errc{})
      return refused;
    return claimed(r);
  }
  // What may be signed must be there: without a host the address would be anybody's.
  if (known.framing_.host.empty()) return errc::missing_field;
  known.authority_ = http::authority_of(known.framing_.host, known.scheme_, known.authority_text_);
  claimed unread(r);
  result<scheme::claim> claim = errc::internal;
  if (const auto* signatures = policy.signatures()) {
    known.signature_ = std::make_unique<scheme::rfc9421_reading>();
    claim = signatures->inspect(unread.view(), *known.signature_);
  } else if (const auto* templated = policy.templated()) {
    known.template_ = std::make_unique<scheme::template_reading>();
    claim = templated->inspect(unread.view(), *known.template_);
  }
  if (!claim) return claim.error();
  known.claim_ = *claim;
  return unread;
}

bool claimed::signs_body() const {
  const auto* templated = policy().templated();
  return templated != nullptr && templated->signs_body();
}

scheme::request_view claimed::view() const {
  return {head(), target(), known->authority_, known->scheme_};
}

result<void> check_time(const claimed& c, base::instant now) {
  const std::int64_t seconds = base::unix_seconds(now);
  const replay::window& window = c.policy().window;
  if (c.policy().signatures() != nullptr) {
    const scheme::rfc9421_reading& reading = c.signature_reading();
    if (!scheme::rfc9421::in_time(reading, seconds)) return errc::stale;
    // What says only when it ends must not end later than what is made now could: else it outlives
    // its mark.
    if (!c.claim().stamped && reading.expires && *reading.expires > seconds + window.past)
      return errc::future;
  }
  if (!c.claim().stamped) return {};
  return window.check(c.claim().timestamp, seconds);
}

namespace {

result<const keys::generation*> find_key(const claimed& c, const keys::client& who,
                                         std::int64_t now, std::string_view body) {
  const route_policy& policy = c.policy();
  if (const auto* laravel = policy.laravel()) return scheme::prove(*laravel, c.claim(), who, now);
  const std::size_t slot = *policy.settings.scheme;
  return scheme::find_generation(
      who, now, [&](const keys::generation& g) { return g.key_of(slot) != nullptr; },
      [&](const keys::generation& g) {
        const keys::scheme_key& key = *g.key_of(slot);
        if (const auto* signatures = policy.signatures())
          return signatures->verify(c.signature_reading(), key);
        return policy.templated()->verify(c.template_reading(), c.view(), body, key);
      });
}

/// A nonce, or all that is signed: not the signature, which may be written in several ways.
scheme::replay_identity identify(const scheme::rfc9421_reading& reading,
                                 crypto::sha256_digest& storage) {
  if (!reading.nonce.empty()) return {"rfc9421-nonce", reading.nonce, {}};
  storage = crypto::sha256({reading.base});
  return {"rfc9421-base", crypto::view(storage), {}};
}

/// Whom the message, or else the route, names; null if nobody.
const keys::client* find_client(const claimed& c, const snapshot& rules) {
  return c.policy().client != nullptr ? c.policy().client : rules.keys.find(c.claim().token);
}

}  // namespace

proof prove(const claimed& c, const snapshot& rules, std::string_view body) {
  const auto fresh = check_time(c, c.now());
  const keys::client* named = find_client(c, rules);
  // A client whose secret opens other doors only is nobody here.
  const bool known = named != nullptr && names(named->schemes, c.policy().scheme_name);
  // Found for whom is known, too: it takes its time where keys of several kinds prove.
  const keys::client& nobody =
      c.policy().signatures() == nullptr ? rules.keys.dummy() : rules.keys.dummy(c.claim().token);
  const auto key = find_key(c, known ? *named : nobody, base::unix_seconds(c.now()), body);

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
    // The bytes of the key that most bodies are opened with stand apart from it.
    __builtin_prefetch((*key)->encryption.reveal().data());
    // Before the body is opened, which overwrites what was signed.
    if (const auto* templated = c.policy().templated())
      c.known->replay_identity_ = templated->identify(c.template_reading(), c.view(), body);
    else if (c.policy().signatures() != nullptr)
      c.known->replay_identity_ = identify(c.signature_reading(), c.known->signed_digest_);
    p.outcome = proven(c);
  }
  if (known && named->enabled && key) p.key = *key;
  return p;
}

std::string signed_text(const claimed& c, std::string_view body) {
  if (c.policy().laravel() != nullptr) {
    std::string text(c.claim().timestamp_text);
    if (c.policy().preset.scheme.construction != scheme::laravel_construction::a1)
      text.append("<secret>");
    return text;
  }
  if (c.policy().signatures() != nullptr) return c.signature_reading().base;
  return c.policy().templated()->explain(c.template_reading(), c.view(), body);
}

std::string signed_digest(const claimed& c, const proof& p, std::string_view body) {
  if (p.outcome.error() != errc::bad_signature) return {};  // which says that there is a client
  const auto& until = c.rules().model.clients[p.client->index - 1].explain_until;
  if (!until || *until <= base::unix_seconds(c.now())) return {};
  return base::hex(crypto::view(crypto::sha256({signed_text(c, body)})));
}

namespace {

result<std::string_view> read_json(std::string_view text) {
  if (!json::is_json(text)) return errc::not_json;
  return text;
}

}  // namespace

/// Into what goes upstream.
result<void> outbound::read_plaintext(workspace& space) {
  const route_policy& route = policy();
  const bool laravel = route.settings.envelope == config::envelope_kind::laravel;
  if (!laravel && route.settings.content == config::content::any) {
    known->content_ = plaintext();
    known->content_is_json_ = false;
    return {};
  }
  const auto json =
      laravel ? envelope::plaintext_to_json(plaintext(), route.preset.plaintext, space.scratch)
              : read_json(plaintext());
  const bool as_it_is = json.has_error() && json.error() == errc::not_json &&
                        route.settings.content == config::content::any;
  if (!json && !as_it_is) return json.error();
  known->content_ = json ? *json : plaintext();
  known->content_is_json_ = json.has_value();
  return {};
}

void opened::set_mark() const {
  if (policy().settings.replay == config::replay_rule::off) return known->mark_.reset();
  // Without a stamp it is as old as its arrival.
  const replay::window& window = policy().window;
  const std::int64_t window_end = claim().stamped
                                      ? claim().timestamp + window.past_of(claim().timestamp)
                                      : base::unix_seconds(now()) + window.past;
  if (policy().laravel() != nullptr) {
    known->mark_ = laravel_mark(*this, window_end);
  } else {
    const scheme::replay_identity& what = *known->replay_identity_;
    known->mark_ =
        replay::mark::make(client().id, what.kind, {what.first, what.second}, window_end);
  }
}

result<outbound> admit(const opened& o, base::instant now, workspace& space) {
  outbound out(o);
  if (o.has_plaintext()) {
    const auto read = out.read_plaintext(space);
    if (!read) return read.error();
  }
  if (const auto still_fresh = check_time(o, now); !still_fresh) return still_fresh.error();
  if (!names(o.client().routes, o.policy().settings.name)) return errc::route_forbidden;
  const keys::version_policy& versions = o.client().versions;
  const std::string_view version = o.claim().version;
  if (!versions.minimum.empty() && keys::compare_versions(version, versions.minimum) < 0)
    return errc::version_rejected;
  findings& known = *o.known;
  known.deprecated_ = !versions.deprecated_below.empty() &&
                      keys::compare_versions(version, versions.deprecated_below) < 0;
  if (const auto& from = o.client().addresses; from && !http::is_among(o.client_address(), *from))
    return errc::address_forbidden;
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
