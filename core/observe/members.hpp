// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a line of the access log can say: each member by its name, in the order of a line.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::observe {

enum class member : std::uint8_t {
  time,
  request_id,
  client_address,
  method,
  host,
  path,
  route,
  client,
  version,
  secret,
  status,
  reason,
  why,
  delay_ms,
  duration_ms,
  upstream_ms,
  gateway_ms,
  bytes_in,
  bytes_out,
  upstream,
  endpoint,
  upstream_status,
  deprecated,
  observed,
};

/// By member.
inline constexpr std::array<std::string_view, 24> member_names{
    "time",      "request_id", "client_address", "method",          "host",       "path",
    "route",     "client",     "version",        "secret",          "status",     "reason",
    "why",       "delay_ms",   "duration_ms",    "upstream_ms",     "gateway_ms", "bytes_in",
    "bytes_out", "upstream",   "endpoint",       "upstream_status", "deprecated", "observed"};
static_assert(static_cast<std::size_t>(member::observed) + 1 == member_names.size());

}  // namespace core::observe
