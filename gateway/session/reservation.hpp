// SPDX-License-Identifier: Apache-2.0
#pragma once

// A mark on loan from the replay store: kept once a byte went upstream, released if none did, or if
// what did is known to have come to nothing.

#include <cstdint>
#include <optional>

#include "core/replay/mark.hpp"
#include "gateway/replay/store.hpp"

namespace gateway::session {

class reservation {
 public:
  /// `mark` may be nothing (a route with `replay: off`): then everything is fresh.
  reservation(replay::store& store, const std::optional<core::replay::mark>& mark, std::int64_t now)
      : store_(store),
        mark_(mark),
        answer_(mark ? store.reserve(*mark, now) : core::replay::verdict::fresh) {}
  reservation(const reservation&) = delete;
  reservation& operator=(const reservation&) = delete;
  ~reservation() {
    if (mark_ && answer_ == core::replay::verdict::fresh && !kept_) store_.release(*mark_);
  }

  [[nodiscard]] core::replay::verdict answer() const { return answer_; }
  void keep() {
    if (mark_ && answer_ == core::replay::verdict::fresh && !kept_) store_.keep(*mark_);
    kept_ = true;
  }

  /// The service failed on the message, and its sender repeats it as it is: it may pass once more.
  void give_back() { kept_ = false; }

 private:
  replay::store& store_;
  const std::optional<core::replay::mark>& mark_;
  core::replay::verdict answer_;
  bool kept_ = false;
};

}  // namespace gateway::session
