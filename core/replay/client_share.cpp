// SPDX-License-Identifier: Apache-2.0
#include "core/replay/client_share.hpp"

#include <algorithm>
#include <utility>

namespace core::replay {

client_share::group* client_share::watched(std::uint32_t number) {
  for (auto& g : watched_) {
    if (g.number == number) return &g;
  }
  return nullptr;
}

void client_share::count(group& g, std::uint32_t client) {
  auto& members = g.members;
  const auto at = std::find_if(members.begin(), members.end(),
                               [&](const member& m) { return m.client == client; });
  if (at == members.end()) {
    members.push_back({client, 1});
  } else {
    ++at->count;
    std::swap(*at, members.front());
  }
}

client_share::group& client_share::watch(std::uint32_t number, std::span<const entry> entries) {
  group made{number, {}};
  for (const auto& e : entries) {
    if (!e.free() && group_of(e.client) == number) count(made, e.client);
  }
  return watched_.emplace_back(std::move(made));
}

void client_share::add(std::uint32_t client) {
  const auto number = group_of(client);
  if (auto* g = watched(number)) count(*g, client);
  ++sums_[number];
}

void client_share::remove(std::uint32_t client) {
  const auto number = group_of(client);
  --sums_[number];
  auto* g = watched(number);
  if (g == nullptr) return;
  // An eighth below the half before it is let go: a group that goes up and down around the half is
  // not counted anew each time.
  if (sums_[number] + half_ / 8 < half_) {
    std::swap(*g, watched_.back());
    watched_.pop_back();
    return;
  }
  auto& members = g->members;
  const auto at = std::find_if(members.begin(), members.end(),
                               [&](const member& m) { return m.client == client; });
  if (--at->count == 0) {
    *at = members.back();
    members.pop_back();
  }
}

bool client_share::at_half(std::uint32_t client, std::span<const entry> entries) {
  const auto number = group_of(client);
  if (sums_[number] < half_) return false;
  auto* g = watched(number);
  if (g == nullptr) g = &watch(number, entries);
  const auto& members = g->members;
  const auto at = std::find_if(members.begin(), members.end(),
                               [&](const member& m) { return m.client == client; });
  return at != members.end() && at->count >= half_;
}

std::uint64_t client_share::bytes() const {
  std::uint64_t sum = sizeof sums_ + watched_.capacity() * sizeof(group);
  for (const auto& g : watched_) sum += g.members.capacity() * sizeof(member);
  return sum;
}

}  // namespace core::replay
