// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/pool.hpp"

#include <algorithm>

#include "gateway/sys/clock.hpp"

namespace gateway::upstream {

namespace {

constexpr std::chrono::milliseconds sweep_every{500};
// More idle connections than this to one endpoint help nobody.
constexpr std::size_t most_idle = 512;

}  // namespace

pool::pool(net::readiness& sockets, net::deadlines& wheel, const std::vector<group>& groups,
           metrics::shard& counters)
    : entry(wheel), sockets_(sockets), wheel_(wheel), counters_(counters) {
  for (const group& g : groups) {
    member m;
    m.settings = &g;
    m.unused.resize(g.endpoints.size());
    m.index = static_cast<std::uint32_t>(members_.size());
    members_.push_back(std::move(m));
  }
}

pool::~pool() { close_idle(); }

net::eventual<connection> pool::acquire(std::uint32_t group_index) {
  member& m = members_[group_index];
  if (m.unused.empty()) return connection{};
  // This request's own round: others take their turns while it waits.
  const std::size_t first = m.next;
  m.next = first + 1 == m.unused.size() ? 0 : first + 1;
  connection kept = take_kept(m, static_cast<std::uint32_t>(first));
  if (kept.stream) return kept;
  return take_or_open(&m, first);
}

/// @return one without a stream if none is left.
connection pool::take_kept(member& of, std::uint32_t index) {
  idle_connections& unused = of.unused[index];
  while (!unused.empty()) {
    auto candidate = unused.take(sockets_.turns());
    // An upstream that has ended it, or spoken unasked, would be taken for one that answers.
    if (candidate->quiet()) return {std::move(candidate), index, true};
    counters_.upstream_closed(of.index, index);
  }
  return {};
}

net::task<connection> pool::take_or_open(member* of, std::size_t first) {
  const std::size_t count = of->unused.size();
  for (std::size_t attempt = 0; attempt < count; ++attempt) {
    const auto index = static_cast<std::uint32_t>((first + attempt) % count);
    connection kept = take_kept(*of, index);
    if (kept.stream) co_return kept;
    auto opened = co_await open(of, index);
    if (opened) co_return connection{std::move(opened), index, false};
  }
  co_return connection{};
}

net::task<std::unique_ptr<net::transport>> pool::open(member* of, std::uint32_t index) {
  auto stream = std::make_unique<net::transport>(sockets_, wheel_);
  const auto failed = co_await stream->connect(of->settings->endpoints[index].address,
                                               of->settings->settings.connect_timeout);
  if (failed != net::io_error::none) {
    counters_.upstream_refused(of->index, index, sys::now());
    co_return nullptr;
  }
  counters_.upstream_connected(of->index, index, sys::now());
  co_return stream;
}

void pool::give_back(std::uint32_t group_index, connection used, bool reusable) {
  if (!used.stream) return;
  auto& unused = members_[group_index].unused[used.endpoint];
  if (!reusable || unused.size() >= most_idle) {
    counters_.upstream_closed(group_index, used.endpoint);
    return;
  }
  unused.add(std::move(used.stream), sockets_.turns(), sweeps_);
  if (!sweeping_) {
    sweeping_ = true;
    arm(sweep_every);
  }
}

void pool::expire() {
  ++sweeps_;
  bool any = false;
  for (member& m : members_) {
    const auto longest =
        static_cast<std::uint64_t>(m.settings->settings.idle_timeout / sweep_every);
    for (std::uint32_t i = 0; i < m.unused.size(); ++i) {
      const auto closed =
          m.unused[i].remove_if([&](const net::transport& stream, std::uint64_t since) {
            return sweeps_ - since > longest || !stream.quiet();
          });
      for (std::size_t n = 0; n < closed; ++n) counters_.upstream_closed(m.index, i);
      any = any || !m.unused[i].empty();
    }
  }
  sweeping_ = any;
  if (any) arm(sweep_every);
}

void pool::close_idle() {
  for (member& m : members_)
    for (std::uint32_t i = 0; i < m.unused.size(); ++i) {
      const auto closed =
          m.unused[i].remove_if([](const net::transport&, std::uint64_t) { return true; });
      for (std::size_t n = 0; n < closed; ++n) counters_.upstream_closed(m.index, i);
    }
}

}  // namespace gateway::upstream
