// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes as OpenSSL takes them.

#include <string_view>

namespace core::crypto {

inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* octets(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

}  // namespace core::crypto
