// SPDX-License-Identifier: Apache-2.0
#pragma once

// The contract's metrics by name, made from a snapshot. It counts nothing itself.

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/metrics/registry.hpp"
#include "gateway/metrics/snapshot.hpp"

namespace gateway::metrics {

class exposition : public prometheus::Collectable {
 public:
  /// The readings must outlive this.
  exposition(snapshot counted, const readings& now) : counted_(std::move(counted)), now_(now) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  using families = std::vector<prometheus::MetricFamily>;
  void add_requests(families& out) const;
  void add_clients(families& out) const;
  void add_secrets(families& out) const;
  void add_routes(families& out) const;
  void add_upstreams(families& out) const;
  void add_health(families& out) const;
  void add_places(families& out) const;
  void add_gateway(families& out) const;
  void add_tls(families& out) const;
  void add_replay(families& out) const;
  void add_process(families& out) const;

  snapshot counted_;
  const readings& now_;
};

}  // namespace gateway::metrics
