// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads a complete text in PHP's serialize() format, the strict subset, and writes it as JSON. It
// decides nothing about what a string holds.

#include <optional>
#include <string>
#include <string_view>

#include "core/envelope/php_serialized.hpp"

namespace core::envelope {

/// The content of `text` if it is one complete serialized string, whatever bytes it holds.
std::optional<std::string_view> php_string_content(std::string_view text);

/// Compact JSON within `scratch`, or nothing if `text` isn't one complete value of the subset.
std::optional<std::string_view> php_to_json(std::string_view text, empty_array empty,
                                            std::string& scratch);

}  // namespace core::envelope
