// SPDX-License-Identifier: Apache-2.0
#pragma once

// Small things that reading and writing PHP's serialize() format share: numbers and array keys as
// PHP writes them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core::envelope {

/// `0` or `-?[1-9][0-9]*` within int64: what PHP writes as an integer, and the string keys that PHP
/// turns into integers.
std::optional<std::int64_t> canonical_integer(std::string_view text);

/// The shortest text that reads back as `value` (which is finite), in the shape of PHP's
/// serialize_precision -1: 0.1, 1, 100000, 1.0E+25, 1.0E-7. `exponent_sign` is 'E' or 'e'.
void append_double(std::string& out, double value, char exponent_sign);

}  // namespace core::envelope
