// SPDX-License-Identifier: Apache-2.0
#include "bench/load/tally.hpp"

#include <algorithm>
#include <numeric>

namespace bench::load {

std::string_view name(failure f) {
  switch (f) {
    case failure::connect: return "connect";
    case failure::send: return "send";
    case failure::closed: return "closed";
    case failure::timeout: return "timeout";
    case failure::framing: return "framing";
    case failure::status: return "status";
    case failure::body: return "body";
    case failure::signature: return "signature";
    case failure::seal: return "seal";
    case failure::unsent: return "unsent";
  }
  return "";
}

std::uint64_t tally::failed_total() const {
  return std::accumulate(failed.begin(), failed.end(), std::uint64_t{0});
}

void tally::add(const tally& other) {
  requests += other.requests;
  answers += other.answers;
  reconnects += other.reconnects;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  message_bytes += other.message_bytes;
  last_answer_ns = std::max(last_answer_ns, other.last_answer_ns);
  for (std::size_t i = 0; i < failures; ++i) failed[i] += other.failed[i];
  for (const auto& [status, count] : other.statuses) statuses[status] += count;
  latency_ns.add(other.latency_ns);
  refused_ns.add(other.refused_ns);
  if (by_second.size() < other.by_second.size()) by_second.resize(other.by_second.size());
  for (std::size_t i = 0; i < other.by_second.size(); ++i) by_second[i] += other.by_second[i];
}

void tally::answered(std::int64_t since_start_ns) {
  ++answers;
  const auto second = static_cast<std::size_t>(since_start_ns / 1'000'000'000);
  if (second >= by_second.size()) by_second.resize(second + 1);
  ++by_second[second];
}

}  // namespace bench::load
