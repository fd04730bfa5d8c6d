// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/pool.hpp"

#include <algorithm>
#include <utility>

#include "gateway/net/socket_room.hpp"
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
        e->to.authority == to.authority && is_alike(e->tls.get(), tls_to(to, of).get()))
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
      const std::shared_ptr<condition> known = one->to.condition;
      one->to = to;
      if (!one->to.condition) one->to.condition = known ? known : std::make_shared<condition>();
      one->place = places.endpoint_place(g, i);
      one->idle_timeout = settings.idle_timeout;
      one->tls = tls_to(to, groups[g]);
      if (one->tls && !one->session) one->session = std::make_shared<net::tls_session>();
      m.endpoints.push_back(one);
      configured.push_back(std::move(one));
    }
    m.chooses = m.endpoints.size() > 1 || settings.health;
    m.shares.resize(m.endpoints.size());
    m.credit.resize(m.endpoints.size());
  }
  for (const auto& e : configured_) e->configured = false;
  for (const auto& e : configured) e->configured = true;
  for (const auto& e : configured_)
    if (!e->configured) close_idle(*e);
  configured_ = std::move(configured);
  return made;
}

net::eventual<connection> pool::acquire(member& of, endpoint_set& tried) {
  // Where there is but one, and nobody probes it, it is tried whatever happened before.
  std::size_t first = of.endpoints.empty() || tried.test(0) ? core::upstream::nobody : 0;
  if (of.chooses) first = choose(of, tried);
  if (first == core::upstream::nobody) return connection{};
  tried.set(first);
  connection kept = take_kept(of, static_cast<std::uint32_t>(first));
  if (kept.stream) {
    count(of, kept);
    return kept;
  }
  return take_or_open(&of, &tried, first);
}

bool pool::takes(const member& of) {
  if (!of.chooses) return true;
  const core::upstream::ejection_rule by = of.settings->ejection();
  const std::chrono::milliseconds now(sys::coarse_steady_us() / 1000);
  const bool one = of.endpoints.size() == 1;  // which is never ejected
  return std::ranges::any_of(of.endpoints, [&](const auto& e) {
    return e->to.condition->up() && (one || e->to.condition->takes(by, now));
  });
}

/// The position of the next one, or core::upstream::nobody.
std::size_t pool::choose(member& of, const endpoint_set& tried) const {
  const core::config::upstream& settings = of.settings->settings;
  const core::upstream::ejection_rule ejection = of.settings->ejection();
  const bool one = of.endpoints.size() == 1;
  const std::chrono::milliseconds now(sys::coarse_steady_us() / 1000);
  for (std::size_t i = 0; i < of.endpoints.size(); ++i) {
    const endpoint& to = of.endpoints[i]->to;
    core::upstream::share& mine = of.shares[i];
    mine = {};
    if (tried.test(i) || !to.condition->up()) continue;
    if (!one) {
      const core::upstream::entry may = to.condition->ask(ejection, now);
      if (may == core::upstream::entry::shut) continue;
      if (may == core::upstream::entry::trial) return i;
    }
    mine.weight = core::upstream::effective_weight(to.weight, settings.slow_start,
                                                   to.condition->since_return(now));
    mine.outstanding = to.condition->outstanding();
  }
  if (settings.balance == core::config::balance::least_busy)
    return core::upstream::pick_least_busy(of.shares, of.credit);
  return core::upstream::pick_in_turn(of.shares, of.credit);
}

void pool::note_outcome(member& of, std::uint32_t endpoint, core::upstream::outcome what) {
  // The only one is never ejected: a request that may fail is better than one that must.
  if (of.endpoints.size() == 1) return;
  const core::upstream::ejection_rule by = of.settings->ejection();
  const std::chrono::milliseconds now(sys::coarse_steady_us() / 1000);
  bool others = false;
  if (what == core::upstream::outcome::unable)
    for (std::size_t i = 0; i < of.endpoints.size() && !others; ++i)
      others = i != endpoint && of.endpoints[i]->to.condition->takes(by, now);
  const endpoint_connections& to = *of.endpoints[endpoint];
  const auto change = to.to.condition->note(by, what, now, others);
  if (change == condition::change::none || !tell) return;
  std::string text = "upstream " + to.upstream + ": " + url_of(to.to);
  if (change == condition::change::ejected)
    text += " gets no requests for " + std::to_string(by.time.count()) +
            " ms: " + std::to_string(by.failures) + " in a row failed, and the last one " +
            core::upstream::name(what);
  else
    text += " gets requests again: one that tried it was answered";
  tell({change == condition::change::returned, std::move(text)});
}

void pool::count(const member& of, connection& one) {
  if (of.settings->settings.balance == core::config::balance::least_busy)
    one.counted = condition::request(*of.endpoints[one.endpoint]->to.condition);
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

net::task<connection> pool::take_or_open(member* of, endpoint_set* tried, std::size_t first) {
  std::uint32_t refused = 0;
  for (std::size_t at = first; at != core::upstream::nobody; at = choose(*of, *tried)) {
    const auto index = static_cast<std::uint32_t>(at);
    tried->set(at);
    connection one = take_kept(*of, index);
    one.endpoint = index;
    // Connecting is part of being busy.
    count(*of, one);
    if (!one.stream) one.stream = co_await open(of, index);
    if (one.stream) {
      one.refused = refused;
      co_return one;
    }
    ++refused;
    // Without a descriptor for a socket nobody was asked.
    if (of->chooses && net::can_open_sockets())
      note_outcome(*of, index, core::upstream::outcome::unreachable);
  }
  connection none;
  none.refused = refused;
  co_return none;
}

net::task<std::unique_ptr<net::transport>> pool::open(member* of, std::uint32_t index) {
  endpoint_connections& to = *of->endpoints[index];
  auto stream = std::make_unique<net::transport>(sockets_, wheel_);
  const std::chrono::milliseconds patience = of->settings->settings.connect_timeout;
  auto failed = co_await stream->connect(to.to.address, patience);
  if (failed != net::io_error::none)
    tell_of_failure(to, "connecting to", stream->why_not_connected());
  if (failed == net::io_error::none && to.tls) {
    stream->secure(to.tls, host_of(to.to.authority), to.session);
    failed = co_await stream->handshake(patience);
    if (failed != net::io_error::none && stream->is_open())
      tell_of_tls(to, stream->tls()->problem());
  }
  to.to.condition->connected(failed == net::io_error::none);
  if (failed != net::io_error::none) {
    counters_.upstream_refused(to.place, sys::now());
    co_return nullptr;
  }
  counters_.upstream_connected(to.place, sys::now());
  co_return stream;
}

void pool::tell_of_failure(endpoint_connections& of, std::string_view what,
                           const std::string& why) {
  const std::int64_t now = sys::steady_us();
  if (!tell || (of.told_us != 0 && now - of.told_us < between_tellings_us)) return;
  of.told_us = now;
  std::string text = "upstream " + of.upstream + ": ";
  tell(
      {false, text.append(what).append(" ").append(url_of(of.to)).append(" failed: ").append(why)});
}

void pool::tell_of_tls(endpoint_connections& of, const net::handshake_problem& why) {
  std::string text(core::observe::name(why.reason));
  if (!why.detail.empty()) text += " (" + why.detail + ")";
  tell_of_failure(of, "TLS with", text);
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
