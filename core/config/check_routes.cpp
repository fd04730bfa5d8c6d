// SPDX-License-Identifier: Apache-2.0
// What routes must not be on their own and beside each other.

#include <algorithm>
#include <map>
#include <tuple>

#include "core/config/checks.hpp"

namespace core::config {

namespace {

void check_open_route(const reviewed& f, const route_draft& r, const spot& at) {
  for (const std::string_view key : proving_keys) {
    if (at.at->find(key))
      f.problems.error(at.key(key), "has no meaning with `scheme: none`, which proves no client");
  }
  if (r.forward_covered)
    f.problems.error(at.key("forward"), "covered: under `scheme: none` nothing is signed");
  if (r.own_envelope.value_or(envelope_kind::none) != envelope_kind::none) {
    f.problems.error(at.key("envelope"), "there is no key to open it with under `scheme: none`");
  }
}

/// The signature covers the timestamp alone: what follows from that.
void check_laravel_route(const reviewed& f, const route_draft& r, const spot& at) {
  if (envelope_of(r, f.d) != envelope_kind::laravel) {
    f.problems.error(at.key("envelope"),
                     "the laravel scheme signs only the timestamp; what proves the body is its "
                     "envelope: laravel");
  }
  if (r.replay == replay_rule::per_request) {
    f.problems.warn(at.key("replay"),
                    "forgeable: the signature covers neither method nor path, so who sees one "
                    "request can make others "
                    "of the same second");
  }
  if (r.bodyless_rule == bodyless::all) {
    f.problems.warn(
        at.key("bodyless"),
        "all: who sees one request can make a DELETE or OPTIONS of the same second, because the "
        "signature covers neither method nor path");
  }
}

void check_signed_route(const reviewed& f, const route_draft& r, const spot& at) {
  for (const std::string_view key : laravel_keys) {
    if (at.at->find(key))
      f.problems.error(at.key(key),
                       "has no meaning here: the scheme signs requests without a body "
                       "as it signs others");
  }
  if (r.replay == replay_rule::per_request) {
    f.problems.error(at.key("replay"),
                     "per_request is for the laravel scheme; here each request is told by its "
                     "nonce, or by all that is signed");
  }
}

void check_reply(const reviewed& f, const route_draft& r, const scheme_traits& scheme,
                 const spot& at) {
  const envelope_kind envelope = envelope_of(r, f.d);
  if (r.reply.seal && envelope == envelope_kind::none)
    f.problems.error(at.key("seal"), "needs an `envelope`: replies are sealed as requests are");
  if (r.reply.sign && !scheme.signs_replies)
    f.problems.error(at.key("sign"), "the scheme " + quoted(r.scheme_name) +
                                         " says nothing of how replies are signed");
  const bool sealed = r.reply.seal && envelope == envelope_kind::laravel;
  if (!sealed && r.reply.plaintext != reply_plaintext::string)
    f.problems.warn(at.key("plaintext"), envelope == envelope_kind::laravel
                                             ? "has no effect without seal: true"
                                             : "has no effect without envelope: laravel");
}

void check_whose(const reviewed& f, const route_draft& r, const scheme_traits& scheme,
                 const spot& at) {
  if (scheme.names_client && !r.client_name.empty()) {
    f.problems.error(at.key("client"),
                     "the messages of " + quoted(r.scheme_name) + " say themselves who sent them");
  } else if (!scheme.names_client && r.client_name.empty()) {
    f.problems.error(at.key("client"), "is missing: the messages of " + quoted(r.scheme_name) +
                                           " don't say who sent them, so the route must");
  }
}

/// A reply can only be signed for a client without a shared secret if the gateway has a key.
void check_identity(const reviewed& f, std::size_t index, const spot& at) {
  const route_draft& r = f.d.route_drafts[index];
  if (!r.reply.sign || f.d.identity) return;
  for (std::size_t i = 0; i < f.d.client_drafts.size(); ++i) {
    const client_draft& c = f.d.client_drafts[i];
    const bool shares = c.secret || !c.secrets.empty() || c.signing_secret;
    if (shares || !opens(i, r, f.d)) continue;
    f.problems.error(at.key("reply").key("sign"),
                     "client " + quoted(c.id) +
                         " has only a public key: give the gateway an `identity` to sign with");
    return;
  }
}

void check_proving_route(const reviewed& f, std::size_t index, const spot& at) {
  const route_draft& r = f.d.route_drafts[index];
  const scheme_traits scheme = traits_of(f.d.schemes[*r.scheme]);
  if (scheme.laravel)
    check_laravel_route(f, r, at);
  else
    check_signed_route(f, r, at);
  if (r.replay == replay_rule::off && !r.allow_weak) {
    f.problems.error(at.key("replay"),
                     "off lets every message through as often as it is sent; if that is meant, say "
                     "allow_weak: true");
  } else if (r.replay == replay_rule::off) {
    f.problems.warn(at.key("replay"), "off: every message passes as often as it is sent");
  }
  if (r.mode == mode::observe) {
    f.problems.warn(at.key("mode"),
                    "observe: messages that nothing proves reach the service, and so does what was "
                    "sent before; enforce once the metrics show none");
  }
  check_whose(f, r, scheme, at);
  check_reply(f, r, scheme, at.key("reply"));
  check_identity(f, index, at);
}

void check_rewrite(const reviewed& f, const route_draft& r, const spot& at) {
  if (r.strip_prefix.empty() || r.path.empty()) return;
  if (r.path.starts_with(r.strip_prefix)) {
    const bool border =
        r.path.size() == r.strip_prefix.size() || r.path[r.strip_prefix.size()] == '/';
    if (border) return;
  }
  f.problems.error(
      at.key("rewrite").key("strip_prefix"),
      quoted(r.strip_prefix) + " is not how the route's path begins, which is " + quoted(r.path));
}

void check_retry(const reviewed& f, const route_draft& r, const spot& at) {
  if (r.retry == retry_rule::never || r.upstream >= f.d.upstreams.size()) return;
  if (f.d.upstreams[r.upstream].retries == 0)
    f.problems.warn(at.key("retry"), "has no effect: the upstream says `retries: 0`");
}

/// What is said on a WebSocket is neither sealed nor signed: a route that promises it has none.
void check_websocket(const reviewed& f, const route_draft& r, const spot& at) {
  if (!r.websocket) {
    // What says what is so without it, as /config does, promises nothing.
    if (r.websocket_idle != route{}.websocket_idle)
      f.problems.warn(at.key("timeouts").key("websocket"),
                      "has no effect: the route does not say `websocket: true`");
    return;
  }
  const spot here = at.key("websocket");
  if (r.scheme && envelope_of(r, f.d) != envelope_kind::none)
    f.problems.error(here, "what is said on a WebSocket is not sealed: needs `envelope: none`");
  if (r.reply.sign)
    f.problems.error(here, "a handshake's answer is not signed: `reply.sign` promises that it is");
  const bool taken = r.methods.empty() || std::ranges::find(r.methods, "GET") != r.methods.end();
  if (!taken) f.problems.error(here, "a handshake is a GET, which `methods` leaves out");
}

std::string same_as(const reviewed& f, std::size_t i) {
  return "routes[" + std::to_string(i) + "] on line " + std::to_string(f.route(i).at->at.line);
}

/// Is there a version that both ranges take? Looked for at the bounds that stand in them.
std::string common_version(const keys::version_range& a, const keys::version_range& b) {
  const std::string text = a.text() + ' ' + b.text();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find_first_not_of(" <>=", at);
    if (begin == std::string::npos) break;
    at = std::min(text.find_first_of(" <>=", begin), text.size());
    const std::string bound = text.substr(begin, at - begin);
    if (a.contains(bound) && b.contains(bound)) return bound;
  }
  return {};
}

/// Two routes with the same host and path: only the version tells them apart, and it is not proven
/// when it routes.
void check_pair(const reviewed& f, std::size_t first, std::size_t second) {
  const route_draft& a = f.d.route_drafts[first];
  const route_draft& b = f.d.route_drafts[second];
  const spot at = f.route(second);
  const bool tie = a.client_version.has_value() == b.client_version.has_value() &&
                   (!a.client_version || a.client_version->text() == b.client_version->text());
  if (tie) {
    f.problems.error(
        at, "takes the same requests as " + same_as(f, first) +
                ": same host, path and client_version; join their methods, or tell them apart");
    return;
  }
  const auto must_agree = [&](bool agree, std::string_view key) {
    if (!agree) {
      f.problems.error(at.key(key), "differs from " + same_as(f, first) +
                                        ", although only client_version tells the two apart and "
                                        "nothing proves that before it is used");
    }
  };
  must_agree(a.scheme_name == b.scheme_name, "scheme");
  must_agree(envelope_of(a, f.d) == envelope_of(b, f.d), "envelope");
  must_agree(a.client_name == b.client_name, "client");
  must_agree(a.replay == b.replay, "replay");
  must_agree(a.mode == b.mode, "mode");
  must_agree(a.bodyless_rule == b.bodyless_rule, "bodyless");
  if (!a.client_version || !b.client_version) return;
  if (const std::string version = common_version(*a.client_version, *b.client_version);
      !version.empty()) {
    f.problems.warn(at.key("client_version"), "version " + version + " fits " + same_as(f, first) +
                                                  " as well, which comes first");
  }
}

}  // namespace

void check_routes(const reviewed& f) {
  std::map<std::tuple<std::string, bool, std::string>, std::vector<std::size_t>> groups;
  if (const node* routes = f.root.find("routes");
      routes && routes->what == node::kind::sequence && routes->items.empty()) {
    f.problems.error(f.top("routes"), "is empty: nothing would be served");
  }
  for (std::size_t i = 0; i < f.d.route_drafts.size(); ++i) {
    const route_draft& r = f.d.route_drafts[i];
    const spot at = f.route(i);
    if (r.scheme_name == "none") check_open_route(f, r, at);
    if (r.scheme) check_proving_route(f, i, at);
    check_rewrite(f, r, at);
    check_retry(f, r, at);
    check_websocket(f, r, at);
    if (r.path.empty()) continue;
    auto& group = groups[{r.host, r.exact, r.path}];
    for (const std::size_t earlier : group) check_pair(f, earlier, i);
    group.push_back(i);
  }
}

}  // namespace core::config
