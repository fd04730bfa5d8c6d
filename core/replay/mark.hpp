// SPDX-License-Identifier: Apache-2.0
#pragma once

// A mark is what the gateway remembers of a message: a fixed-size fingerprint of proven, decoded
// values and of who said them.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace core::replay {

struct mark {
  /// The first 12 bytes of SHA-256(client id, kind, values): 96 bits, so that 4,000,000 marks
  /// collide with odds below 10^-15.
  std::array<std::uint8_t, 12> fingerprint{};
  std::uint32_t client =
      0;  ///< FNV-1a of the client's id: whose half of the store it counts against
  std::int64_t window_end =
      0;  ///< stamp + window: until then it must not be forgotten (Unix seconds)

  /// `kind` keeps marks of different schemes apart ("laravel-payload", "laravel-bodyless", …).
  /// Values are length-prefixed before hashing, so that ("ab","c") and ("a","bc") differ.
  static mark make(std::string_view client_id, std::string_view kind,
                   std::initializer_list<std::string_view> values, std::int64_t window_end);
};

/// What the store answers when a mark is to be reserved. No boolean: "can't say" must never read as
/// "not seen".
enum class verdict {
  fresh,        ///< reserved now, atomically; keep() or release() must follow
  seen,         ///< reserved or kept before
  full,         ///< no room, in the store or in this client's half
  unavailable,  ///< the store can't know (clock went back behind its horizon, marks lost at a
                ///< restart)
};

}  // namespace core::replay
