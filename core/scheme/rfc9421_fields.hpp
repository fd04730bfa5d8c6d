// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fields that RFC 9421 and RFC 9530 live in, as names in lower case, and what stands in them.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/http/head.hpp"

namespace core::scheme {

inline constexpr std::string_view input_name = "signature-input";
inline constexpr std::string_view signature_name = "signature";
inline constexpr std::string_view content_digest_name = "content-digest";
inline constexpr std::string_view content_type_name = "content-type";
inline constexpr http::name_key input_key = http::key_of(input_name);
inline constexpr http::name_key signature_key = http::key_of(signature_name);
inline constexpr http::name_key content_digest_key = http::key_of(content_digest_name);
inline constexpr http::name_key content_type_key = http::key_of(content_type_name);

struct field_lines {
  std::size_t count = 0;
  std::string_view text;  ///< all of them, joined
};

/// A structured field may be split over several lines; `room` holds them where it is.
inline field_lines lines_of(const http::fields& fields, std::string_view name, http::name_key key,
                            std::string& room) {
  const http::fields::lookup found = fields.find(name, key);
  if (found.count < 2) return {found.count, found.value};
  room.clear();
  for (const http::field& f : fields) {
    if (!f.named(name, key)) continue;
    if (!room.empty()) room += ", ";
    room += f.value;
  }
  return {found.count, room};
}

}  // namespace core::scheme
