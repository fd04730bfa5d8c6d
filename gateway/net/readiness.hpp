// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the kernel says of a worker's sockets: edge-triggered, so that each socket is named once
// when it is opened and each change is told once. Asio's own reactor tries every read before it
// waits, and a wait without a read is a system call; here neither is needed. It has an epoll set of
// its own within Asio's loop, which turns whenever Asio's does.
//
// Of whom it tells at once, all read, then all work on what they have read, then all send: a step
// finds in the processor's caches what it left there for the one before. What stands elsewhere in
// memory is fetched while the one before is still at work.

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gateway/net/loop.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/descriptor.hpp"

namespace gateway::net {

class readiness {
 public:
  /// What those do of whom the kernel has told at once, each step by all of them before the next.
  enum class step : std::size_t { reading, working, sending };

  /// A socket that is watched while it is open. Lives on the loop's thread.
  class entry {
   public:
    explicit entry(readiness& all) : all_(all) {}
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

   protected:
    virtual ~entry();

    /// @return false if the kernel has no memory to watch it.
    bool watch(int socket);
    /// To be called before the socket is closed.
    void unwatch();
    /// Somebody waits for the socket: from now on the loop listens.
    void listen() { all_.listen(); }
    /// ready() is called before long, whatever the kernel says.
    void call_later() { all_.call_later(*this); }
    /// @return true: others are at this step or before it, and ready() is called once all have done
    /// it. False: nobody has to be waited for.
    bool give_way(step done) { return all_.give_way(*this, done); }
    /// Called when the kernel has said something new.
    virtual void ready() = 0;

    bool may_read = false;   ///< a read may find something; false: nothing was there
    bool may_write = false;  ///< the same for a write
    /// Nothing follows what has arrived, or the connection is broken: the end shows in reading on.
    bool hung_up = false;
    bool urgent = false;  ///< urgent data has come: a read may end before it, and more be there
    /// Who goes on in ready(); null: nobody.
    std::coroutine_handle<> waiting;
    [[nodiscard]] std::uint64_t turns() const { return all_.turns_; }

   private:
    friend class readiness;
    readiness& all_;
    bool watched_ = false;
    unsigned stands_in_ = 0;  ///< a bit for each of the lines
  };

  /// Throws std::system_error when the kernel has no descriptor to give.
  explicit readiness(event_loop& loop);
  readiness(const readiness&) = delete;
  readiness& operator=(const readiness&) = delete;

  /// When the kernel told of what is being acted on: the clocks are read once for all of it. Now,
  /// where something else is the reason that somebody acts.
  [[nodiscard]] sys::two_clocks heard() const { return acting_ ? heard_ : sys::two_clocks(); }
  /// How often has the kernel told all that it had to tell?
  [[nodiscard]] std::uint64_t turns() const { return turns_; }

  /// Nothing is heard from now on; the loop may run out of work.
  void stop();

 private:
  static constexpr std::size_t batch = 256;

  /// Those who are to be called in turn. First whoever the kernel has told of; behind it, for each
  /// step, who has done it.
  using line = std::vector<entry*>;
  static constexpr std::size_t told = 0;
  static constexpr std::size_t steps = 3;
  static constexpr std::size_t later = steps + 1;
  static std::size_t behind(step done) { return static_cast<std::size_t>(done) + 1; }

  void listen();
  void turn();
  std::size_t hear();
  void note_what_is_new();
  bool give_way(entry& one, step done);
  void call_later(entry& one);
  void join(entry& one, std::size_t which);
  void leave(entry& one, std::size_t which);
  void call_all(std::size_t which);

  event_loop& loop_;
  stream_descriptor set_;  ///< the epoll set
  bool listening_ = false;
  bool stopped_ = false;
  sys::two_clocks heard_;
  bool acting_ = false;  ///< on what was heard then
  std::uint64_t turns_ = 0;
  std::array<line, later + 1> lines_;
  std::size_t calling_ = told;  ///< the line whose turn it is
  bool several_ = false;        ///< has the kernel told of more than one?
  bool calls_posted_ = false;
};

}  // namespace gateway::net
