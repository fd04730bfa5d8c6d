// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fields that a scheme reads of a message, and what each must look like, in words.

#include <string>
#include <vector>

#include "core/admission/snapshot.hpp"

namespace core::explain {

struct credential_field {
  std::string header;
  std::string rule;    ///< completes "must be …"
  std::string proper;  ///< such a value
  enum class meaning { other, timestamp, signature } what = meaning::other;
  scheme::text_encoding encoding = scheme::text_encoding::base64;  ///< of a signature
};

inline std::string named(const credential_field& f) { return "`" + f.header + "`"; }

/// In the scheme's order; those of RFC 9421 have no `proper` value.
std::vector<credential_field> credential_fields(const admission::route_policy& policy);

}  // namespace core::explain
