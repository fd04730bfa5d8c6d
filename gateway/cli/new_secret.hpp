// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a secret is made that nobody has had before.

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/sys/entropy.hpp"

namespace gateway::cli {

/// As the configuration takes it: "utf8" is letters and digits, as they stand; "hex" and "base64"
/// (and "laravel", which is the same) begin with their notation. The caller wipes it.
std::string make_secret(std::string_view format, std::size_t bytes, sys::entropy& source);

}  // namespace gateway::cli
