// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a request is called by whoever looks for it in a log.

#include <algorithm>
#include <string_view>

#include "core/base/ascii.hpp"

namespace core::http {

/// 1 to 64 of A-Z a-z 0-9 . _ -: what proxies call requests, and safe to write down anywhere.
inline bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace core::http
