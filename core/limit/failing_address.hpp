// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which addresses are remembered for having failed, where there is room for a few only. Decides;
// who keeps the places, and how several threads share them, is for others.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/limit/rate.hpp"

namespace core::limit {

/// An address as limits count it: one of IPv4, or 64 bits of one of IPv6, as a number.
using address_key = std::uint64_t;

/// Nothing for what is no address: what has none is limited by none.
std::optional<address_key> key_of_address(std::string_view text);

struct failing_address {
  address_key address = 0;
  rate_state state = 0;  ///< 0: the place is free
};

/// Its place, or nothing.
const failing_address* find_failing(std::span<const failing_address> among, address_key address);

/// Where to write down that it has failed: in its own place; in one that is free, or whose failures
/// are over; or else in the one whose are over first, and are then forgotten. `among` holds one.
std::size_t place_for(std::span<const failing_address> among, address_key address,
                      std::int64_t now);

}  // namespace core::limit
