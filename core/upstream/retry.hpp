// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a request that came to nothing is sent once more. One table, for all that can happen.

#include <cstdint>
#include <string_view>

namespace core::upstream {

/// How far an attempt came.
enum class attempt {
  unsent,     ///< the connection took no byte of the request
  cut_short,  ///< it ended before the answer was whole
  timed_out,  ///< no answer in time
  answered,   ///< an answer, be it a bad one
};

struct attempt_facts {
  attempt how = attempt::answered;
  bool reused = false;      ///< on a connection that had been kept
  bool answering = false;   ///< has the client had a byte of the answer?
  bool allowed = false;     ///< does the route say `retry: idempotent`?
  std::string_view method;  ///< of the request
  std::uint32_t used = 0;   ///< how often it was sent again so far
  std::uint32_t most = 0;   ///< `retries`
};

enum class retry {
  no,
  anywhere,   ///< nothing was sent: at the same endpoint too, which only closed a kept connection
  elsewhere,  ///< nothing was sent: at an endpoint that has not been tried
  again,      ///< it was sent: elsewhere if there is another endpoint, and it counts
};

/// An answer is never asked for again, whatever its status: the service has seen the request.
/// Where nothing was sent, doing so elsewhere is no repetition, and needs no leave.
retry decide(const attempt_facts& f);

/// May it be sent twice and have the effect of once? (RFC 9110, section 9.2.2)
bool is_idempotent(std::string_view method);

}  // namespace core::upstream
