// SPDX-License-Identifier: Apache-2.0
#pragma once

// The same JSON written as another library would write it. Numbers and the order of members stay,
// because which was meant can't be known.

#include <optional>
#include <string>
#include <string_view>

namespace core::explain {

struct json_style {
  std::string_view after_colon, after_comma;
  int indent = 0;  ///< blanks a level; 0: on one line
  enum class slashes { as_they_are, escaped, plain } solidus = slashes::as_they_are;
  enum class letters { as_they_are, escaped, plain } beyond_ascii = letters::as_they_are;
};

/// Nothing if `text` is no JSON.
std::optional<std::string> restyled(std::string_view text, const json_style& style);

}  // namespace core::explain
