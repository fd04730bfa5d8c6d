// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/names.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/net/resolve.hpp"

namespace gateway::app {

namespace {

bool is_same(const core::config::address& a, const core::config::address& b) { return a == b; }

/// As core::config's upstream lists its endpoints, with the addresses that are known of each.
std::vector<upstream::endpoint> endpoints_of(const upstream::group& g,
                                             const upstream::looked_up& found,
                                             const shared_by_name& known, bool& cut) {
  std::vector<upstream::endpoint> all;
  std::size_t at = 0;
  for (const core::config::endpoint& e : g.settings.endpoints) {
    const std::string authority = authority_of(e, e.tls);
    const std::size_t first = at;
    while (at < g.endpoints.size() && g.endpoints[at].authority == authority) ++at;
    if (!is_same(e, found.name)) {
      const std::size_t last = std::min(at, first + (upstream::most_endpoints - all.size()));
      cut = cut || last != at;
      all.insert(all.end(), g.endpoints.begin() + static_cast<std::ptrdiff_t>(first),
                 g.endpoints.begin() + static_cast<std::ptrdiff_t>(last));
      continue;
    }
    for (const net::socket_address& address : found.addresses) {
      cut = cut || all.size() == upstream::most_endpoints;
      if (cut) break;
      upstream::endpoint one{address, authority, e.weight, {}, e.tls};
      one.condition = condition_of(g.settings.name, one, known);
      all.push_back(std::move(one));
    }
  }
  return all;
}

/// Do they lead to the same addresses? In another order too: name servers turn it round.
bool leads_there(const std::vector<upstream::endpoint>& a,
                 const std::vector<upstream::endpoint>& b) {
  return std::ranges::is_permutation(a, b, [](const auto& one, const auto& other) {
    return one.address == other.address && one.authority == other.authority;
  });
}

}  // namespace

std::vector<upstream::resolver::task> names_of(const core::config::model& model) {
  std::vector<upstream::resolver::task> all;
  for (const core::config::upstream& u : model.upstreams) {
    if (u.resolve.count() == 0) continue;
    for (const core::config::endpoint& e : u.endpoints) {
      if (e.is_path() || net::is_address(e.host)) continue;
      const auto same = [&](const auto& task) { return is_same(task.name, e); };
      const auto known = std::ranges::find_if(all, same);
      if (known == all.end())
        all.push_back({static_cast<const core::config::address&>(e), u.resolve});
      else
        known->every = std::min(known->every, u.resolve);
    }
  }
  return all;
}

std::shared_ptr<session::generation> follow(const session::generation& now,
                                            const upstream::looked_up& found,
                                            const shared_by_name& known) {
  std::shared_ptr<session::generation> next;
  if (found.addresses.empty()) return next;
  for (std::size_t i = 0; i < now.groups.size(); ++i) {
    const upstream::group& g = now.groups[i];
    // Who says `resolve: 0s` keeps what it has.
    if (g.settings.resolve.count() == 0) continue;
    bool cut = false;
    std::vector<upstream::endpoint> endpoints = endpoints_of(g, found, known, cut);
    if (leads_there(g.endpoints, endpoints)) continue;
    if (!next) next = std::make_shared<session::generation>(now);
    next->groups[i].endpoints = std::move(endpoints);
    next->groups[i].cut = cut;
  }
  return next;
}

std::vector<std::string> crowded(const std::vector<upstream::group>& groups,
                                 const std::vector<upstream::group>& before) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const upstream::group& g = groups[i];
    if (!g.cut || (i < before.size() && leads_there(before[i].endpoints, g.endpoints))) continue;
    const std::string most = std::to_string(upstream::most_endpoints);
    out.push_back("upstreams." + g.settings.name + ": its names have more than " + most +
                  " addresses, and the first " + most + " alone are used");
  }
  return out;
}

}  // namespace gateway::app
