// SPDX-License-Identifier: Apache-2.0
#pragma once

// The strict subset of PHP's serialize() format, turned into JSON. Nothing is ever instantiated:
// objects, enums, references and custom serialisers are refused by grammar.

#include <optional>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"

namespace core::envelope {

/// What the plaintext is.
enum class plaintext_form {
  php_serialized,  ///< $encrypter->encrypt($x)
  raw,             ///< $encrypter->encryptString($s)
  automatic,       ///< php_serialized if it is one, complete and strict; else raw
};

/// What becomes of a string: forwarded as the JSON text it holds, or quoted.
enum class string_as {
  automatic,    ///< as it is if it is a complete JSON object or array; else quoted
  json_text,    ///< as it is; must be JSON
  json_string,  ///< always quoted
};

/// What an empty PHP array becomes; PHP can't tell {} from [].
enum class empty_array { list, object };

struct plaintext_settings {
  plaintext_form form = plaintext_form::automatic;
  envelope::string_as string_as = envelope::string_as::automatic;
  envelope::empty_array empty_array = envelope::empty_array::list;
};

/// Depth beyond which nested arrays are refused (PHP's own limit is 4096, and nobody's message
/// needs it).
inline constexpr int max_depth = 64;

/// The JSON that goes upstream: either a view into `plaintext` or text written to `scratch`, whose
/// capacity is kept between calls.
/// @return bad_plaintext if it isn't in the configured form, not_json if it isn't and can't become
/// JSON.
base::result<std::string_view> plaintext_to_json(std::string_view plaintext,
                                                 const plaintext_settings& settings,
                                                 std::string& scratch);

/// serialize($s): s:<bytes>:"<s>";
std::string php_serialize_string(std::string_view s);
/// What PHP's serialize(json_decode($json, true)) gives; nothing if `json` isn't JSON.
std::optional<std::string> php_serialize_json(std::string_view json);

}  // namespace core::envelope
