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

/// A line in the cache of its own: each worker writes to it.
struct alignas(64) client_words {
  std::atomic<core::limit::rate_state> rate{0};
  std::atomic<std::uint32_t> running{0};  ///< requests at once
};

/// One client's limits, and its words.
struct client_limit {
  std::optional<core::limit::rate> rate;
  std::optional<std::uint32_t> concurrency;
  std::shared_ptr<client_words> words;  ///< null: it has no limit
};

class client_limits {
 public:
  /// Nobody has one.
  client_limits() = default;
  /// `before`, if there is one, is what held until now: who had a limit there goes on with what was
  /// counted.
  explicit client_limits(const std::vector<core::config::client>& clients,
                         const client_limits* before = nullptr);

  /// Null for a client without a limit. `position` is the one in the configuration.
  [[nodiscard]] const client_limit* of(std::size_t position) const {
    return position < all_.size() && all_[position].words ? &all_[position] : nullptr;
  }

 private:
  std::vector<client_limit> all_;
  std::unordered_map<std::string, std::shared_ptr<client_words>> by_id_;
};

/// One message's turn, from when it is counted until its exchange is over.
class turn {
 public:
  turn() = default;
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn();

  /// `limit` outlives the turn. `now` in nanoseconds of the steady clock. May be called once. What
  /// is refused by one of the two limits counts for neither. @return rate_limited,
  /// concurrency_limited.
  core::base::result<void> take(const client_limit& limit, std::int64_t now);
  /// How the client stands with its rate; nothing without one, or before take() looked.
  [[nodiscard]] const std::optional<core::limit::standing>& standing() const { return standing_; }

 private:
  void end();

  client_words* running_ = nullptr;
  std::optional<core::limit::standing> standing_;
};

}  // namespace gateway::limit
