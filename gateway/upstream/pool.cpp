// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/pool.hpp"

#include <algorithm>
#include <utility>

#include "gateway/sys/clock.hpp"

namespace gateway::upstream {

namespace {

constexpr std::chrono::milliseconds sweep_every{500};
// More idle connections than this to one endpoint help nobody.
constexpr std::size_t most_idle = 512;
constexpr std::int64_t between_tellings_us = 60'000'000;

/// Is it agreed on in the same way?
bool is_alike(const net::tls_client* a, const net::tls_client* b) {
  return a == b || (a != nullptr && b != nullptr && a->mark() == b->mark());
}

}  // namespace

pool::pool(net::readiness& sockets, net::deadlines& wheel, metrics::shard& counters)
    : entry(wheel), sockets_(sockets), wheel_(wheel), counters_(counters) {}

pool::~pool() { close_idle(); }

std::shared_ptr<endpoint_connections> pool::find(const group& of, const endpoint& to) const {
  for (const auto& e : configured_)
    if (e->upstream == of.settings.name && e->to.address == to.address &&
        e->to.authority == to.authority && is_alike(e->tls.get(), of.tls.get()))
      return e;
  return nullptr;
}

roster pool::take_up(const std::vector<group>& groups, const metrics::layout& places) {
  roster made;
  std::vector<std::shared_ptr<endpoint_connections>> configured;
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    const core::config::upstream& settings = groups[g].settings;
    member& m = made.emplace_back();
    m.settings = &groups[g];
    for (std::uint32_t i = 0; i < groups[g].endpoints.size(); ++i) {
      const endpoint& to = groups[g].endpoints[i];
      auto one = find(groups[g], to);
      if (!one) one = std::make_shared<endpoint_connections>();
      one->upstream = settings.name;
      one->to = to;
      one->place = places.endpoint_place(g, i);
      one->idle_timeout = settings.idle_timeout;
      one->tls = groups[g].tls;
      if (one->tls && !one->session) one->session = std::make_shared<net::tls_session>();
      m.endpoints.push_back(one);
      configured.push_back(std::move(one));
    }
  }
  for (const auto& e : configured_) e->configured = false;
  for (const auto& e : configured) e->configured = true;
  for (const auto& e : configured_)
    if (!e->configured) close_idle(*e);
  configured_ = std::move(configured);
  return made;
}

net::eventual<connection> pool::acquire(member& of) {
  if (of.endpoints.empty()) return connection{};
  // This request's own round: others take their turns while it waits.
  const std::size_t first = of.next;
  of.next = first + 1 == of.endpoints.size() ? 0 : first + 1;
  connection kept = take_kept(of, static_cast<std::uint32_t>(first));
  if (kept.stream) return kept;
  return take_or_open(&of, first);
}

/// @return one without a stream if none is left.
connection pool::take_kept(member& of, std::uint32_t index) {
  endpoint_connections& from = *of.endpoints[index];
  while (!from.unused.empty()) {
    auto candidate = from.unused.take(sockets_.turns());
    // An upstream that has ended it, or spoken unasked, would be taken for one that answers.
    if (candidate->quiet()) return {std::move(candidate), index, true};
    counters_.upstream_closed(from.place);
  }
  return {};
}

net::task<connection> pool::take_or_open(member* of, std::size_t first) {
  const std::size_t count = of->endpoints.size();
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
  endpoint_connections& to = *of->endpoints[index];
  auto stream = std::make_unique<net::transport>(sockets_, wheel_);
  const std::chrono::milliseconds patience = of->settings->settings.connect_timeout;
  auto failed = co_await stream->connect(to.to.address, patience);
  if (failed == net::io_error::none && to.tls) {
    stream->secure(to.tls, host_of(to.to.authority), to.session);
    failed = co_await stream->handshake(patience);
    if (failed != net::io_error::none && stream->is_open())
      tell_of_tls(to, stream->tls()->problem());
  }
  if (failed != net::io_error::none) {
    counters_.upstream_refused(to.place, sys::now());
    co_return nullptr;
  }
  counters_.upstream_connected(to.place, sys::now());
  co_return stream;
}

void pool::tell_of_tls(endpoint_connections& of, const net::handshake_problem& why) {
  const std::int64_t now = sys::steady_us();
  if (!tell || (of.told_us != 0 && now - of.told_us < between_tellings_us)) return;
  of.told_us = now;
  std::string text = "upstream " + of.upstream + ": TLS with " + url_of(of.to) + " failed: ";
  text += core::observe::name(why.reason);
  if (!why.detail.empty()) text += " (" + why.detail + ")";
  tell(std::move(text));
}

void pool::give_back(member& of, connection used, bool reusable) {
  if (!used.stream) return;
  endpoint_connections& from = *of.endpoints[used.endpoint];
  // Whom a service lets in, TLS 1.3 tells with its first answer.
  if (!reusable && used.stream->secured() && used.stream->tls()->has_problem())
    tell_of_tls(from, used.stream->tls()->problem());
  if (!reusable || !from.configured || from.unused.size() >= most_idle) {
    counters_.upstream_closed(from.place);
    return;
  }
  from.unused.add(std::move(used.stream), sockets_.turns(), sweeps_);
  if (!sweeping_) {
    sweeping_ = true;
    arm(sweep_every);
  }
}

void pool::expire() {
  ++sweeps_;
  bool any = false;
  for (const auto& e : configured_) {
    const auto longest = static_cast<std::uint64_t>(e->idle_timeout / sweep_every);
    const auto closed = e->unused.remove_if([&](const net::transport& stream, std::uint64_t since) {
      return sweeps_ - since > longest || !stream.quiet();
    });
    for (std::size_t n = 0; n < closed; ++n) counters_.upstream_closed(e->place);
    any = any || !e->unused.empty();
  }
  sweeping_ = any;
  if (any) arm(sweep_every);
}

void pool::close_idle() {
  for (const auto& e : configured_) close_idle(*e);
}

void pool::close_idle(endpoint_connections& of) {
  const auto closed =
      of.unused.remove_if([](const net::transport&, std::uint64_t) { return true; });
  for (std::size_t n = 0; n < closed; ++n) counters_.upstream_closed(of.place);
}

}  // namespace gateway::upstream
