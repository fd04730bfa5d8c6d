// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/group.hpp"

namespace gateway::upstream {

std::string host_of(std::string_view authority) {
  if (authority.starts_with('[')) return std::string(authority.substr(1, authority.find(']') - 1));
  return std::string(authority.substr(0, authority.find(':')));
}

}  // namespace gateway::upstream
