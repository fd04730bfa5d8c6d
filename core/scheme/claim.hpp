// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a message says of itself before anything is proven.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::scheme {

struct claim {
  std::string_view token;
  std::string_view version;          ///< empty if the message names none
  std::string_view timestamp_text;   ///< the very bytes that are signed
  std::int64_t timestamp = 0;        ///< Unix seconds
  std::array<char, 32> signature{};  ///< decoded
};

}  // namespace core::scheme
