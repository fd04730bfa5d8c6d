// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which signature of a message counts, and what its parameters say (RFC 9421, sections 2.3, 4.1).

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/http/structured.hpp"

namespace core::scheme {

/// What tells the signature that is meant from the others of a message.
struct signature_choice {
  std::string_view tag;    ///< empty: any, or none
  std::string_view label;  ///< empty: any
  bool alone = true;       ///< a message with another one beside it is refused
};

struct chosen_signature {
  const http::structured::member* input = nullptr;
  const http::structured::member* signature = nullptr;
};

/// Each label must be in both fields. @return missing_credential if none is meant, duplicate_field
/// if two are, malformed_field.
base::result<chosen_signature> choose_signature(const http::structured::field& inputs,
                                                const http::structured::field& signatures,
                                                const signature_choice& choice);

struct signature_parameters {
  std::optional<std::int64_t> created;
  std::string_view created_text;
  std::optional<std::int64_t> expires;
  std::optional<std::string_view> keyid, nonce, alg, tag;  ///< as they stand between the quotes
};

/// Parameters that RFC 9421 doesn't name are signed and otherwise say nothing.
/// @return malformed_field for one of another type, or a time that isn't 0 to 99999999999 in its
/// one way to be written.
base::result<signature_parameters> read_parameters(const http::structured::field& inputs,
                                                   const http::structured::member& input);

}  // namespace core::scheme
