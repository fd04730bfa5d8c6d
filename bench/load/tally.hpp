// SPDX-License-Identifier: Apache-2.0
#pragma once

// What happened to the requests: one tally a thread, added up at the end.

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "bench/load/histogram.hpp"

namespace bench::load {

/// Why a request counts as failed.
enum class failure {
  connect,    ///< no connection for it
  send,       ///< the connection broke while it was sent
  closed,     ///< the connection ended before its answer was complete
  timeout,    ///< no complete answer in time
  framing,    ///< the answer isn't strict HTTP, or more came than was asked for
  status,     ///< another status than the one expected
  body,       ///< another body than the one expected
  signature,  ///< the reply does not prove who made it
  seal,       ///< the sealed reply can't be opened
  unsent,     ///< due by the schedule, and there was no connection to send it on
};
inline constexpr std::size_t failures = 10;
std::string_view name(failure f);

struct tally {
  std::uint64_t requests = 0;    ///< begun, whatever became of them
  std::uint64_t answers = 0;     ///< complete, with nothing to object to
  std::uint64_t reconnects = 0;  ///< the other side closed a connection that was not in use
  std::uint64_t bytes_sent = 0;  ///< with heads
  std::uint64_t bytes_received = 0;
  std::uint64_t message_bytes = 0;  ///< of the answered requests' messages, before sealing
  std::int64_t last_answer_ns = 0;  ///< when the last answer was there
  std::array<std::uint64_t, failures> failed{};
  std::map<unsigned, std::uint64_t> statuses;
  histogram latency_ns;
  histogram refused_ns;                  ///< latency of those refused, where that is no failure
  std::vector<std::uint64_t> by_second;  ///< answers in each second since the start

  void answered(std::int64_t since_start_ns);
  void fail(failure f) { ++failed[static_cast<std::size_t>(f)]; }
  [[nodiscard]] std::uint64_t failed_total() const;
  void add(const tally& other);
};

}  // namespace bench::load
