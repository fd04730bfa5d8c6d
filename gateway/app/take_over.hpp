// SPDX-License-Identifier: Apache-2.0
#pragma once

// A new process takes the place of one that serves: it is given duplicates of the listening
// sockets, prepares all it can, and then asks for the replay marks. From when these are given away
// the old one accepts nobody; who connects meanwhile waits in the sockets' queues, which live on.
// If the new one fails before it serves, the old one goes on.
//
// The two speak through a socket beside the file with the marks, in words of at most 256 bytes:
//
//   new: countersign take-over 1      old: socket (and its descriptor), for each, or socket and
//   file
//                                          where the new one is to remove its file in the end; then
//                                          all
//   new: ready                        old: yours
//   new: serving

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/app/listeners.hpp"
#include "gateway/log/logger.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/sys/descriptor.hpp"

namespace gateway::app {

/// Where the gateway that keeps its marks in this file can be asked to give way.
std::string control_path(const std::string& state_file);

/// For the new process: the one that serves.
class predecessor {
 public:
  /// Asks whoever is at `path` for its sockets. Null if nobody is. Throws std::runtime_error with a
  /// sentence for the operator.
  static std::unique_ptr<predecessor> find(const std::string& path);

  [[nodiscard]] int process() const;
  /// Those it listens on, once.
  [[nodiscard]] std::vector<sys::descriptor> take_sockets() { return std::move(sockets_); }
  /// The paths of those that come with their files; ours from relieve() on.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  /// All else that can fail is done. Returns once the file with the marks is free; from here on
  /// nobody is served until relieve(). Throws std::runtime_error.
  void ask_for_marks();
  /// Clients are served here now.
  void relieve();

 private:
  explicit predecessor(sys::descriptor line) : line_(std::move(line)) {}

  sys::descriptor line_;
  std::vector<sys::descriptor> sockets_;
  std::vector<std::string> files_;
};

/// What the process that serves does when it is asked to give way. Called on the steward.
struct giving_way {
  /// Does it serve? Else there is nothing to take over.
  std::function<bool()> serves;
  std::function<std::vector<offered_socket>()> sockets;
  /// Nobody is accepted any more, and what waits in the queues is left there.
  std::function<void()> close_doors;
  /// Has each request that began got its mark?
  std::function<bool()> settled;
  std::function<void()> give_marks;
  /// The new one failed after the marks were given: clients are to be served here again.
  std::function<void()> go_on;
  /// The new one serves.
  std::function<void()> go;
};

/// Gives way to whoever asks at `listener`, one at a time. `listener` is non-blocking. Runs until
/// the loop ends; what it refers to lives as long.
net::task<void> attend_successors(net::event_loop* loop, net::stream_descriptor* listener,
                                  const giving_way* us, log::logger* log);

}  // namespace gateway::app
