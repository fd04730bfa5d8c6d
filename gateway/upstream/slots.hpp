// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many requests an upstream has at once, of all workers together, and who waits for a place,
// first come, first served. It decides and counts; how a waiter sleeps and wakes is its own affair.
// Thread-safe.
//
// While nobody waits, taking a place and giving it back are one atomic step each. Who finds none
// free stands in a line under a lock, and a place that is given back goes straight to the first in
// it: no newcomer overtakes, and no worker's waiters depend on what that worker itself gives back.

#include <atomic>
#include <cstdint>
#include <mutex>

namespace gateway::upstream {

class slots {
 public:
  /// Somebody in the line. Not moved and not destroyed while it stands there.
  class waiter {
   public:
    waiter() = default;
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

   protected:
    virtual ~waiter() = default;
    /// It has a place now. Called once, on the thread of whoever gave the place back and under the
    /// line's lock: it must not call back.
    virtual void granted() = 0;

   private:
    friend class slots;
    waiter* next_ = nullptr;
    waiter* previous_ = nullptr;
    bool in_line_ = false;
  };

  enum class entry {
    taken,  ///< a place is yours
    waits,  ///< you stand in the line: granted() will be called, unless you withdraw
    full,   ///< no place, and no room in the line
  };

  struct figures {
    std::uint32_t taken = 0;
    std::uint32_t waiting = 0;
  };

  slots(std::uint32_t places, std::uint32_t room) : places_(places), room_(room) {}
  slots(const slots&) = delete;
  slots& operator=(const slots&) = delete;

  /// Takes a place if one is free, which is only while nobody waits.
  bool try_take();
  entry take_or_wait(waiter& w);
  /// Whoever has a place gives it back exactly once.
  void give_back();
  /// Other limits from now on. Who waits gets what is added, and nobody loses what he has: with
  /// fewer places than are taken, none is granted until enough have been given back.
  void resize(std::uint32_t places, std::uint32_t room);
  /// Leaves the line. @return false if `w` has been granted a place: it must give that back.
  bool withdraw(waiter& w);

  /// Both as they were at one moment.
  [[nodiscard]] figures look() const;

 private:
  static constexpr unsigned waiting_shift = 32;
  static constexpr std::uint64_t one_taken = 1;
  static constexpr std::uint64_t one_waiting = std::uint64_t{1} << waiting_shift;
  static constexpr figures unpack(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> waiting_shift)};
  }

  void append(waiter& w);
  void unlink(waiter& w);

  void grant_first();

  std::atomic<std::uint32_t> places_;
  std::uint32_t room_;  // under the lock
  /// Both figures in one word, so that none is decided on without the other. The number of those
  /// who wait changes under the lock alone. Nobody waits beside a free place: while anybody does,
  /// all are taken, and so no newcomer finds one.
  std::atomic<std::uint64_t> word_{0};
  std::mutex guard_;  ///< of the line
  waiter* first_ = nullptr;
  waiter* last_ = nullptr;
};

}  // namespace gateway::upstream
