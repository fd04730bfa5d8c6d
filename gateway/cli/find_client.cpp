// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/find_client.hpp"

#include <algorithm>

#include "core/config/suggest.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/say.hpp"

namespace gateway::cli {

const core::config::client* find_client(const core::config::model& m, const std::string& id) {
  const auto found = std::ranges::find(m.clients, id, &core::config::client::id);
  if (found != m.clients.end()) return &*found;
  std::vector<std::string_view> known;
  for (const auto& c : m.clients) known.emplace_back(c.id);
  fail(exit_usage, "no client is called \"" + id + "\"" + core::config::suggestion(id, known));
  return nullptr;
}

}  // namespace gateway::cli
