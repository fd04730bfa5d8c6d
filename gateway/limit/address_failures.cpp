// SPDX-License-Identifier: Apache-2.0
#include "gateway/limit/address_failures.hpp"

namespace gateway::limit {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;

}  // namespace

address_failures::address_failures(const core::limit::rate& allowed, std::uint64_t seed)
    : allowed_(allowed), seed_(seed), sets_(std::make_unique<std::array<set, sets>>()) {}

// MurmurHash3's last step: all bits of the sum bear upon each.
std::size_t address_failures::set_of(address_key address) const {
  std::uint64_t h = address + seed_;
  h = (h ^ h >> 33U) * 0xFF51AFD7ED558CCDU;
  h = (h ^ h >> 33U) * 0xC4CEB9FE1A85EC53U;
  return (h ^ h >> 33U) % sets;
}

std::optional<core::limit::rate_answer> address_failures::refuses(address_key address,
                                                                  std::int64_t now) const {
  for (const place& p : (*sets_)[set_of(address)].places) {
    if (p.address.load(acquire) != address) continue;
    // Of a place that has just changed hands it is 0, or its new owner's, who owes little yet.
    const core::limit::rate_state state = p.state.load(relaxed);
    if (state == 0) continue;
    const core::limit::rate_answer standing = core::limit::look(allowed_, state, now);
    if (standing.allowed) return std::nullopt;
    return standing;
  }
  return std::nullopt;
}

void address_failures::failed(address_key address, std::int64_t now) {
  const std::size_t at = set_of(address);
  const std::scoped_lock lock(writing_[at % locks]);
  std::array<core::limit::failing_address, in_a_set> seen;
  std::array<place, in_a_set>& places = (*sets_)[at].places;
  for (std::size_t i = 0; i < in_a_set; ++i)
    seen[i] = {places[i].address.load(relaxed), places[i].state.load(relaxed)};
  const std::size_t mine = core::limit::place_for(seen, address, now);
  const bool new_here = seen[mine].state == 0 || seen[mine].address != address;
  if (new_here) {
    places[mine].state.store(0, relaxed);
    places[mine].address.store(address, release);
  }
  const core::limit::rate_state before = new_here ? 0 : seen[mine].state;
  places[mine].state.store(core::limit::take(allowed_, before, now).next, release);
}

}  // namespace gateway::limit
