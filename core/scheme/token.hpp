// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a client is named by in a message.

#include <cstddef>
#include <string_view>

#include "core/base/run.hpp"
#include "core/http/syntax.hpp"

namespace core::scheme {

constexpr std::size_t max_token = 128;  // bytes

/// Visible ASCII, at least a byte of it.
inline bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= max_token &&
         base::run_of<http::visible_byte>(text) == text.size();
}

}  // namespace core::scheme
