// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a Content-Type says, without what it says besides.

#include <string_view>

#include "core/base/ascii.hpp"

namespace core::http {

/// The media type alone (RFC 9110, section 8.3.1): parameters such as charset are ignored.
constexpr std::string_view media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!type.empty() && blank(type.front())) type.remove_prefix(1);
  while (!type.empty() && blank(type.back())) type.remove_suffix(1);
  return type;
}

/// Type names have no case (RFC 9110, section 8.3.1); nearly everyone writes them in the same one.
inline bool is_type(std::string_view type, std::string_view wanted) {
  return type == wanted || base::iequals(type, wanted);
}

}  // namespace core::http
