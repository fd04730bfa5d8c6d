// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the payload stands in a request's body. It knows forms and media types, not what a payload
// is.

#include <span>
#include <string_view>

#include "core/base/errc.hpp"

namespace core::envelope {

enum class payload_form {
  by_content_type,  ///< x-www-form-urlencoded: form; application/json: json; text/plain,
                    ///< application/octet-stream: raw
  form,             ///< a form field; Content-Type x-www-form-urlencoded or none
  json,             ///< a member of a JSON object; Content-Type application/json or none
  raw,              ///< the body itself, whatever its Content-Type says
};

/// Finds the payload in `body` (which may be changed in place, e.g. by percent-decoding).
/// `content_type` without the field's other occurrences; empty if absent. `name` is the form
/// field's or member's name, usually "data". Other fields and members are dropped.
/// @return unsupported_content for a media type that doesn't fit, bad_payload for all else (absent,
/// repeated, empty, broken escape, a blank).
base::result<std::span<char>> find_payload(std::span<char> body, payload_form form,
                                           std::string_view content_type, std::string_view name);

}  // namespace core::envelope
