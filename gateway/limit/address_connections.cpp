// SPDX-License-Identifier: Apache-2.0
#include "gateway/limit/address_connections.hpp"

namespace gateway::limit {

bool address_connections::take(address_key address, std::uint32_t most) {
  part& p = part_of(address);
  const std::scoped_lock lock(p.lock);
  const auto [found, fresh] = p.open.try_emplace(address, 0);
  if (found->second >= most) {
    if (fresh) p.open.erase(found);
    return false;
  }
  ++found->second;
  return true;
}

void address_connections::give_back(address_key address) {
  part& p = part_of(address);
  const std::scoped_lock lock(p.lock);
  const auto found = p.open.find(address);
  if (--found->second == 0) p.open.erase(found);
}

std::size_t address_connections::addresses() {
  std::size_t all = 0;
  for (part& p : parts_) {
    const std::scoped_lock lock(p.lock);
    all += p.open.size();
  }
  return all;
}

}  // namespace gateway::limit
