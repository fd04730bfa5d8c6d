// SPDX-License-Identifier: Apache-2.0
#pragma once

// IP addresses and networks as values: from text, compared, contained. They connect to nothing.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core::base {

/// An address of either family; one of IPv4 as IPv6 writes it (::ffff:a.b.c.d, RFC 4291, section
/// 2.5.5.2), so that a client is the same whatever kind of socket it came to.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_v4() const;
  friend bool operator==(const ip_address&, const ip_address&) = default;
};

/// 192.0.2.1 or 2001:db8::1, without brackets; the zone of a link-local address (%eth0) means
/// nothing. Nothing for anything else: no leading zeros, no port, no blanks.
std::optional<ip_address> parse_ip_address(std::string_view text);

/// As parse_ip_address reads it.
std::string print_ip_address(const ip_address& a);

/// All addresses that begin with the same bits.
struct ip_network {
  ip_address first;            ///< bits behind the prefix are 0
  unsigned prefix_bits = 128;  ///< of 128: those of IPv4 count from 96

  [[nodiscard]] bool contains(const ip_address& a) const;
  friend bool operator==(const ip_network&, const ip_network&) = default;
};

/// 10.0.0.0/8, 2001:db8::/32, or one address. Nothing for anything else, and where bits are set
/// behind the prefix (10.0.0.1/8), which is a slip of the finger.
std::optional<ip_network> parse_ip_network(std::string_view text);
/// As parse_ip_network reads it.
std::string print_ip_network(const ip_network& n);

/// The address that limits are counted by: itself, or its /64, which is what one customer is given
/// (RFC 6177).
ip_address countable(const ip_address& a);

}  // namespace core::base
