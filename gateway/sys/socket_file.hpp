// SPDX-License-Identifier: Apache-2.0
#pragma once

// The file that a Unix-domain socket is found by. It outlives the socket: whoever listened there
// and crashed has left it behind.

#include <sys/types.h>

#include <string>

namespace gateway::sys {

/// Before a socket is bound to `path`: a socket's file that nobody listens at is removed. Throws
/// std::system_error, and leaves all as it is, where somebody does (EADDRINUSE), or another kind of
/// file is there (EEXIST).
void clear_the_way(const std::string& path);

/// A file of this process's own, which goes with it: removed in the end, unless another has taken
/// its place.
class socket_file {
 public:
  socket_file() = default;
  /// The one that stands at `path` now.
  explicit socket_file(std::string path);
  socket_file(socket_file&& other) noexcept;
  socket_file& operator=(socket_file&& other) noexcept;
  ~socket_file() { remove(); }

  /// Before the socket is closed: nobody finds a file that leads nowhere.
  void remove();
  /// It is another process's now.
  void leave() { path_.clear(); }
  /// Is there one, and is it this process's to remove?
  explicit operator bool() const { return !path_.empty(); }

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t number_ = 0;
};

}  // namespace gateway::sys
