// SPDX-License-Identifier: Apache-2.0
#pragma once

// The small languages of single values: numbers, sizes, durations, dates, addresses, URLs. From
// text to value with a sentence that says what is wrong, and back. Knows no keys and no document.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/config/model.hpp"

namespace core::config {

/// What is wrong with a text, to be read after its path: "is not a number".
struct wrong {
  std::string why;
};

template <class T>
using parsed = std::variant<T, wrong>;

/// Decimal digits, no sign, no leading zero: 010 is no number here, whatever YAML version reads it
/// as 8 or as 10.
parsed<std::uint64_t> parse_number(std::string_view text);

/// A decimal fraction above 0 and up to 1, with at most six places, in millionths.
parsed<std::uint32_t> parse_fraction(std::string_view text);
std::string print_fraction(std::uint32_t millionths);

/// 512B, 16KiB, 1MiB, 1GiB; a plain number is bytes.
parsed<std::uint64_t> parse_size(std::string_view text);
std::string print_size(std::uint64_t bytes);

/// 50ms, 300s, 5m, 1h, 1d. The unit is needed.
parsed<milliseconds> parse_duration(std::string_view text);
std::string print_duration(milliseconds d);

/// 2026-06-30 (at 00:00Z) or 2026-06-30T12:00:00Z, as Unix seconds.
parsed<std::int64_t> parse_moment(std::string_view text);

/// HOST:PORT with an IP address, IPv6 in brackets, where port 0 lets the kernel choose; or
/// unix:PATH.
parsed<address> parse_listen_address(std::string_view text);
/// http://HOST[:PORT] and nothing more, where the port is 80 if left out; or unix:PATH.
parsed<address> parse_endpoint(std::string_view text);
/// Of one that could be parsed: is it https?
bool is_secured(std::string_view endpoint);
std::string print_address(const address& a);
/// True for 127.0.0.0/8, ::1 and paths: nobody but this machine gets there.
bool is_loopback(const address& a);

/// 10.0.0.0/8, 2001:db8::/32 or one address.
parsed<base::ip_network> parse_network(std::string_view text);

/// [A-Za-z0-9._-]{1,64}, and neither "-" nor "other", which the metrics use for what has no name.
parsed<std::string> parse_name(std::string_view text);
/// A field name (RFC 9110, section 5.1) of at most 64 characters.
parsed<std::string> parse_field_name(std::string_view text);

}  // namespace core::config
