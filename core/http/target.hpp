// SPDX-License-Identifier: Apache-2.0
#pragma once

// The request-target: one value that is signed, routed and forwarded. What could mean two things is
// refused, not normalised.

#include <string>
#include <string_view>

#include "core/base/errc.hpp"

namespace core::http {

struct target {
  std::string_view path;       ///< begins with '/', percent-encoding untouched
  std::string_view query;      ///< begins with '?', or empty
  bool encoded_slash = false;  ///< the path has a %2F: for whoever decodes it, another border
};

/// Takes origin form only (RFC 9112, section 3.2.1): bytes 0x21 to 0x7E, no '#', whole percent
/// escapes. In the path also no "//", no backslash, no %5c, %00 or %2e, and no segment "." or "..",
/// alone or before ';' or %3b; %2F is a border in that like '/'. @return bad_target.
base::result<target> parse_target(std::string_view raw);

/// A clean path as whoever decodes it sees it: with bytes in the place of all escapes.
std::string decoded(std::string_view path);

/// A path as whoever knows path parameters sees it (RFC 3986, section 3.3): each segment ends at a
/// ';'. Of slashes that stand beside each other then, one stays.
std::string without_parameters(std::string_view path);

}  // namespace core::http
