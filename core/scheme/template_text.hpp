// SPDX-License-Identifier: Apache-2.0
#pragma once

// The language in which a template says which bytes are signed: literal text, names in braces, and
// filters, like "{timestamp}.{body|sha256|hex}". Compiled at load. Knows no message and no key.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/http/name_key.hpp"

namespace core::scheme {

/// What a piece of the text stands for.
enum class input : std::uint8_t {
  literal,
  body,             ///< a reply's own in a reply's text
  method,           ///< of the request, as all below
  target,           ///< path and query, as they were sent
  path,             ///< percent-encoding untouched
  query,            ///< what stands after '?'
  host,             ///< lower case, without the scheme's own port
  scheme,           ///< http or https, as the client addressed it
  field,            ///< a declared one
  header,           ///< {header:Name}
  secret,           ///< the key itself
  status,           ///< of a reply: three digits
  reply_timestamp,  ///< of a reply: Unix seconds
};

enum class filter : std::uint8_t { lower, upper, trim, sha256, sha512, hex, base64, base64url };

struct text_piece {
  input what = input::literal;
  std::string text;        ///< of a literal; the name of a header; else as it was written
  http::name_key key = 0;  ///< of a header's name
  std::size_t field = 0;   ///< which of the declared ones
  bool optional = false;   ///< {name?}: nothing where it is absent, which else is refused
  std::vector<filter> filters;
};

struct template_text {
  std::vector<text_piece> pieces;  ///< no two literals side by side

  [[nodiscard]] bool uses(input what) const;
};

struct text_names {
  std::span<const std::string> fields;  ///< the declared ones
  bool reply = false;                   ///< is it the text of a reply?
};

/// @return what is wrong and where, as a sentence, if it can't be compiled.
std::variant<template_text, std::string> parse_template_text(std::string_view text,
                                                             const text_names& names);

/// Is this a name that a field may be declared by: [a-z][a-z0-9_]{0,31}, and none of the language's
/// own?
bool is_template_field_name(std::string_view name);

/// How a message about the text names the piece: "{timestamp}".
std::string print(const text_piece& piece);

/// `value` as the filters leave it, one after the other.
void append_filtered(std::string& out, std::string_view value, std::span<const filter> filters);

}  // namespace core::scheme
