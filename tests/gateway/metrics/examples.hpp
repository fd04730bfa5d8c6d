// SPDX-License-Identifier: Apache-2.0
#pragma once

// Records and catalogs that the tests of this room begin with.

#include <string>
#include <utility>

#include "core/observe/record.hpp"
#include "gateway/metrics/registry.hpp"

namespace tests {

inline constexpr std::int64_t noon = 1'780'000'000;  // Unix seconds

inline gateway::metrics::catalog small_catalog() {
  gateway::metrics::catalog names;
  names.routes = {"orders", "health"};
  names.clients = {{"shop", {{"2026", {}, noon - 3600}, {"2025", noon + 3600}}},
                   {"billing", {{"1", {}}}}};
  names.upstreams = {{"orders", {"http://127.0.0.1:9001", "http://127.0.0.1:9002"}}};
  names.loaded_at = core::base::from_unix_seconds(noon);
  return names;
}

/// All that a worker counts of an exchange.
inline void count(gateway::metrics::shard& by, const core::observe::record& r,
                  const gateway::metrics::layout& where) {
  if (r.proven) by.count_proof(r, where);
  by.count(r, where);
}

/// A message of that client (1: the first of the catalog) that passed.
inline core::observe::record passed(std::uint32_t client, std::string_view version,
                                    std::int64_t at = noon) {
  core::observe::record r;
  r.at = core::base::from_unix_seconds(at);
  r.route = 0;
  r.client = client;
  r.proven = true;
  r.version = version;
  r.secret = 0;
  r.stamp = at - 2;
  r.status = 200;
  r.duration_us = 1'500;
  r.upstream_us = 1'200;
  r.upstream = 0;
  r.endpoint = 1;
  r.upstream_status = 200;
  return r;
}

inline core::observe::record refused(core::base::errc reason, unsigned status,
                                     std::uint32_t client) {
  core::observe::record r;
  r.at = core::base::from_unix_seconds(noon);
  r.route = 0;
  r.client = client;
  r.refused = reason;
  r.status = status;
  r.duration_us = 40;
  return r;
}

/// Would have been refused, and passed.
inline core::observe::record observed(core::base::errc reason, std::uint32_t client) {
  core::observe::record r = refused(reason, 200, client);
  r.observed = std::exchange(r.refused, {});
  return r;
}

}  // namespace tests
