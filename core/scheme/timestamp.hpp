// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one way in which a message may write when it was made.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/ascii.hpp"

namespace core::scheme {

inline constexpr std::size_t most_second_digits = 11;
inline constexpr std::size_t most_millisecond_digits = 14;

/// `0|[1-9][0-9]*` of at most so many digits: one text for each moment, so that what is signed
/// can't be written another way.
constexpr std::optional<std::int64_t> parse_timestamp(
    std::string_view text, std::size_t most_digits = most_second_digits) {
  if (text.empty() || text.size() > most_digits || (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (!base::is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace core::scheme
