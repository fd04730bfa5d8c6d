// SPDX-License-Identifier: Apache-2.0
#include "core/keys/retirement.hpp"

#include <algorithm>

namespace core::keys {

const secret_sight* witness::find(std::string_view id) const {
  const auto found = std::ranges::find(secrets, id, &secret_sight::id);
  return found == secrets.end() ? nullptr : &*found;
}

std::vector<objection> objections_to_retiring(std::string_view id,
                                              const std::vector<std::string>& others,
                                              const std::vector<witness>& witnesses,
                                              std::chrono::seconds unused_for) {
  std::vector<objection> out;
  std::optional<std::int64_t> last, last_of_others;
  for (const witness& w : witnesses) {
    bool knows_others = false;
    for (const std::string& other : others) {
      const secret_sight* const its = w.find(other);
      if (its == nullptr) continue;
      knows_others = true;
      last_of_others = std::max(last_of_others, its->last_used);
    }
    const secret_sight* const seen = w.find(id);
    if (seen != nullptr) last = std::max(last, seen->last_used);
    if (seen == nullptr)
      out.push_back({objection::kind::unknown, &w});
    else if (!knows_others)
      out.push_back({objection::kind::only_one, &w});
    else if (seen->last_used && w.now - *seen->last_used < unused_for.count())
      out.push_back({objection::kind::in_use, &w});
    else if (w.now - w.counting_since < unused_for.count())
      out.push_back({objection::kind::too_young, &w});
  }
  const bool taken_up = last_of_others && (!last || *last_of_others > *last);
  if (!taken_up) out.push_back({objection::kind::not_taken_up, nullptr});
  return out;
}

}  // namespace core::keys
