// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells the operator of TLS handshakes that failed: of each kind a line a minute at most, so that a
// scan of the port fills no disk. The metrics count all of them.

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "core/observe/handshake.hpp"
#include "gateway/log/logger.hpp"
#include "gateway/net/tls_stream.hpp"

namespace gateway::app {

class handshake_log {
 public:
  /// Microseconds between two lines of one kind.
  static constexpr std::int64_t pause = 60'000'000;

  explicit handshake_log(log::logger& to) : log_(to) {}

  /// Thread-safe. `now`: microseconds that only count up.
  void failed(const net::handshake_problem& why, std::string_view peer, std::int64_t now);

 private:
  struct kind {
    std::optional<std::int64_t> said;  ///< when was the last line?
    std::uint64_t unsaid = 0;          ///< how many had none since?
  };

  log::logger& log_;
  std::mutex guard_;
  std::array<kind, core::observe::handshake_failure_names.size()> kinds_;
};

}  // namespace gateway::app
