// SPDX-License-Identifier: Apache-2.0
#pragma once

// The condition an endpoint is in, as all workers and each configuration that has the endpoint know
// it together: what probes say of it, how its requests went, how many it has. Words changed without
// a lock; what they mean is core/upstream's to know.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "core/upstream/balance.hpp"
#include "core/upstream/ejection.hpp"

namespace gateway::upstream {

/// What an operator wants to hear of an endpoint, once.
struct news {
  bool good = false;
  std::string text;  ///< a sentence
};
/// Takes it to where it is written; called on any thread, and may not wait.
using teller = std::function<void(news)>;

class alignas(64) condition {
 public:
  using milliseconds = std::chrono::milliseconds;

  condition() = default;
  condition(const condition&) = delete;
  condition& operator=(const condition&) = delete;

  /// Does it get a request at `now`, of the steady clock? `trial` is given to one who asks, and
  /// that one has to send it something.
  core::upstream::entry ask(const core::upstream::ejection_rule& by, milliseconds now);
  /// What ask() would say, without taking a trial.
  [[nodiscard]] bool takes(const core::upstream::ejection_rule& by, milliseconds now) const;

  enum class change { none, ejected, returned };
  /// A request came to this. `others` as in core::upstream::note.
  change note(const core::upstream::ejection_rule& by, core::upstream::outcome what,
              milliseconds now, bool others);

  /// Since it came back; hours if it never left.
  [[nodiscard]] milliseconds since_return(milliseconds now) const {
    return now - milliseconds(returned_at_.load(relaxed));
  }

  // What probes say.
  [[nodiscard]] bool up() const { return up_.load(relaxed); }
  void go_down() { up_.store(false, relaxed); }
  /// Whatever requests said of it before is forgotten.
  void come_up(milliseconds now);
  /// Nobody asks any more.
  void end_probes() { up_.store(true, relaxed); }
  void count_probe(bool good) { (good ? good_probes_ : failed_probes_).fetch_add(1, relaxed); }

  /// How the last attempt to connect for a request went.
  void connected(bool well) { reachable_.store(well, relaxed); }

  struct figures {
    bool up = true;         ///< probes say so, or nobody asks
    bool ejected = false;   ///< it gets no requests now, because too many failed
    bool reachable = true;  ///< the last attempt to connect succeeded
    std::uint64_t ejections = 0, good_probes = 0, failed_probes = 0;
  };
  [[nodiscard]] figures look(milliseconds now) const;

  [[nodiscard]] std::uint32_t outstanding() const { return outstanding_.load(relaxed); }

  /// One of the requests that it has, as long as this lives.
  class request {
   public:
    request() = default;
    explicit request(condition& of) : of_(&of) { of.outstanding_.fetch_add(1, relaxed); }
    request(request&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    request& operator=(request&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    ~request() {
      if (of_ != nullptr) of_->outstanding_.fetch_sub(1, relaxed);
    }

   private:
    condition* of_ = nullptr;
  };

 private:
  static constexpr auto relaxed = std::memory_order_relaxed;

  std::atomic<core::upstream::ejection_state> ejection_{0};
  std::atomic<std::int64_t> returned_at_{-1'000'000'000};  ///< milliseconds of the steady clock
  std::atomic<std::uint32_t> outstanding_{0};
  std::atomic<bool> up_{true}, reachable_{true};
  std::atomic<std::uint64_t> ejections_{0}, good_probes_{0}, failed_probes_{0};
};

}  // namespace gateway::upstream
