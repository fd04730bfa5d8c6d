// SPDX-License-Identifier: Apache-2.0
#pragma once

// All deadlines of a worker go through here: a coarse wheel that one timer turns, not a timer per
// operation (8.8 µs a request less). Arming links an entry into the slot of its time, or leaves it
// in one that comes sooner, from where it moves on; disarming is a store.

#include <array>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "gateway/net/asio_types.hpp"
#include "gateway/net/task.hpp"

namespace gateway::net {

class deadlines {
 public:
  /// Deadlines are met at most this much late.
  static constexpr std::chrono::milliseconds tick{100};

  /// Something with at most one deadline at a time. Lives on one worker's thread.
  class entry {
   public:
    explicit entry(deadlines& wheel) : wheel_(wheel) {}
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

   protected:
    virtual ~entry() { unlink(); }
    void arm(std::chrono::milliseconds timeout);
    void disarm() { expires_at_ = 0; }
    /// Called once, on the worker's thread, when the deadline has passed.
    virtual void expire() = 0;

   private:
    friend class deadlines;
    void link(entry*& slot);
    void unlink();
    deadlines& wheel_;
    std::uint64_t expires_at_ = 0;  ///< in which turn does it expire? 0: disarmed
    std::uint64_t looked_at_ = 0;   ///< in which turn is its slot emptied? Not after expires_at_
    entry* next_ = nullptr;
    entry** previous_ = nullptr;  ///< what points at this entry? null: in no slot
  };

  explicit deadlines(boost::asio::io_context& context) : timer_(context.get_executor()) {}
  deadlines(const deadlines&) = delete;
  deadlines& operator=(const deadlines&) = delete;

  /// Lets whatever waits run out of time now. For the end of a worker.
  void expire_all();
  /// Stops turning; what is armed from now on never expires.
  void stop();

 private:
  using steady_timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
  static constexpr std::size_t slots =
      1024;  // 102 s a round; longer deadlines go round more than once

  void put(entry& one);
  void schedule();
  void turn();
  void empty_slot(std::size_t slot, std::uint64_t until);

  steady_timer timer_;
  bool running_ = false;
  bool stopped_ = false;
  std::uint64_t now_ = 1;   ///< turns so far
  std::size_t linked_ = 0;  ///< entries in slots: with none the timer rests
  std::array<entry*, slots> wheel_{};
};

/// Lets a task wait for nothing but time, and to the millisecond: with a timer of its own, so not
/// for what happens at each request.
task<void> pause(event_loop& loop, std::chrono::milliseconds time);

}  // namespace gateway::net
