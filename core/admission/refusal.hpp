// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one door out for refusals: what a client is told for each internal reason. Reasons found once
// a key is chosen all look alike.

#include <string_view>

#include "core/base/errc.hpp"

namespace core::admission {

struct refusal {
  unsigned status;         ///< HTTP status; 0: nothing is sent (the client is gone)
  std::string_view code;   ///< public, stable; `code` of the problem document
  std::string_view title;  ///< public, for people; says nothing that helps a forger
  bool close;              ///< the connection can't be trusted or used any more
  unsigned retry_after;    ///< seconds for Retry-After; 0: no such field
};

refusal refusal_for(base::errc reason);

/// Was it what the client sent, and not the state that we or the service are in?
bool blames_client(base::errc reason);

/// Does it count against the address that it came from? What a forger or a broken client gets.
bool is_failure(base::errc reason);

/// Does a route that observes let it pass? What a message lacks of proof, freshness, newness or a
/// version that is taken, and a store that can't tell; never framing, limits, routing, and what a
/// proven client may not do.
bool is_waivable(base::errc reason);

}  // namespace core::admission
