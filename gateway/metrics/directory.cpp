// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/directory.hpp"

#include <algorithm>
#include <unordered_map>

namespace gateway::metrics {

namespace {

/// A record's place takes 24 bits (shard.hpp).
constexpr std::size_t most_routes = (1U << 24U) - 1;

/// The item of this name among a few, or null.
template <class Item>
Item* find(std::vector<Item>& among, std::string Item::* name, std::string_view wanted) {
  const auto found =
      std::ranges::find_if(among, [&](const Item& item) { return item.*name == wanted; });
  return found == among.end() ? nullptr : &*found;
}

}  // namespace

layout directory::take_up(const catalog& names) {
  layout made;
  add_routes(names, made);
  add_clients(names, made);
  add_upstreams(names, made);
  made.counts_ = counts_;
  return made;
}

// A client or a route may bear one of the shared names: it is then counted in the shared place,
// because two series of the same labels would be a broken exposition.
void directory::add_routes(const catalog& names, layout& to) {
  std::unordered_map<std::string_view, std::uint32_t> known;
  for (std::uint32_t i = 0; i < routes_.size(); ++i) known.emplace(routes_[i], i + 1);
  for (const std::string& name : names.routes) {
    auto found = known.find(name);
    if (found == known.end() && (name == nobody || counts_.routes == most_routes)) {
      to.routes_.push_back(nowhere);
      continue;
    }
    if (found == known.end()) {
      const auto place = static_cast<std::uint32_t>(counts_.routes);
      found = known.emplace(routes_.emplace_back(name), place).first;
      ++counts_.routes;
    }
    to.routes_.push_back(found->second);
  }
}

std::uint32_t directory::place_for_client(std::string_view id, std::size_t bound) {
  if (id == nobody) return no_client;
  if (clients_.size() >= bound || id == others) return other_client;
  return static_cast<std::uint32_t>(counts_.clients++);
}

void directory::add_clients(const catalog& names, layout& to) {
  std::unordered_map<std::string_view, client*> known;
  for (client& c : clients_) {
    known.emplace(c.id, &c);
    for (secret& s : c.secrets) {
      s.until.reset();
      s.from.reset();
    }
  }
  for (const client_description& described : names.clients) {
    client* who = nullptr;
    if (const auto found = known.find(described.id); found != known.end()) {
      who = found->second;
    } else {
      const auto place = place_for_client(described.id, names.named_clients);
      who = &clients_.emplace_back(client{described.id, place, {}});
      if (place > no_client) named_.push_back(who);
    }
    to.clients_.back().place = who->place;
    if (who->secrets.empty()) who->secrets.reserve(described.secrets.size());
    for (const secret_description& s : described.secrets) {
      secret* one = find(who->secrets, &secret::id, s.id);
      if (one == nullptr) {
        who->secrets.push_back({s.id, static_cast<std::uint32_t>(counts_.secrets)});
        ++counts_.secrets;
        one = &who->secrets.back();
      }
      one->until = s.until;
      one->from = s.from;
      to.secrets_.push_back(one->place);
    }
    if (const auto begin = to.clients_.back().secrets_begin; begin < to.secrets_.size())
      to.clients_.back().newest = to.secrets_[begin];
    to.clients_.push_back({.secrets_begin = static_cast<std::uint32_t>(to.secrets_.size())});
  }
}

void directory::add_upstreams(const catalog& names, layout& to) {
  for (upstream& u : upstreams_) {
    u.configured = false;
    for (endpoint& e : u.endpoints) e.configured = false;
  }
  for (const upstream_description& described : names.upstreams) {
    const auto found = std::ranges::find(upstreams_, described.name, &upstream::name);
    upstream* group = found == upstreams_.end() ? nullptr : &*found;
    if (group == nullptr) {
      group = &upstreams_.emplace_back();
      group->name = described.name;
      group->place = static_cast<std::uint32_t>(counts_.upstreams++);
    }
    group->configured = true;
    to.upstreams_.push_back(group->place);
    for (const std::string& name : described.endpoints) {
      endpoint* one = find(group->endpoints, &endpoint::name, name);
      if (one == nullptr) {
        group->endpoints.push_back({name, static_cast<std::uint32_t>(counts_.endpoints), false});
        ++counts_.endpoints;
        one = &group->endpoints.back();
      }
      one->configured = true;
      to.endpoints_.push_back(one->place);
    }
    to.endpoint_begins_.push_back(static_cast<std::uint32_t>(to.endpoints_.size()));
  }
}

std::string_view directory::route_name(std::uint32_t place) const {
  return place == nowhere ? nobody : std::string_view(routes_[place - 1]);
}

std::string_view directory::client_name(std::uint32_t place) const {
  if (place == no_client) return nobody;
  return place == other_client ? others : std::string_view(named_[place - 2]->id);
}

}  // namespace gateway::metrics
