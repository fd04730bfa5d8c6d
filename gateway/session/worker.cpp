// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/worker.hpp"

#include <algorithm>
#include <bit>
#include <exception>
#include <utility>

#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/http/trace.hpp"
#include "gateway/sys/prefetch.hpp"

namespace gateway::session {

namespace {

// SplitMix64 (Steele, Lea, Flood 2014): a bijection, so that different counters never give the same
// id.
std::uint64_t stir(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

}  // namespace

worker::worker(net::event_loop& io, std::shared_ptr<const generation> first, replay::store& store,
               metrics::shard& counters, observer& watcher)
    : context(io),
      sockets(io),
      deadlines(io),
      upstreams(sockets, deadlines, counters),
      marks(store),
      watch(watcher),
      counters_(counters) {
  random.fill({reinterpret_cast<char*>(id_seed_.data()), sizeof id_seed_});
  make_id_ahead();
  take_up(std::move(first));
}

void worker::take_up(std::shared_ptr<const generation> next) {
  counters_.make_room(next->places->counts());
  auto made = std::make_unique<lease>();
  made->upstreams = upstreams.take_up(next->groups, *next->places);
  made->held = std::move(next);
  std::unique_ptr<lease> before = std::exchange(lease_, std::move(made));
  if (!before) return;
  if (before->requests == 0)
    forget(*before);
  else
    earlier_.push_back(std::move(before));
}

void worker::retire(const lease& ended) {
  const auto found = std::ranges::find(earlier_, &ended, [](const auto& one) { return one.get(); });
  const std::unique_ptr<lease> last = std::move(*found);
  earlier_.erase(found);
  forget(*last);
}

void worker::forget(lease& ended) {
  try {
    // They keep keys that may be those of a client who is no more.
    space.contexts = core::crypto::cipher_contexts();
    std::shared_ptr<const generation> given_up = std::move(ended.held);
    if (discard) discard(std::move(given_up));
  } catch (const std::exception&) {
    // No memory: such keys stay until others take their places.
  }
}

std::unique_ptr<scratch> worker::borrow_scratch() {
  if (free_scratch_.empty()) return std::make_unique<scratch>();
  auto lent = std::move(free_scratch_.back());
  free_scratch_.pop_back();
  if (!free_scratch_.empty()) sys::prefetch(free_scratch_.back().get(), 512);
  return lent;
}

void worker::give_back(std::unique_ptr<scratch> used) {
  // Neither a large sealed answer nor a burst stays in memory for good.
  static constexpr std::size_t most = 64;
  static constexpr std::size_t kept = 64 * 1024;
  if (free_scratch_.size() == most) return;
  // Swapped: assigning an empty string keeps the capacity.
  if (used->answer.capacity() > kept) std::string().swap(used->answer);
  free_scratch_.push_back(std::move(used));
}

// Made one ahead: what was written in pieces a moment ago can't be read as a whole without waiting.
std::array<char, 32> worker::new_request_id() {
  std::array<char, 32> id;
  core::base::hex_to({id_ahead_.data(), id_ahead_.size()}, id.data());
  ++ids_;
  make_id_ahead();
  return id;
}

void worker::make_id_ahead() {
  const std::uint64_t n = ids_ + 1;
  const std::array<std::uint64_t, 2> halves{stir(id_seed_[0] + n), stir(id_seed_[1] ^ n)};
  id_ahead_ = std::bit_cast<std::array<char, 16>>(halves);
}

std::array<char, 55> worker::new_trace_parent(std::span<const char, 32> trace) {
  return core::http::make_trace_parent(trace, stir(id_seed_[0] ^ ~++spans_));
}

std::string_view worker::date(core::base::instant now) {
  const std::int64_t second = core::base::unix_seconds(now);
  if (second != date_second_) {
    date_second_ = second;
    core::base::format_imf_fixdate(now, date_);
  }
  return {date_.data(), date_.size()};
}

}  // namespace gateway::session
