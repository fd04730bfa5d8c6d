// SPDX-License-Identifier: Apache-2.0
#pragma once

// Looks names up again and again, on a thread of its own: the system's resolver blocks. It says
// what it found, and what that is good for is for others.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/net/asio_types.hpp"

namespace gateway::upstream {

/// A name and where it leads, as of now.
struct looked_up {
  core::config::address name;
  std::vector<net::socket_address> addresses;  ///< empty: it was not found
  std::string problem;                         ///< why not, for an operator
};

class resolver {
 public:
  using milliseconds = std::chrono::milliseconds;
  using lookup = std::function<std::vector<net::socket_address>(const core::config::address&)>;

  struct task {
    core::config::address name;
    milliseconds every{};
  };

  /// `tell` is called on the resolver's thread, and may not wait. `look` may throw
  /// std::runtime_error with a sentence.
  explicit resolver(std::function<void(looked_up)> tell, lookup look);
  /// Does not wait for a name server: a lookup under way ends by itself, and is told nobody.
  ~resolver();
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// Thread-safe. From now on these, each for the first time after as long as `every` says: it has
  /// just been looked up.
  void take_up(std::vector<task> wanted);

 private:
  struct shared;
  static void run(const std::shared_ptr<shared>& all);

  std::shared_ptr<shared> all_;
};

}  // namespace gateway::upstream
