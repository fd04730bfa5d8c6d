// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which known word was meant? For did-you-mean in messages; knows words only.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::config {

/// The nearest of `words`, if it is near enough to be a slip of the finger: at most one edit in
/// three letters.
std::optional<std::string_view> nearest(std::string_view written,
                                        const std::vector<std::string_view>& words);

/// `; did you mean "x"?`, or `; known here: a, b, c`, or nothing where there are no words or too
/// many to list.
std::string suggestion(std::string_view written, const std::vector<std::string_view>& words);

}  // namespace core::config
