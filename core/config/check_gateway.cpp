// SPDX-License-Identifier: Apache-2.0
// Listeners, limits, replay, and what nothing refers to.

#include <algorithm>
#include <iterator>
#include <set>

#include "core/config/checks.hpp"
#include "core/config/values.hpp"

namespace core::config {

namespace {

/// Element i of a list that may also be written as one value.
spot one_of(const spot& s, std::size_t i) {
  return s.at->what == node::kind::sequence ? s.item(i) : s;
}

/// Does it say where, all of it?
bool is_definite(const address& a) { return a.is_path() || a.port != 0; }

/// Does one take all addresses of its family, and with them the other's, at the same port?
bool overlap(const address& a, const address& b) {
  if (a.is_path() || b.is_path() || a.port == 0 || a.port != b.port) return false;
  const auto takes = [](const address& all, const address& one) {
    const bool six = one.host.find(':') != std::string::npos;
    return all.host == (six ? "::" : "0.0.0.0");
  };
  return a.host != b.host && (takes(a, b) || takes(b, a));
}

/// Who guesses it may change the configuration that is in force.
constexpr std::size_t short_token = 16;

void check_admin_token(const reviewed& f) {
  if (!f.d.admin->token) return;
  const std::string_view token = f.d.admin->token->reveal();
  const spot at = f.top("admin").key("token");
  if (!std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7F'; })) {
    f.problems.error(at, "holds what can't be sent as a token: visible characters of ASCII can");
  } else if (token.size() < short_token) {
    f.problems.warn(at, "is shorter than 16 bytes: it can be guessed");
  }
}

void check_listeners(const reviewed& f) {
  const spot at = f.top("listen");
  // Items that could not be read are not in the list: places would shift.
  if (at.at->what == node::kind::sequence && at.at->items.size() != f.d.listen.size()) return;
  const bool seals = std::ranges::any_of(f.d.route_drafts, [&](const route_draft& r) {
    return r.scheme && traits_of(f.d.schemes[*r.scheme]).laravel;
  });
  std::set<std::string> seen;
  for (std::size_t i = 0; i < f.d.listen.size(); ++i) {
    const listener& a = f.d.listen[i];
    if (is_definite(a) && !seen.insert(print_address(a)).second) {
      f.problems.error(one_of(at, i), print_address(a) + " is listened on already");
    }
    for (std::size_t j = 0; j < i; ++j)
      if (overlap(f.d.listen[j], a))
        f.problems.error(one_of(at, i), print_address(a) + " can't be listened on beside " +
                                            print_address(f.d.listen[j]));
    const http::trusted_peers& trusted = f.d.trusted_proxies;
    if (a.proxy_protocol && (a.is_path() ? !trusted.local : trusted.networks.empty()))
      f.problems.error(one_of(at, i).key("proxy_protocol"),
                       std::string("nobody may say who a client is: name ") +
                           (a.is_path() ? "`unix`" : "the balancers") + " in `trusted_proxies`");
    if (const auto why = listen_warning(a); seals && !a.tls && !why.empty())
      f.problems.warn(one_of(at, i), std::string(why));
  }
  if (!f.d.admin || (f.d.admin->host.empty() && !f.d.admin->is_path()))
    return;  // one that could not be read
  if (is_definite(*f.d.admin) && seen.contains(print_address(*f.d.admin))) {
    f.problems.error(f.top("admin"),
                     "is the address that clients connect to; it needs one of its own");
  }
  for (const listener& a : f.d.listen)
    if (overlap(a, *f.d.admin))
      f.problems.error(f.top("admin"), "can't be listened on beside " + print_address(a));
  if (const auto why = admin_warning(*f.d.admin); !why.empty())
    f.problems.warn(f.top("admin"), std::string(why));
  check_admin_token(f);
}

void check_trusted_proxies(const reviewed& f) {
  const spot at = f.top("trusted_proxies");
  const auto everybody = [](const base::ip_network& n) {
    return n.prefix_bits == 0 || (n.prefix_bits == 96 && print_ip_network(n) == "0.0.0.0/0");
  };
  if (std::ranges::any_of(f.d.trusted_proxies.networks, everybody))
    f.problems.warn(at,
                    "everybody: whoever connects chooses the address that is logged, limited and "
                    "let in");
}

void check_replay(const reviewed& f) {
  const spot at = f.top("replay");
  if (f.d.replay.window > std::chrono::hours{1}) {
    f.problems.warn(at.key("window"),
                    "more than an hour: a stolen message stays fresh as long, and the store must "
                    "remember as many more");
  }
  if (f.d.replay.retention == seconds{0}) {
    f.problems.warn(at.key("retention"),
                    "0: an old sealed body passes again with a fresh timestamp and signature");
  }
}

void check_access_log(const reviewed& f) {
  const spot at = f.top("access_log").key("fields");
  const auto& fields = f.d.access_log.fields;
  if (!fields.empty() && f.d.access_log.format == observe::line_format::combined)
    f.problems.error(at, "format: combined has fields of its own; choose with json or logfmt");
  // Items that could not be read are not in the list: places would shift.
  if (at.at->what == node::kind::sequence && at.at->items.size() != fields.size()) return;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto before = fields.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(fields.begin(), before, fields[i]) != before)
      f.problems.error(one_of(at, i), "stands there twice");
  }
}

void check_audit_log(const reviewed& f) {
  if (!f.d.audit_log || f.d.audit_log->path == "off") return;
  // Two that write into one pipe could part each other's lines.
  if (f.d.audit_log->path == f.d.access_log.path)
    f.problems.error(f.top("audit_log"),
                     "is where the access log goes; it needs a place of its own");
}

void check_capture(const reviewed& f) {
  const spot at = f.top("capture");
  if (!f.d.capture || at.at->find("until") != nullptr) return;
  f.problems.warn(at,
                  "has no `until`: what it writes are messages that may still be valid, and on "
                  "routes without an envelope their bodies as plain text; say when it ends");
}

void check_upstreams(const reviewed& f) {
  for (std::size_t i = 0; i < f.d.upstreams.size(); ++i) {
    const upstream& u = f.d.upstreams[i];
    const auto secured = std::ranges::count_if(u.endpoints, &endpoint::tls);
    const auto local = std::ranges::count_if(u.endpoints, &endpoint::is_path);
    if (secured != 0 && secured + local != std::ssize(u.endpoints))
      f.problems.error(
          f.upstream(i),
          "has http:// and https:// endpoints: what is sent to the one is as open as if "
          "all were http://");
    for (auto e = u.endpoints.begin(); e != u.endpoints.end(); ++e) {
      const address& where = *e;
      if (std::any_of(u.endpoints.begin(), e, [&](const address& other) { return other == where; }))
        f.problems.warn(
            f.upstream(i).key("endpoints"),
            "has one of them twice, which is one in the metrics: name it once, with the sum of "
            "their weights");
    }
    if (u.tls && secured == 0 && !u.endpoints.empty())
      f.problems.error(f.upstream(i).key("tls"), "is for https:// endpoints, and there is none");
  }
}

}  // namespace

std::string_view listen_warning(const address& a) {
  if (is_loopback(a)) return {};
  return "reachable from other machines without TLS: the laravel scheme signs only the timestamp, "
         "so who can read the wire can reuse it; give it `tls`, or keep it on loopback";
}

std::string_view admin_warning(const address& a) {
  if (is_loopback(a)) return {};
  return "reachable from other machines: whoever gets there can read metrics and configuration "
         "(without secrets)";
}

void check_gateway(const reviewed& f) {
  check_listeners(f);
  check_trusted_proxies(f);
  check_replay(f);
  check_access_log(f);
  check_audit_log(f);
  check_capture(f);
  check_upstreams(f);
  const auto& of_one = f.d.limits.per_address;
  if (of_one && of_one->connections.value_or(0) > f.d.limits.connections) {
    f.problems.warn(f.top("limits").key("per_address").key("connections"),
                    "has no effect: it is more than `connections` for all together");
  }
  if (f.d.limits.target_bytes > f.d.limits.header_bytes) {
    f.problems.warn(f.top("limits").key("target_bytes"),
                    "larger than header_bytes, which ends a request before");
  }
}

void check_unused(const reviewed& f) {
  const auto& routes = f.d.route_drafts;
  for (std::size_t i = 0; i < f.d.upstreams.size(); ++i) {
    if (std::ranges::none_of(routes, [&](const route_draft& r) { return r.upstream == i; })) {
      f.problems.warn(f.upstream(i), "no route leads there");
    }
  }
  for (std::size_t i = 0; i < f.d.schemes.size(); ++i) {
    if (std::ranges::none_of(routes, [&](const route_draft& r) { return r.scheme == i; })) {
      f.problems.warn(f.scheme(i), "no route uses it");
    }
  }
  for (std::size_t i = 0; i < f.d.client_drafts.size(); ++i) {
    if (std::ranges::none_of(routes, [&](const route_draft& r) { return opens(i, r, f.d); })) {
      f.problems.warn(f.client(i), "there is no route that this client may use");
    }
  }
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const route_draft& r = routes[i];
    bool opened = !r.scheme;
    for (std::size_t c = 0; c < f.d.client_drafts.size() && !opened; ++c) opened = opens(c, r, f.d);
    if (!opened) f.problems.warn(f.route(i), "there is no client that may use this route");
  }
}

}  // namespace core::config
