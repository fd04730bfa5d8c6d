// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two connections that have become one: what either side says is for the other, and nobody looks
// at it. Each direction waits for its own receiver alone, and holds a buffer only while it has
// something that the receiver does not take yet.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "gateway/net/buffers.hpp"
#include "gateway/net/task.hpp"
#include "gateway/net/transport.hpp"

namespace gateway::net {

class tunnel final : private transport::driver {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// Bytes that were read before it began, to be sent before all others.
  struct early {
    std::string_view of_client;
    std::string_view of_upstream;
  };

  tunnel(transport& client, transport& upstream, const early& first, buffer_pool& buffers,
         milliseconds idle);
  tunnel(const tunnel&) = delete;
  tunnel& operator=(const tunnel&) = delete;

  /// To its end: once one side has ended the other one has a moment for what it still says.
  /// @return none if both have ended; timeout if nothing was moved for `idle`; else broken.
  task<io_error> run();

  /// Bytes that the other side was sent.
  [[nodiscard]] std::uint64_t from_client() const { return up_.moved; }
  [[nodiscard]] std::uint64_t from_upstream() const { return down_.moved; }

 private:
  struct direction {
    transport& from;
    transport& to;
    std::string_view unsent;  ///< stands in `memory`, or was there early
    buffer memory{};
    bool ended = false;
    std::uint64_t moved = 0;
  };

  step drive() override;
  io_error advance(direction& one, bool& moved);

  buffer_pool& buffers_;
  direction up_;
  direction down_;
  milliseconds idle_;
};

}  // namespace gateway::net
