// SPDX-License-Identifier: Apache-2.0
#pragma once

// One parameter of a query as RFC 9421, section 2.2.8 covers it: read as a form and written again
// in the one way that there is.

#include <string>
#include <string_view>

namespace core::scheme {

/// Appends the value of the one parameter whose name, written again, is `name`. `query` has no '?'.
/// @return false, with nothing appended, unless there is exactly one, in UTF-8.
[[nodiscard]] bool append_query_param(std::string& out, std::string_view query,
                                      std::string_view name);

}  // namespace core::scheme
