// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/preparation.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/config/values.hpp"
#include "gateway/sys/build.hpp"

namespace gateway::app {

std::shared_ptr<upstream::condition> condition_of(const std::string& name,
                                                  const upstream::endpoint& e,
                                                  const shared_by_name& known) {
  const auto found = known.conditions.find({name, e.authority, e.address});
  std::shared_ptr<upstream::condition> held;
  if (found != known.conditions.end()) held = found->second.lock();
  return held ? held : std::make_shared<upstream::condition>();
}

std::string authority_of(const core::config::address& a, bool tls) {
  if (a.is_path()) return core::config::print_address(a);
  const bool ipv6 = a.host.find(':') != std::string::npos;
  const std::string host = ipv6 ? "[" + a.host + "]" : a.host;
  // The default port is left out of Host, as clients do (RFC 9110, section 7.2).
  return a.port == (tls ? 443 : 80) ? host : host + ":" + std::to_string(a.port);
}

namespace {

/// Of its name, in this upstream.
std::vector<net::socket_address> addresses_of(const core::config::address& name,
                                              const upstream::group& in) {
  std::vector<net::socket_address> all;
  for (const core::config::endpoint& e : in.settings.endpoints) {
    if (e.host != name.host || e.port != name.port) continue;
    const std::string authority = authority_of(e, e.tls);
    for (const upstream::endpoint& one : in.endpoints)
      if (one.authority == authority && std::ranges::find(all, one.address) == all.end())
        all.push_back(one.address);
  }
  return all;
}

/// Of its name, in the upstream called `preferred` if that has it, else in whichever has.
std::vector<net::socket_address> addresses_in(const std::vector<upstream::group>& groups,
                                              const core::config::address& name,
                                              const std::string& preferred) {
  std::vector<net::socket_address> all;
  for (const upstream::group& g : groups) {
    if (!all.empty() && g.settings.name != preferred) continue;
    if (auto here = addresses_of(name, g); !here.empty()) all = std::move(here);
  }
  return all;
}

}  // namespace

destinations look_up(const core::config::model& model, const shared_by_name& known,
                     const std::vector<upstream::group>& in_force,
                     const upstream::resolver::lookup& look) {
  destinations out;
  std::vector<upstream::group>& groups = out.groups;
  const auto addresses = [&](const core::config::address& name, const std::string& upstream) {
    try {
      return look(name);
    } catch (const std::runtime_error& e) {
      std::vector<net::socket_address> before = addresses_in(in_force, name, upstream);
      if (before.empty()) throw;
      const auto same = [&](const upstream::looked_up& l) {
        return l.name.host == name.host && l.name.port == name.port;
      };
      if (std::ranges::none_of(out.lost, same)) out.lost.push_back({name, before, e.what()});
      return before;
    }
  };
  groups.reserve(model.upstreams.size());
  for (const core::config::upstream& u : model.upstreams) {
    std::vector<upstream::endpoint> endpoints;
    bool cut = false;
    for (const core::config::endpoint& e : u.endpoints) {
      const std::string authority = authority_of(e, e.tls);
      for (const net::socket_address& address : addresses(e, u.name)) {
        cut = endpoints.size() == upstream::most_endpoints;
        if (cut) break;
        upstream::endpoint one{address, authority, e.weight, {}, e.tls};
        one.condition = condition_of(u.name, one, known);
        endpoints.push_back(std::move(one));
      }
    }
    const auto found = known.places.find(u.name);
    groups.emplace_back(u, std::move(endpoints),
                        found == known.places.end() ? nullptr : found->second.lock());
    groups.back().cut = cut;
    try {
      if (u.tls) groups.back().tls = std::make_shared<const net::tls_client>(*u.tls);
    } catch (const std::runtime_error& e) {
      throw std::runtime_error("upstreams." + u.name + ".tls: " + e.what());
    }
  }
  return out;
}

std::vector<session::secured_listener> secure(const std::vector<core::config::listener>& listeners,
                                              const std::vector<std::uint32_t>& numbers,
                                              const std::shared_ptr<net::ticket_keys>& tickets) {
  std::vector<session::secured_listener> made;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (!listeners[i].tls) continue;
    made.push_back({numbers[i], core::config::print_address(listeners[i]),
                    std::make_shared<const net::tls_server>(*listeners[i].tls, tickets)});
  }
  return made;
}

std::vector<std::uint32_t> introducing(const std::vector<core::config::listener>& listeners,
                                       const std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> made;
  for (std::size_t i = 0; i < listeners.size(); ++i)
    if (listeners[i].proxy_protocol) made.push_back(numbers[i]);
  return made;
}

metrics::catalog describe(const core::config::model& model,
                          const std::vector<upstream::group>& groups, core::base::instant now) {
  metrics::catalog names;
  for (const core::config::route& r : model.routes) names.routes.push_back(r.name);
  for (const core::config::client& c : model.clients) {
    metrics::client_description d{c.id, {}};
    for (const auto& s : c.secrets) d.secrets.push_back({s.id, s.until, s.from});
    names.clients.push_back(std::move(d));
  }
  for (const upstream::group& g : groups) {
    metrics::upstream_description d{g.settings.name, {}};
    for (const upstream::endpoint& e : g.endpoints) d.endpoints.push_back(upstream::url_of(e));
    names.upstreams.push_back(std::move(d));
  }
  names.named_clients = model.metrics_clients;
  names.loaded_at = now;
  names.build = sys::build_facts();
  return names;
}

void succession::put_in_force(const session::generation& next, std::int64_t now) {
  windows.replace(next.rules->windows(), now);
  share(next.groups);
}

void succession::share(const std::vector<upstream::group>& groups) {
  const auto gone = [](const auto& one) { return one.second.expired(); };
  std::erase_if(shared.places, gone);
  std::erase_if(shared.conditions, gone);
  for (const upstream::group& g : groups) {
    g.places->resize(g.settings.max_requests, g.settings.max_pending);
    shared.places.insert_or_assign(g.settings.name, g.places);
    for (const upstream::endpoint& e : g.endpoints)
      shared.conditions.insert_or_assign({g.settings.name, e.authority, e.address}, e.condition);
  }
}

core::replay::window_history ended(core::replay::window_history windows, std::int64_t now) {
  windows.replace({}, now);
  return windows;
}

}  // namespace gateway::app
