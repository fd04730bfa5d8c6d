// SPDX-License-Identifier: Apache-2.0
#pragma once

// The process's signals as values that are read from a descriptor, never as handlers that interrupt
// something. Knows which signals mean what (contract, "Signals"), not what is done about them.

#include <memory>
#include <optional>

namespace gateway::sys {

enum class signal {
  reload,  ///< SIGHUP: read the configuration again
  stop,    ///< SIGTERM, SIGINT: drain and end
  reopen,  ///< SIGUSR1: open the logs again, after they were rotated
};

/// Blocks those signals in the calling thread and lets SIGPIPE and SIGXFSZ (a log or the replay
/// state over a limit for files) be errors of the write instead. To be made before any other
/// thread, which then inherits the mask; one a process. The mask goes back to what it was when this
/// dies.
class signals {
 public:
  /// Throws std::system_error when the kernel has no descriptor to give.
  signals();
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

  /// Readable when a signal waits; non-blocking.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// The next signal that waits, or nothing.
  std::optional<signal> next();

 private:
  struct masks;
  std::unique_ptr<masks> before_;
  int descriptor_ = -1;
};

}  // namespace gateway::sys
