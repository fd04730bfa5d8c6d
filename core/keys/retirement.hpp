// SPDX-License-Identifier: Apache-2.0
#pragma once

// May an old secret go? By what the gateways have seen of it: whoever still uses it would be locked
// out.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::keys {

/// One secret, as one gateway has seen it.
struct secret_sight {
  std::string id;
  std::optional<std::int64_t> last_used;  ///< Unix seconds
  std::string address, version;           ///< of that use; empty if not known
};

/// What one gateway says of one client's secrets.
struct witness {
  std::string name;
  std::int64_t now = 0;             ///< by its own clock, Unix seconds
  std::int64_t counting_since = 0;  ///< it knows of nothing before
  std::vector<secret_sight> secrets;

  [[nodiscard]] const secret_sight* find(std::string_view id) const;
};

/// Why it should stay.
struct objection {
  enum class kind {
    unknown,      ///< a gateway has no such secret: it goes by another configuration
    only_one,     ///< a gateway has none of those that stay: it would take no message then
    too_young,    ///< a gateway hasn't counted for long enough
    in_use,       ///< it was used lately
    not_taken_up  ///< no other secret has been used since: the client has not changed over
  };
  kind what = kind::unknown;
  const witness* by = nullptr;  ///< null: all of them together
};

/// In the order of the witnesses; empty: it may go. All must have counted for `unused_for`, in
/// which none may have seen `id`, and after its last use some must have seen one of `others`, which
/// are those that stay and are in force.
std::vector<objection> objections_to_retiring(std::string_view id,
                                              const std::vector<std::string>& others,
                                              const std::vector<witness>& witnesses,
                                              std::chrono::seconds unused_for);

}  // namespace core::keys
