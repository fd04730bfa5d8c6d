// SPDX-License-Identifier: Apache-2.0
#pragma once

// The windows that were in force since the start, by scheme. A window that grows must not let
// through again what was let through in a narrower one: its mark ends with that one and may be
// forgotten. So what may have been accepted before is held to the window of then.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/replay/window.hpp"

namespace core::replay {

/// Whose window it is. Marks of one kind of scheme are the same whatever the scheme is called.
struct window_owner {
  std::string kind;  ///< "laravel", "rfc9421", "template"
  std::string name;  ///< of a scheme with a window of its own; empty where all of a kind have one
};

class window_history {
 public:
  /// In force from now on, until replace().
  struct entry {
    window_owner owner;
    window in_force;
  };

  /// `wanted`, with what was in force before taken into account. A scheme that is new may be an old
  /// one under another name: the narrowest of its kind counts.
  [[nodiscard]] window narrow(const window_owner& owner, window wanted) const;

  /// At `now` these take the place of those that were in force. Messages that had begun before may
  /// be accepted by those for a moment yet.
  void replace(std::vector<entry> in_force, std::int64_t now);

 private:
  struct past_window {
    window_owner owner;
    std::int64_t past = 0;
    std::int64_t last_stamp = 0;  ///< what it let through is stamped no later
  };

  void remember(past_window one);

  std::vector<entry> in_force_;
  std::vector<past_window> before_;
};

}  // namespace core::replay
