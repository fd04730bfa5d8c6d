// SPDX-License-Identifier: Apache-2.0
#pragma once

// A service that has so many hands and needs so long for each request: what comes while all are
// busy waits its turn. It reads no clock and knows no socket.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace bench::upstream {

struct job {
  int descriptor = -1;       ///< who asked
  std::uint64_t serial = 0;  ///< and that it is still the same one
  std::string answer;
  bool last = false;  ///< nothing follows on that connection
};

class workshop {
 public:
  /// `slots` 0: as many as are asked for.
  workshop(std::size_t slots, std::int64_t delay_ns) : slots_(slots), delay_ns_(delay_ns) {}

  void begin(job j, std::int64_t now) {
    std::int64_t start = now;
    // A hand that was free at some instant has begun with what waited at that very instant, however
    // late anybody looks: all take equally long, so the job `slots` places ahead ends first.
    if (slots_ != 0 && jobs_.size() >= slots_)
      start = std::max(start, jobs_[jobs_.size() - slots_].ends);
    jobs_.push_back({start + delay_ns_, std::move(j)});
  }

  /// The next one that is finished by then, in the order in which they came.
  std::optional<job> finish(std::int64_t now) {
    if (jobs_.empty() || jobs_.front().ends > now) return std::nullopt;
    job done = std::move(jobs_.front().what);
    jobs_.pop_front();
    return done;
  }

  /// When that will be; 0 if there is nothing to do.
  [[nodiscard]] std::int64_t next_end() const { return jobs_.empty() ? 0 : jobs_.front().ends; }
  /// Those that wait included.
  [[nodiscard]] std::size_t size() const { return jobs_.size(); }

 private:
  struct timed {
    std::int64_t ends;
    job what;
  };
  std::size_t slots_;
  std::int64_t delay_ns_;
  std::deque<timed> jobs_;  ///< by when they end, which is how they came
};

}  // namespace bench::upstream
