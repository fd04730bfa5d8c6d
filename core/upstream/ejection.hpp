// SPDX-License-Identifier: Apache-2.0
#pragma once

// An endpoint that fails request after request gets none for a while; then one tries it. Steps on
// one word of state: who keeps the word, and how several threads share it, is for others.

#include <chrono>
#include <cstdint>

namespace core::upstream {

/// What came of a request, as far as it speaks of the endpoint.
enum class outcome {
  served,       ///< it answered, and not with one of `unable`
  unreachable,  ///< it took no connection: refused, or not in time
  broken,       ///< the connection ended before the answer, or what came is no answer
  late,         ///< no answer in time
  unable,       ///< 502, 503 or 504: it, or what stands behind it, can't serve
};

/// As a log names it.
const char* name(outcome what);

/// The outcome of an answer with this status. 500 is the request's affair as often as the
/// endpoint's, and 501 always: neither counts.
outcome outcome_of(unsigned status);

struct ejection_rule {
  std::uint32_t failures = 0;  ///< in a row; 0: never
  std::chrono::milliseconds time{};
};

/// 0: nothing has failed.
using ejection_state = std::uint64_t;

/// Does it get no requests at `now`? Once its time is over, it has only to be tried.
[[nodiscard]] bool is_ejected(ejection_state state, std::chrono::milliseconds now);

struct ejection_step {
  ejection_state next = 0;
  bool ejected = false;   ///< from now on it gets no request
  bool returned = false;  ///< from now on it gets requests again
};

/// A request came to this at `now`, of a steady clock. Who has been ejected returns with the one
/// that tries it, and not with one that was under way before. `others`: is there another endpoint
/// for what this one doesn't get? The last one that still answers is not ejected.
ejection_step note(const ejection_rule& by, ejection_state state, outcome what,
                   std::chrono::milliseconds now, bool others);

/// Whether an endpoint gets a request.
enum class entry {
  open,   ///< it does
  trial,  ///< it gets this one, to see whether it is well again
  shut,   ///< it gets none
};

struct entry_step {
  ejection_state next = 0;
  entry what = entry::open;
};

/// Of those who ask at once, one has the trial: the one that puts `next` in the place of `state`.
/// A trial of which nothing is heard is over after as long as the endpoint was ejected for.
entry_step ask(const ejection_rule& by, ejection_state state, std::chrono::milliseconds now);

}  // namespace core::upstream
