// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is this text JSON? And writing strings as JSON. Checked by Boost.JSON's streaming parser: no
// document is built.

#include <string>
#include <string_view>

namespace core::json {

/// RFC 8259, UTF-8, no BOM, nested at most 64 deep, nothing but white space after it. An exponent
/// beyond 2^31 - 1, which no reader could represent, is refused (section 9 allows limits).
bool is_json(std::string_view text);
/// As is_json, and its value is an object or an array.
bool is_object_or_array(std::string_view text);

/// Appends `text` as a JSON string with quotes. Bytes that aren't UTF-8 become U+FFFD, so that a
/// log line stays valid whatever a peer sent.
void append_string(std::string& out, std::string_view text);

}  // namespace core::json
