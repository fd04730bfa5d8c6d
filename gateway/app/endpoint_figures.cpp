// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/endpoint_figures.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "gateway/sys/clock.hpp"

namespace gateway::app {

void add_endpoints(const upstream::group& of, std::vector<metrics::endpoint_reading>& to) {
  const auto first = static_cast<std::ptrdiff_t>(to.size());
  const std::chrono::milliseconds now(sys::coarse_steady_us() / 1000);
  const bool probed = of.settings.health.has_value();
  for (const upstream::endpoint& e : of.endpoints) {
    const std::string url = upstream::url_of(e);
    auto known = std::find_if(to.begin() + first, to.end(),
                              [&](const auto& one) { return one.endpoint == url; });
    if (known == to.end()) {
      known = to.insert(to.end(), metrics::endpoint_reading{of.settings.name, url, false, 0, {}});
      if (probed) known->probes.emplace();
    }
    const upstream::condition::figures seen = e.condition->look(now);
    known->up = known->up || ((probed ? seen.up : seen.reachable) && !seen.ejected);
    known->ejections += seen.ejections;
    if (!probed) continue;
    known->probes->first += seen.good_probes;
    known->probes->second += seen.failed_probes;
  }
}

}  // namespace gateway::app
