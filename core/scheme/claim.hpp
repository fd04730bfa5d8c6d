// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a message says of itself before anything is proven.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::scheme {

struct claim {
  std::string_view token;            ///< empty if the route alone says who the client is
  std::string_view version;          ///< empty if the message names none
  std::string_view timestamp_text;   ///< the very bytes that are signed
  std::int64_t timestamp = 0;        ///< Unix seconds; meaningful if stamped
  bool stamped = false;              ///< does the message say when it was made?
  std::string_view nonce;            ///< empty if the message has none
  std::array<char, 32> signature{};  ///< the Laravel scheme's, decoded
};

}  // namespace core::scheme
