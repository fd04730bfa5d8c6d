// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that a request meets but sockets, as large as one likes: clients and routes compiled, marks
// in the store, a worker, its counters and its access log. It is the same at every start: the clock
// stands, and what would be random is counted up.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/options.hpp"
#include "core/admission/snapshot.hpp"
#include "core/base/instant.hpp"
#include "gateway/app/reporter.hpp"
#include "gateway/log/access_log.hpp"
#include "gateway/metrics/registry.hpp"
#include "gateway/replay/store.hpp"
#include "gateway/session/worker.hpp"

namespace bench::micro {

struct sizes {
  std::uint32_t clients = 1;
  std::uint32_t routes = 1;
  std::uint64_t marks = 0;             ///< that the store holds when the first request comes
  std::uint64_t message = 1024;        ///< bytes, before it is sealed
  std::uint64_t capacity = 4'000'000;  ///< marks that the store has room for
};

/// Bytes that look random, counted up from a seed (SplitMix64): the same at every start.
class counted_up {
 public:
  void fill(std::span<char> out);
  std::uint64_t next();

 private:
  std::uint64_t at_ = 0;
};

class world {
 public:
  /// What every message is stamped with.
  static constexpr std::int64_t second = 1'700'000'000;

  explicit world(const sizes& s);

  [[nodiscard]] const core::admission::snapshot& rules() const { return *rules_; }
  [[nodiscard]] core::base::instant now() const { return core::base::from_unix_seconds(second); }
  [[nodiscard]] const gateway::session::generation& generation() const { return *generation_; }
  [[nodiscard]] const gateway::upstream::group& service() const {
    return generation_->groups.front();
  }
  gateway::session::worker& worker() { return *worker_; }
  gateway::replay::store& marks() { return marks_; }
  gateway::metrics::shard& counters() { return counters_->worker(0); }
  /// To /dev/null: lines are written as in production, and take no disk.
  gateway::log::access_log& lines() { return lines_; }
  gateway::app::reporter& reporter() { return reporter_; }
  counted_up& random() { return random_; }

  /// A request of this client for this route, never made before: head and sealed body.
  [[nodiscard]] std::string request(std::uint32_t client, std::uint32_t route,
                                    load::spoiled how = load::spoiled::nothing);

 private:
  void fill_marks(std::uint64_t count);

  sizes sizes_;
  counted_up random_;
  std::shared_ptr<const core::admission::snapshot> rules_;
  gateway::replay::store marks_;
  std::unique_ptr<gateway::metrics::registry> counters_;
  std::shared_ptr<const gateway::session::generation> generation_;
  gateway::log::access_log lines_;
  gateway::app::reporter reporter_;
  gateway::net::event_loop loop_{1};
  std::unique_ptr<gateway::session::worker> worker_;
};

}  // namespace bench::micro
