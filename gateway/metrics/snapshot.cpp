// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/snapshot.hpp"

#include <numeric>

namespace gateway::metrics {

std::uint64_t histogram_figures::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

std::optional<std::int64_t> histogram_figures::below(double share) const {
  const auto wanted = share * static_cast<double>(count());
  double seen = 0;
  for (std::size_t i = 0; i < bounds_us.size() && wanted > 0; ++i) {
    seen += static_cast<double>(buckets[i]);
    if (seen >= wanted) return bounds_us[i];
  }
  return std::nullopt;
}

}  // namespace gateway::metrics
