// SPDX-License-Identifier: Apache-2.0
#pragma once

// Dates as text, always UTC and without a locale: HTTP's own form for header fields, ISO 8601 for
// the configuration. It knows years 0 to 9999; what lies outside is written as the nearest second
// inside.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/instant.hpp"

namespace core::base {

inline constexpr std::size_t imf_fixdate_size = 29;

/// IMF-fixdate (RFC 9110, section 5.6.7) of the instant's whole second, e.g. "Tue, 14 Nov 2023
/// 22:13:20 GMT". No allocation.
void format_imf_fixdate(instant at, std::span<char, imf_fixdate_size> out);
std::string format_imf_fixdate(instant at);

/// Unix seconds of "2026-11-30T00:00:00Z", or of "2026-11-30", which is its first second. Nothing
/// else is taken: no other zone, no fraction, no leap second, no date that the calendar doesn't
/// have.
std::optional<std::int64_t> parse_iso8601(std::string_view text);
/// "2026-11-30T00:00:00Z" of Unix seconds.
std::string format_iso8601(std::int64_t seconds);

}  // namespace core::base
