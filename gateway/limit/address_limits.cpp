// SPDX-License-Identifier: Apache-2.0
#include "gateway/limit/address_limits.hpp"

#include <array>
#include <bit>

#include "core/http/forwarded.hpp"
#include "core/limit/standing.hpp"
#include "gateway/sys/entropy.hpp"

namespace gateway::limit {

namespace {

std::uint64_t random_seed() {
  std::array<char, sizeof(std::uint64_t)> drawn;
  sys::entropy().fill(drawn);
  return std::bit_cast<std::uint64_t>(drawn);
}

}  // namespace

address_limits::address_limits(const core::config::model& m, const address_limits* before)
    : trusted_(m.trusted_proxies) {
  const auto& settings = m.limits.per_address;
  if (!settings || !settings->failures) return;
  const core::limit::rate allowed{*settings->failures, settings->per, *settings->failures};
  const bool goes_on =
      before != nullptr && before->failures_ && before->failures_->allowed() == allowed;
  failures_ =
      goes_on ? before->failures_ : std::make_shared<address_failures>(allowed, random_seed());
}

unsigned address_limits::look(std::string_view address, std::int64_t now) const {
  const auto key = core::limit::key_of_address(address);
  if (!key) return 0;
  const auto standing = failures_->refuses(*key, now);
  return standing ? core::limit::retry_after(*standing) : 0;
}

void address_limits::count(std::string_view address, std::int64_t now) const {
  if (core::http::is_trusted(address, trusted_)) return;
  if (const auto key = core::limit::key_of_address(address)) failures_->failed(*key, now);
}

}  // namespace gateway::limit
