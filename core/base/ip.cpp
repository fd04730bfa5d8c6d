// SPDX-License-Identifier: Apache-2.0
#include "core/base/ip.hpp"

#include <algorithm>
#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <charconv>
#include <cstddef>

#include "core/base/ascii.hpp"

namespace core::base {

namespace {

constexpr std::size_t v4_at = 12;  // bytes before an IPv4 address
constexpr unsigned v4_bits = 8 * v4_at;
constexpr std::array<std::uint8_t, v4_at> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

void clear_behind(ip_address& a, unsigned prefix_bits) {
  for (std::size_t i = 0; i < a.bytes.size(); ++i) {
    const unsigned before = static_cast<unsigned>(i) * 8;
    const unsigned kept = std::min(8U, prefix_bits - std::min(prefix_bits, before));
    a.bytes[i] &= static_cast<std::uint8_t>(0xFF00U >> kept);
  }
}

/// An interface's name or number.
bool is_zone(std::string_view text) {
  return !text.empty() && text.size() <= 15 && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
  unsigned bits = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool zero_led = text.size() > 1 && text.front() == '0';
  if (problem != std::errc{} || end != text.data() + text.size() || zero_led || bits > most)
    return std::nullopt;
  return bits;
}

std::string print_v4(const ip_address& a) {
  boost::urls::ipv4_address::bytes_type four{};
  std::copy(a.bytes.begin() + v4_at, a.bytes.end(), four.begin());
  return boost::urls::ipv4_address(four).to_string();
}

std::string print_v6(const ip_address& a) {
  boost::urls::ipv6_address::bytes_type sixteen{};
  std::copy(a.bytes.begin(), a.bytes.end(), sixteen.begin());
  return boost::urls::ipv6_address(sixteen).to_string();
}

}  // namespace

bool ip_address::is_v4() const {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin());
}

std::optional<ip_address> parse_ip_address(std::string_view text) {
  ip_address a;
  if (text.find(':') == std::string_view::npos) {
    const auto v4 = boost::urls::parse_ipv4_address(text);
    if (!v4) return std::nullopt;
    const auto four = v4->to_bytes();
    std::copy(v4_prefix.begin(), v4_prefix.end(), a.bytes.begin());
    std::copy(four.begin(), four.end(), a.bytes.begin() + v4_at);
    return a;
  }
  if (const auto zone = text.find('%'); zone != std::string_view::npos) {
    if (!is_zone(text.substr(zone + 1))) return std::nullopt;
    text = text.substr(0, zone);
  }
  const auto v6 = boost::urls::parse_ipv6_address(text);
  if (!v6) return std::nullopt;
  const auto sixteen = v6->to_bytes();
  std::copy(sixteen.begin(), sixteen.end(), a.bytes.begin());
  return a;
}

std::string print_ip_address(const ip_address& a) { return a.is_v4() ? print_v4(a) : print_v6(a); }

bool ip_network::contains(const ip_address& a) const {
  ip_address begin = a;
  clear_behind(begin, prefix_bits);
  return begin == first;
}

std::optional<ip_network> parse_ip_network(std::string_view text) {
  const auto slash = text.find('/');
  const std::string_view written = text.substr(0, slash);
  if (written.find('%') != std::string_view::npos) return std::nullopt;
  const auto address = parse_ip_address(written);
  if (!address) return std::nullopt;
  ip_network n{*address, 128};
  if (slash == std::string_view::npos) return n;
  const bool v4 = written.find(':') == std::string_view::npos;
  const auto bits = parse_bits(text.substr(slash + 1), v4 ? 32 : 128);
  if (!bits) return std::nullopt;
  n.prefix_bits = v4 ? v4_bits + *bits : *bits;
  ip_address begin = n.first;
  clear_behind(begin, n.prefix_bits);
  if (begin != n.first) return std::nullopt;
  return n;
}

std::string print_ip_network(const ip_network& n) {
  const bool v4 = n.first.is_v4() && n.prefix_bits >= v4_bits;
  std::string out = v4 ? print_v4(n.first) : print_v6(n.first);
  if (n.prefix_bits != 128)
    out.append("/").append(std::to_string(v4 ? n.prefix_bits - v4_bits : n.prefix_bits));
  return out;
}

ip_address countable(const ip_address& a) {
  ip_address counted = a;
  if (!a.is_v4()) clear_behind(counted, 64);
  return counted;
}

}  // namespace core::base
