// SPDX-License-Identifier: Apache-2.0
#pragma once

// A refused request as text: HTTP/1.1 as it came, with one field of ours before all others that
// says when it came and why it was refused. It knows no file but the name that one has.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/base/instant.hpp"

namespace core::observe {

/// The first of a captured request's fields: `at=<Unix seconds>; reason=<errc>; body=<how much>`.
inline constexpr std::string_view captured_field = "X-Countersign-Captured";

enum class captured_body {
  whole,  ///< all of it stands there; also where the message has none
  part,   ///< it broke off, or was longer than the route takes
  none,   ///< refused before it was read
};

/// Views of what came over the wire.
struct captured {
  base::instant at{};     ///< when the head was complete
  base::errc reason{};    ///< why it was refused
  std::string_view head;  ///< with the empty line that ends it
  std::string_view body;  ///< so much of it as was read; without the framing of chunks
  captured_body how = captured_body::none;
  bool chunked = false;  ///< does the head say Transfer-Encoding?
};

/// Appends the request. A chunked body stands there decoded, with a Content-Length in the place of
/// Transfer-Encoding; a field of the client's with our name is left out.
void append_captured(std::string& out, const captured& c);

/// The file that a captured request is in: its id if that is one of ours, 32 hex digits in lower
/// case; so many of the SHA-256 of a proxy's.
std::string captured_name(std::string_view request_id);
/// Is it one that captured_name() makes?
bool is_captured_name(std::string_view name);

}  // namespace core::observe
