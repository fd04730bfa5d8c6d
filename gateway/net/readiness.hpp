// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the kernel says of a worker's sockets: edge-triggered, so that each socket is named once
// when it is opened and each change is told once. Asio's own reactor tries every read before it
// waits, and a wait without a read is a system call; here neither is needed. It has an epoll set of
// its own within Asio's loop, which turns whenever Asio's does.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gateway/net/loop.hpp"
#include "gateway/sys/descriptor.hpp"

namespace gateway::net {

class readiness {
 public:
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
    void call_later();
    /// Are there others of whom the kernel has spoken in this turn, and who come before long?
    [[nodiscard]] bool others_wait() const { return all_.others_wait_; }
    /// ready() is called once those have had their turn. Only while others_wait().
    void call_after_others();
    /// Called when the kernel has said something new.
    virtual void ready() = 0;

    bool may_read = false;   ///< a read may find something; false: nothing was there
    bool may_write = false;  ///< the same for a write
    /// Nothing follows what has arrived, or the connection is broken: the end shows in reading on.
    bool hung_up = false;
    bool urgent = false;  ///< urgent data has come: a read may end before it, and more be there
    [[nodiscard]] std::uint64_t turns() const { return all_.turns_; }

   private:
    friend class readiness;
    readiness& all_;
    bool watched_ = false;
    bool called_ = false;        ///< stands in called_later_
    bool called_after_ = false;  ///< stands in called_after_
  };

  /// Throws std::system_error when the kernel has no descriptor to give.
  explicit readiness(event_loop& loop);
  readiness(const readiness&) = delete;
  readiness& operator=(const readiness&) = delete;

  /// How often has the kernel told all that it had to tell?
  [[nodiscard]] std::uint64_t turns() const { return turns_; }

  /// Nothing is heard from now on; the loop may run out of work.
  void stop();

 private:
  static constexpr std::size_t batch = 256;

  void listen();
  void turn();
  std::size_t hear();
  void answer_calls();

  event_loop& loop_;
  stream_descriptor set_;  ///< the epoll set
  bool listening_ = false;
  bool stopped_ = false;
  std::uint64_t turns_ = 0;
  std::array<entry*, batch> told_{};
  std::size_t told_count_ = 0;
  std::vector<entry*> called_later_;
  std::vector<entry*> called_after_;
  bool others_wait_ = false;
  bool calls_posted_ = false;
};

}  // namespace gateway::net
