// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sockets that clients connect to. Each is opened once, when a configuration first names its
// address, and stays as long as the ones that follow do: who waits in its queue notices nothing of
// a reload. Workers accept on duplicates. For the steward.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/net/socket_address.hpp"
#include "gateway/sys/descriptor.hpp"
#include "gateway/sys/socket_file.hpp"

namespace gateway::app {

/// An address can't be bound. The sentence names it and why.
class cannot_listen : public std::runtime_error {
 public:
  enum class listener { clients, admin };
  cannot_listen(listener which, const std::string& sentence)
      : std::runtime_error(sentence), which_(which) {}
  [[nodiscard]] listener which() const { return which_; }

 private:
  listener which_;
};

/// A socket that listens, and its file if it has one that is ours to remove.
struct bound {
  net::stream_acceptor socket;
  sys::socket_file file{};
  bool inherited = false;  ///< opened by somebody else, who may have it still
};

/// The one of `handed` that listens there already, if there is one (it is then no longer among
/// them, and its file not ours); else opens, binds and listens. Throws cannot_listen.
bound listen(net::event_loop& loop, const core::config::address& where,
             cannot_listen::listener whose, std::vector<sys::descriptor>* handed = nullptr);

/// What another process may have of this one's.
struct offered_socket {
  int socket = -1;         ///< its number for the kernel
  bool with_file = false;  ///< and the file, to be removed in the end
};

/// A worker's duplicate of a listener.
struct door {
  std::uint32_t listener = 0;  ///< its number, which no other one has
  sys::descriptor socket;
};

class listeners {
 public:
  struct listener {
    core::config::address configured;  ///< as the configuration has it, which may be port 0
    std::uint32_t number = 0;
    bound at;
  };

  /// What another configuration changes, and that is all there already.
  struct change {
    std::vector<listener> opened;
    std::vector<std::uint32_t> numbers;    ///< of those wanted, in their order
    std::vector<std::uint32_t> closed;     ///< by number
    std::vector<std::vector<door>> doors;  ///< to those opened, for each worker
  };

  /// Opens what is wanted and not there yet; nothing else happens. What one port 0 was given is
  /// found by the next. Throws cannot_listen.
  [[nodiscard]] change prepare(net::event_loop& loop,
                               const std::vector<core::config::listener>& wanted, unsigned workers,
                               std::vector<sys::descriptor>* handed = nullptr);
  /// Workers have their doors, and close theirs to what is closed once its queue is empty.
  void commit(change made);
  /// A worker's duplicates of all.
  [[nodiscard]] std::vector<door> duplicates();
  /// Closes all, once their files are removed: workers empty the queues.
  void close();
  /// Another process has the files now.
  void leave_files();
  /// The file at this path, of another process until now, is ours if we listen there. @return do
  /// we?
  bool own_file(const std::string& path);

  [[nodiscard]] std::vector<net::socket_address> addresses() const;
  /// Of those that somebody else has opened.
  [[nodiscard]] std::vector<net::socket_address> inherited() const;
  /// All of them, for another process.
  [[nodiscard]] std::vector<offered_socket> offer();

 private:
  std::vector<listener> all_;
  std::uint32_t last_number_ = 0;
};

}  // namespace gateway::app
