// SPDX-License-Identifier: Apache-2.0
#pragma once

// The notations in which a secret is written: plain, utf8:, hex:, base64:, file:, env:,
// credential:. No message here ever repeats what stands after the prefix of the first four.

#include <optional>
#include <string_view>

#include "core/base/secret.hpp"
#include "core/config/field.hpp"

namespace core::config {

/// Does this notation say where the secret is, and not the secret itself?
bool is_reference(std::string_view text);

/// The secret at `s`, or nothing and reported: not text, a broken notation, not to be had, empty,
/// or a word from an example.
std::optional<base::secret> read_secret(reader& r, const spot& s);

}  // namespace core::config
