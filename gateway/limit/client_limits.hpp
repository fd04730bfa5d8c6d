// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all workers together count of each client that has a limit: two words a client, changed
// without a lock. What they mean is core/limit's to know.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/errc.hpp"
#include "core/config/model.hpp"
#include "core/limit/standing.hpp"

namespace gateway::limit {

/// Lines in the cache of their own: each worker writes to them.
struct alignas(64) rate_word {
  std::atomic<core::limit::rate_state> state{0};
};
struct alignas(64) running_word {
  std::atomic<std::uint32_t> requests{0};  ///< at once
};

/// One client's limits, and its words.
struct client_limit {
  std::optional<core::limit::rate> rate;
  std::optional<std::uint32_t> concurrency;
  std::shared_ptr<rate_word> used;        ///< null: its rate has no limit
  std::shared_ptr<running_word> running;  ///< null: nor has how much it sends at once

  [[nodiscard]] bool any() const { return used || running; }
};

class client_limits {
 public:
  /// Nobody has one.
  client_limits() = default;
  /// `before`, if there is one, is what held until now: whose rate is the same goes on with what
  /// was counted, another rate begins anew; requests at once are counted on as long as they are
  /// limited.
  explicit client_limits(const std::vector<core::config::client>& clients,
                         const client_limits* before = nullptr);

  /// Null for a client without a limit. `position` is the one in the configuration.
  [[nodiscard]] const client_limit* of(std::size_t position) const {
    return position < all_.size() && all_[position].any() ? &all_[position] : nullptr;
  }

 private:
  [[nodiscard]] const client_limit* find(const std::string& id) const;

  std::vector<client_limit> all_;
  std::unordered_map<std::string, std::size_t> by_id_;  ///< positions of those with a limit
};

/// One message's turn, from when it is counted until its exchange is over.
class turn {
 public:
  turn() = default;
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn() { end(); }

  /// `limit` outlives the turn. `now` in nanoseconds of the steady clock. May be called once. What
  /// is refused by one of the two limits counts for neither. @return rate_limited,
  /// concurrency_limited.
  core::base::result<void> take(const client_limit& limit, std::int64_t now);
  /// How the client stands with its rate; nothing without one, or before take() looked.
  [[nodiscard]] const std::optional<core::limit::standing>& standing() const { return standing_; }
  /// It is not at work any more.
  void end();

 private:
  running_word* running_ = nullptr;
  std::optional<core::limit::standing> standing_;
};

}  // namespace gateway::limit
