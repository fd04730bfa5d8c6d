// SPDX-License-Identifier: Apache-2.0
#include "core/http/connection.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/http/syntax.hpp"

namespace core::http {

bool connection_options::add(std::string_view value) {
  for (;;) {
    const std::size_t comma = value.find(',');
    const std::string_view option = base::trimmed(value.substr(0, comma));
    // Empty elements are legal in lists (RFC 9110, section 5.6.1.2).
    if (base::iequals(option, "close")) {
      close_ = true;
    } else if (base::iequals(option, "keep-alive")) {
      keep_alive_ = true;
    } else if (!option.empty()) {
      if (!is_token(option) || names_.size() == capacity) return false;
      names_.push_back(option);
    }
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

bool connection_options::finds(std::string_view name) const {
  return std::ranges::any_of(names_,
                             [name](std::string_view own) { return base::iequals(own, name); });
}

}  // namespace core::http
