// SPDX-License-Identifier: Apache-2.0
#pragma once

// Components of a message as RFC 9421, section 2 names and reads them. Which of them a signature
// must cover is not known here.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/http/head.hpp"
#include "core/http/structured.hpp"
#include "core/scheme/request_view.hpp"

namespace core::scheme {

/// What the components are taken from.
struct signed_message {
  std::span<const http::field> fields;
  const request_view* request;  ///< this one itself, or the one that a reply answers
  unsigned status = 0;          ///< 0: a request

  [[nodiscard]] bool is_reply() const { return status != 0; }
};

inline signed_message message_of(const request_view& request) {
  return {{request.head.fields.begin(), request.head.fields.end()}, &request};
}

enum class derived : std::uint8_t {
  none,  ///< a field
  method,
  target_uri,
  authority,
  scheme,
  request_target,
  path,
  query,
  query_param,
  status,
};

/// Parameters that a component may have. ;tr has no place: trailers are read by nobody here.
struct component_parameters {
  bool sf = false;
  bool bs = false;
  bool key = false;
};

/// An identifier, read. Without initialisers: an array of them lies on the stack.
struct component {
  http::structured::slice name;
  http::structured::slice detail;  ///< the text of ;key or ;name
  derived what;
  bool req, sf, bs, key;

  /// Nothing but a name.
  [[nodiscard]] bool is_plain() const {
    return !req && !sf && !bs && !key && what != derived::query_param;
  }
};

/// @return false unless it is an identifier that a message of this kind can have, with no
/// parameters but ;req, ;name and those that are allowed.
[[nodiscard]] bool parse_component(component& out, const http::structured::field& in,
                                   const http::structured::item& item, bool of_reply,
                                   const component_parameters& allowed);

/// The same component, whatever the order of its parameters.
bool same(const http::structured::field& in, const component& a, const component& b);

/// Appends the value. `dictionaries` are the names, in lower case, of fields that ;sf may read.
/// @return missing_field, malformed_field; part of the value may have been appended then.
base::result<void> append_value(std::string& out, const http::structured::field& in,
                                const component& what, const signed_message& message,
                                std::span<const std::string> dictionaries);

/// The derived component of this name, or none; "@signature-params" is none.
derived derived_named(std::string_view name);

}  // namespace core::scheme
