// SPDX-License-Identifier: Apache-2.0
#include "core/limit/failing_address.hpp"

#include <algorithm>

#include "core/base/ip.hpp"

namespace core::limit {

namespace {

/// 64 bits of an address of IPv6 never begin like this: ff00::/8 is multicast, and nobody's source
/// (RFC 4291, section 2.7).
constexpr address_key of_ipv4 = 0xFF00'0000'0000'0000;

address_key number(std::span<const std::uint8_t> bytes) {
  address_key n = 0;
  for (const std::uint8_t byte : bytes) n = n << 8U | byte;
  return n;
}

}  // namespace

std::optional<address_key> key_of_address(std::string_view text) {
  const auto parsed = base::parse_ip_address(text);
  if (!parsed) return std::nullopt;
  const base::ip_address counted = base::countable(*parsed);
  const std::span<const std::uint8_t> bytes(counted.bytes);
  return counted.is_v4() ? of_ipv4 | number(bytes.last(4)) : number(bytes.first(8));
}

const failing_address* find_failing(std::span<const failing_address> among, address_key address) {
  const auto found = std::ranges::find_if(
      among, [&](const failing_address& f) { return f.state != 0 && f.address == address; });
  return found == among.end() ? nullptr : &*found;
}

std::size_t place_for(std::span<const failing_address> among, address_key address,
                      std::int64_t now) {
  const auto place = [&](const failing_address* f) {
    return static_cast<std::size_t>(f - among.data());
  };
  if (const auto* own = find_failing(among, address)) return place(own);
  // What is over says no more than what is free: none of them owes anything.
  const auto until = [now](const failing_address& f) { return std::max(f.state, now); };
  return place(&*std::ranges::min_element(among, {}, until));
}

}  // namespace core::limit
