// SPDX-License-Identifier: Apache-2.0
#pragma once

// Copying what a JSON string holds without an escape, sixteen bytes at a time and looked at on the
// way. base::json_plain_byte is the same rule for a byte; tests hold the two against each other.

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/base/run.hpp"

namespace core::json {

namespace sixteen {

// Of GCC and Clang on every processor: in vectors where it has any.
using bytes [[gnu::vector_size(16)]] = signed char;
using words [[gnu::vector_size(16)]] = std::uint64_t;

inline bool are_plain(bytes b) {
  // Whatever has its high bit set is below zero.
  const auto odd = reinterpret_cast<words>((b < 0x20) | (b == 0x7F) | (b == '"') | (b == '\\'));
  return (odd[0] | odd[1]) == 0;
}

}  // namespace sixteen

/// Copies `text` to `out`, which has room for it.
/// @return false if a byte of it isn't a json_plain_byte: then what was written is of no use.
inline bool copy_plain(std::string_view text, char* out) {
  const char* const in = text.data();
  const std::size_t size = text.size();
  if (size >= sizeof(sixteen::bytes)) {
    sixteen::bytes block;
    constexpr std::size_t step = sizeof block;
    // The last block overlaps the one before it.
    for (std::size_t at = 0;; at += step) {
      if (size - at < step) at = size - step;
      std::memcpy(&block, in + at, step);
      if (!sixteen::are_plain(block)) return false;
      std::memcpy(out + at, &block, step);
      if (at == size - step) return true;
    }
  }
  if (size >= sizeof(std::uint64_t)) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::memcpy(&first, in, sizeof first);
    std::memcpy(&last, in + size - sizeof last, sizeof last);
    std::memcpy(out, &first, sizeof first);
    std::memcpy(out + size - sizeof last, &last, sizeof last);
    return sixteen::are_plain(reinterpret_cast<sixteen::bytes>(sixteen::words{first, last}));
  }
  if (size >= sizeof(std::uint32_t)) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, in, sizeof first);
    std::memcpy(&last, in + size - sizeof last, sizeof last);
    std::memcpy(out, &first, sizeof first);
    std::memcpy(out + size - sizeof last, &last, sizeof last);
    return base::json_plain_byte::eight(std::uint64_t{first} << 32U | last);
  }
  for (std::size_t at = 0; at < size; ++at) {
    if (!base::json_plain_byte::one(static_cast<unsigned char>(in[at]))) return false;
    out[at] = in[at];
  }
  return true;
}

}  // namespace core::json
