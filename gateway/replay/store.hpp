// SPDX-License-Identifier: Apache-2.0
#pragma once

// The memory store, shared by all workers: reserve is one atomic check-and-insert. It knows marks
// and time, not messages.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/replay/mark.hpp"

namespace gateway::replay {

struct store_settings {
  std::uint64_t capacity = 4'000'000;  ///< marks
  std::int64_t retention = 86'400;     ///< seconds that marks are held beyond their window
  std::string state_file;              ///< where the marks survive a restart; empty: they don't
  std::int64_t window = 300;  ///< seconds: the widest window of any route; what was stamped with it
                              ///< ends so much later
  std::int64_t future = 60;   ///< seconds that a stamp may be ahead of our clock
  bool barrier = false;  ///< where there are no marks of a process before: was there one, whose
                         ///< marks are lost?
  std::int64_t narrowest =
      300;  ///< seconds: the narrowest window of any route, whose stamps are the last to be let in
};

struct store_figures {
  std::uint64_t marks = 0;
  std::int64_t retention_held =
      0;  ///< seconds beyond the window really held (less than configured when the store is full)
  std::uint64_t bytes = 0;  ///< memory in use
};

class store {
 public:
  /// Throws std::runtime_error with a sentence for the operator when the state file can't be used.
  store(const store_settings& settings, std::int64_t now);
  ~store();
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  /// What the operator should know of how the marks of an earlier process were found; empty when
  /// there is nothing to say.
  [[nodiscard]] const std::string& note() const;
  /// There is a state file, and nothing says that there was one before.
  [[nodiscard]] bool first_start() const;

  /// The mark will be reserved soon: has the processor fetch the place meanwhile, without a lock
  /// and without an answer. Thread-safe.
  void expect(const core::replay::mark& m) const;
  /// Thread-safe. `now` in Unix seconds.
  core::replay::verdict reserve(const core::replay::mark& m, std::int64_t now);
  /// A byte of the message went upstream: the mark stays. It costs nothing: a reservation that is
  /// never released is a kept mark.
  void keep(const core::replay::mark& m);
  /// Nothing went upstream: an honest client may send the same bytes again.
  void release(const core::replay::mark& m);
  [[nodiscard]] store_figures figures(std::int64_t now) const;
  /// Unix seconds: of what was stamped up to then some is `unavailable`, because nobody knows any
  /// more whether it was seen.
  [[nodiscard]] std::int64_t refused_until() const;

  /// Gives the state file to another process: it is whole, and whatever is asked here from now on
  /// is `unavailable`; a reservation that is released after this stays a mark. Thread-safe towards
  /// all but itself and take_back(). @return false, and changes nothing, where there is no file:
  /// nobody else can have what is only in this process.
  bool hand_over();
  /// The other process has not taken it, or has let go of it: all is as before, with the marks that
  /// it made. Throws as the constructor.
  void take_back(std::int64_t now);

 private:
  struct impl;
  /// Those before stay, for whoever still looks at them.
  std::vector<std::unique_ptr<impl>> all_;
  std::atomic<impl*> impl_;
};

}  // namespace gateway::replay
