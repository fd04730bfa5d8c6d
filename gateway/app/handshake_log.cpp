// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/handshake_log.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace gateway::app {

void handshake_log::failed(const net::handshake_problem& why, std::string_view peer,
                           std::int64_t now) {
  using core::observe::handshake_failure;
  // Whoever looks whether the port is open does this all day.
  if (why.reason == handshake_failure::closed) return;
  std::uint64_t others = 0;
  {
    const std::lock_guard lock(guard_);
    kind& one = kinds_[static_cast<std::size_t>(why.reason)];
    if (one.said && now - *one.said < pause) {
      ++one.unsaid;
      return;
    }
    one.said = now;
    others = std::exchange(one.unsaid, 0);
  }
  std::string more = why.detail.empty() ? std::string() : " (" + why.detail + ")";
  if (others != 0) more += ", and " + std::to_string(others) + " more since the last such line";
  log_.info("TLS handshake with {} failed: {}{}", peer, core::observe::name(why.reason), more);
}

}  // namespace gateway::app
