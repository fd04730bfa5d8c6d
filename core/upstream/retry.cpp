// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/retry.hpp"

#include <algorithm>
#include <array>

namespace core::upstream {

bool is_idempotent(std::string_view method) {
  static constexpr std::array<std::string_view, 6> all{"GET",    "HEAD",    "PUT",
                                                       "DELETE", "OPTIONS", "TRACE"};
  return std::ranges::find(all, method) != all.end();
}

retry decide(const attempt_facts& f) {
  if (f.answering) return retry::no;
  switch (f.how) {
    case attempt::unsent: return f.reused ? retry::anywhere : retry::elsewhere;
    case attempt::cut_short:
    case attempt::timed_out: {
      const bool may = f.allowed && f.used < f.most && is_idempotent(f.method);
      return may ? retry::again : retry::no;
    }
    case attempt::answered: break;
  }
  return retry::no;
}

}  // namespace core::upstream
