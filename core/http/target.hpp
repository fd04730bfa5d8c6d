// SPDX-License-Identifier: Apache-2.0
#pragma once

// The request-target: one value that is signed, routed and forwarded. What could mean two things is
// refused, not normalised.

#include <string_view>

#include "core/base/errc.hpp"

namespace core::http {

struct target {
  std::string_view path;   ///< begins with '/', percent-encoding untouched
  std::string_view query;  ///< begins with '?', or empty
};

/// Takes origin form only (RFC 9112, section 3.2.1): bytes 0x21 to 0x7E, no '#', whole percent
/// escapes. In the path also no "//", no backslash, no %5c, %00, %2F or %2e, and no segment "." or
/// "..", alone or before ';' or %3b. @return bad_target.
base::result<target> parse_target(std::string_view raw);

}  // namespace core::http
